"""What requests about associations and migrations refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused


class RequestUnknown(NotFound):
    """Absent, or not yours: the same answer."""

    says = _("The request {number} does not exist.")
    number: str


class RequestOpen(Conflict):
    says = _("A request about {customer} waits for an answer already.")
    customer: str


class AccountCheckFailed(Refused):
    """At least one item of the account check stands in the way."""

    says = _("The account check has not been passed: {items}")
    items: str


class NotYoursToAnswer(Forbidden):
    code = "CBC.0151"
    says = _("Only the other side may answer the request.")


class NotYoursToWithdraw(Forbidden):
    code = "CBC.0151"
    says = _("Only who made the request may withdraw it.")


class AssociationGone(WrongState):
    """The association that a request is about has ended or changed meanwhile."""

    says = _("The association that {subject} is about does not exist any more.")


class AnswerTooLate(Refused):
    says = _("The request has expired.")


class MigrationUnknown(NotFound):
    says = _("The migration {number} does not exist.")
    number: str


class NotATarget(Refused):
    """The target cannot take customers, or not these."""

    says = _("{partner} cannot take over customers of {source}.")
    partner: str
    source: str


class NobodyToMove(Invalid):
    says = _("There is no customer to move.")


class CustomersNotOfSource(Invalid):
    says = _("These are not customers of the source: {customers}")
    customers: str


class TooLateToSchedule(Invalid):
    says = _("The effective time must not lie in the past.")


class NothingToUndo(Refused):
    says = _("No customer of the migration {number} can be moved back.")
    number: str


class MovedMeanwhile(Refused):
    says = _("{customer} is not a customer of the source any more.")
    customer: str


class OrdersWait(Refused):
    """What the source has ordered for the customer, or must pay, has to be settled first."""

    says = _("{number} orders wait for the partner's payment or the customer's confirmation.")
    number: int


class InArrears(Refused):
    says = _("The customer owes {debt}; the source must write it off first.")
    debt: str
