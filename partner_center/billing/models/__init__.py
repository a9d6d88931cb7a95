"""Rows of the room, one file a noun. Imports below make them known to Django."""

from partner_center.billing.models.fees import (
    AMOUNTS,
    GROUP,
    MEANS,
    BillType,
    ChargedMonth,
    ChargingMode,
    FeeRecord,
    FeeStatus,
    GroupSettlement,
)
from partner_center.billing.models.runs import (
    BillRun,
    BillRunState,
    CustomerRating,
    ParkedCustomer,
    ParkedState,
    RatedFile,
    Rating,
    RatingKind,
    RatingState,
)

__all__ = [
    "AMOUNTS",
    "GROUP",
    "MEANS",
    "BillType",
    "ChargedMonth",
    "ChargingMode",
    "FeeRecord",
    "FeeStatus",
    "GroupSettlement",
    "BillRun",
    "BillRunState",
    "CustomerRating",
    "ParkedCustomer",
    "ParkedState",
    "RatedFile",
    "Rating",
    "RatingKind",
    "RatingState",
]
