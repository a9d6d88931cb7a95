"""Bills in the console. Each module declares its pages when it is imported."""

from partner_center.billing.console import (
    adjustments,
    bills,
    costs,
    deductions,
    explaining,
    focus,
    international,
    lines,
    papers,
    records,
    runs,
    simulations,
    spending,
)

__all__ = [
    "adjustments",
    "bills",
    "costs",
    "deductions",
    "explaining",
    "focus",
    "international",
    "lines",
    "papers",
    "records",
    "runs",
    "simulations",
    "spending",
]
