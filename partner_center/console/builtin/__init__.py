"""Pages of the frame itself: home, preferences, exports, and the foundation's rows."""

from partner_center.console.builtin import exports, home, jobs, outbox, preferences, trail

__all__ = ["exports", "home", "jobs", "outbox", "preferences", "trail"]
