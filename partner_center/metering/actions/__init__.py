"""The writers of the room, one file a noun."""

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
    "expire_package",
    "grant_package",
    "record_consumption",
    "replenish_package",
    "take_effect",
    "unsubscribe_package",
    "use_up_package",
]
