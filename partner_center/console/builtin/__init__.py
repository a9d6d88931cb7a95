"""Pages of the frame itself: home, preferences, exports, and the foundation's rows."""

from partner_center.console.builtin import batches, exports, home, jobs, outbox, preferences, trail

__all__ = ["batches", "exports", "home", "jobs", "outbox", "preferences", "trail"]
