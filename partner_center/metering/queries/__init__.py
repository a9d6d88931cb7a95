"""Reads of the room: usage that was accepted, and what resource packages have left."""

from partner_center.metering.queries.packages import (
    Bucket,
    Buckets,
    BucketScope,
    Left,
    buckets,
    left_of,
)
from partner_center.metering.queries.usage import charged_in, last_closed_month, usage_files

__all__ = [
    "Bucket",
    "BucketScope",
    "Buckets",
    "Left",
    "buckets",
    "charged_in",
    "last_closed_month",
    "left_of",
    "usage_files",
]
