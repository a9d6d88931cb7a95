"""Reads of the room: usage that was accepted, and what resource packages have left."""

from partner_center.metering.queries.packages import (
    Bucket,
    Buckets,
    BucketScope,
    Left,
    buckets,
    left_in,
    left_of,
    package_for,
    package_on_sale,
    packages_on_sale,
    packages_shown,
)
from partner_center.metering.queries.usage import batch_for, last_closed_month, quarantined_for, usage_files

__all__ = [
    "Bucket",
    "BucketScope",
    "Buckets",
    "Left",
    "batch_for",
    "buckets",
    "last_closed_month",
    "left_in",
    "left_of",
    "package_for",
    "package_on_sale",
    "packages_on_sale",
    "packages_shown",
    "quarantined_for",
    "usage_files",
]
