"""The room's pages, one file a noun. Each module declares its pages when it is imported."""

from partner_center.metering.console import packages, usage

__all__ = ["packages", "usage"]
