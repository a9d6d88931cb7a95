"""Money in the console. Each module declares its pages when it is imported."""

from partner_center.funds.console import spending
from partner_center.funds.console.pages import feeding, own, recharges, records, vendor

__all__ = ["feeding", "own", "recharges", "records", "spending", "vendor"]
