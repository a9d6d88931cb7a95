"""The writers of the room, one file a noun."""

from partner_center.metering.actions.intake import close_month, discard_record, discard_records
from partner_center.metering.actions.packages import (
    begin_package,
    expire_package,
    grant_package,
    record_consumption,
    replenish_package,
    take_effect,
    unsubscribe_package,
    use_up_package,
)

__all__ = [
    "begin_package",
    "close_month",
    "discard_record",
    "discard_records",
    "expire_package",
    "grant_package",
    "record_consumption",
    "replenish_package",
    "take_effect",
    "unsubscribe_package",
    "use_up_package",
]
