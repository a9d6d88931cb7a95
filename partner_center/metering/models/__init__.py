"""Rows of the room, one file a noun. Imports below make them known to Django."""

from partner_center.metering.models.intake import (
    Arrival,
    BatchState,
    ClosedMonth,
    IntakeGate,
    MeteredTime,
    PendingFile,
    QuarantinedRecord,
    QuarantineState,
    Source,
    UsageBatch,
    UsageFile,
)
from partner_center.metering.models.packages import (
    Package,
    PackageItem,
    PackageScope,
    PackageSource,
    PackageState,
    PackageUse,
)

__all__ = [
    "Arrival",
    "BatchState",
    "ClosedMonth",
    "IntakeGate",
    "MeteredTime",
    "Package",
    "PackageItem",
    "PackageScope",
    "PackageSource",
    "PackageState",
    "PackageUse",
    "PendingFile",
    "QuarantineState",
    "QuarantinedRecord",
    "Source",
    "UsageBatch",
    "UsageFile",
]
