"""What this room refuses: batches and files as a whole, and single records, which go to the quarantine."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import StoreUnavailable as StoreUnavailable
from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Conflict, Invalid, Refused, Unavailable


class BatchReused(Conflict):
    """The id stands for other content already."""

    code = "USAGE.BATCH_REUSED"
    says = _("The batch {batch_id} was received with other content.")
    batch_id: str


class BatchNotFound(Refused):
    code = "USAGE.BATCH_NOT_FOUND"
    says = _("There is no usage batch {batch_id}.")
    batch_id: str


class UsageFileUnreadable(Invalid):
    """The file cannot be read to its end; nothing of it counts."""

    code = "USAGE.FILE_UNREADABLE"
    says = _("The usage file {name} cannot be read: {reason}")
    name: str
    reason: Any


class FocusNotLoadable(Invalid):
    """Nothing of the file was taken in."""

    code = "USAGE.FOCUS_NOT_LOADABLE"
    says = _("{name} cannot be loaded: {reason}.")
    name: str
    reason: Any


class TooManyRejected(Invalid):
    """So many rejected records mean a wrong file rather than wrong records; nothing of it counts."""

    code = "USAGE.TOO_MANY_REJECTED"
    says = _("More than {most} records would be rejected, the first because: {reason} Nothing was received.")
    most: int
    reason: Any


class IntakeBusy(Unavailable):
    """Others kept changing what this batch was checked against."""

    code = "USAGE.BUSY"
    says = _("Other usage of the same resources is being received: send the batch {batch_id} again.")
    batch_id: str


class QuarantineNotFound(Refused):
    code = "USAGE.RECORD_NOT_FOUND"
    says = _("There is no quarantined record {record}.")
    record: int


class AlreadyDecided(WrongState):
    """Submitted again or discarded by somebody else meanwhile."""

    code = "USAGE.ALREADY_DECIDED"
    says = _("The quarantined record {subject} is {state}: it can no longer be changed.")


class DiscardReasonMissing(Invalid):
    code = "USAGE.REASON_MISSING"
    says = _("State why the record is discarded.")


class MonthNotClosable(Refused):
    """Months close in order, and none before it is over."""

    code = "USAGE.MONTH_NOT_CLOSABLE"
    says = _("The month {month} cannot be closed for usage: {reason}.")
    month: str
    reason: Any


class RecordRefused(Invalid):
    """One record that is not accepted. Raised nowhere: it is kept with the record and told to its sender."""


class MissingField(RecordRefused):
    code = "USAGE.MISSING_FIELD"
    says = _("The field {field} is missing.")
    field: str


class MalformedField(RecordRefused):
    code = "USAGE.MALFORMED_FIELD"
    says = _("The field {field} cannot be read: {value}.")
    field: str
    value: str


class UnknownCustomer(RecordRefused):
    code = "USAGE.UNKNOWN_CUSTOMER"
    says = _("There is no customer {customer_id}.")
    customer_id: str


class UnknownResource(RecordRefused):
    code = "USAGE.UNKNOWN_RESOURCE"
    says = _("There is no resource {resource_id}.")
    resource_id: str


class ForeignResource(RecordRefused):
    code = "USAGE.FOREIGN_RESOURCE"
    says = _("The resource {resource_id} does not belong to the customer {customer_id}.")
    resource_id: str
    customer_id: str


class UnknownProduct(RecordRefused):
    code = "USAGE.UNKNOWN_PRODUCT"
    says = _("There is no product {spec} of {service}, {resource_type} in region {region}.")
    service: str
    resource_type: str
    spec: str
    region: str


class OtherKindOfResource(RecordRefused):
    code = "USAGE.OTHER_KIND"
    says = _("The resource {resource_id} is a {kind} in {region}, not what the record says.")
    resource_id: str
    kind: str
    region: str


class UnknownUsageType(RecordRefused):
    code = "USAGE.UNKNOWN_USAGE_TYPE"
    says = _("The resource type {resource_type} has no usage type {usage_type}.")
    usage_type: str
    resource_type: str


class UnknownMeasure(RecordRefused):
    code = "USAGE.UNKNOWN_MEASURE"
    says = _("There is no measure {measure_id}.")
    measure_id: str


class MeasureDoesNotConvert(RecordRefused):
    code = "USAGE.MEASURE_MISMATCH"
    says = _("Usage in {measure} does not convert into {target}, the measure of the price.")
    measure: str
    target: str


class TooManyPlaces(RecordRefused):
    """Usage is exact: what has more places is refused, never rounded."""

    code = "USAGE.TOO_MANY_PLACES"
    says = _("The quantity {value} has more than 12 decimal places in the measure of the price.")
    value: str


class NegativeUsage(RecordRefused):
    code = "USAGE.NEGATIVE"
    says = _("The quantity {value} is negative.")
    value: str


class AbsurdUsage(RecordRefused):
    """More than a quantity can hold: 99999999 whole units."""

    code = "USAGE.ABSURD"
    says = _("The quantity {value} is larger than any usage: the limit is 99999999.")
    value: str


class ReversedPeriod(RecordRefused):
    code = "USAGE.REVERSED_PERIOD"
    says = _("The period from {begin} to {end} has no length.")
    begin: str
    end: str


class PeriodTooLong(RecordRefused):
    code = "USAGE.PERIOD_TOO_LONG"
    says = _("The period from {begin} to {end} is longer than {days} days.")
    begin: str
    end: str
    days: int


class FutureUsage(RecordRefused):
    code = "USAGE.FUTURE"
    says = _("The period ends at {end}, which is still to come.")
    end: str


class OutsideLife(RecordRefused):
    code = "USAGE.OUTSIDE_LIFE"
    says = _("The resource {resource_id} was not in use from {begin} to {end}.")
    resource_id: str
    begin: str
    end: str


class OverlappingUsage(RecordRefused):
    code = "USAGE.OVERLAP"
    says = _("Usage of {resource_id} from {begin} to {end} has been accepted already, in whole or in part.")
    resource_id: str
    begin: str
    end: str


class NotAPackage(Refused):
    """Only a product with contents can be begun as a package."""

    code = "CBC.99006066"
    says = _("The product {spec} is not a resource package.")
    spec: str


class PackageNotReturned(Refused):
    """What the platform does not take back. The operator may end one; money then goes by an adjustment."""

    code = "CBC.99003647"
    says = _("The resource package {number} cannot be unsubscribed.")
    number: str


class PackageNotFound(Refused):
    """Absent, or not yours: the same answer."""

    code = "CBC.99003012"
    says = _("The resource package {number} does not exist.")
    number: str
