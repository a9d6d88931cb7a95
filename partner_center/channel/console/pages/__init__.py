"""The pages of this room, one module a process."""

from partner_center.channel.console.pages import resellers

__all__ = ["resellers"]
