"""What this room refuses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Conflict, Forbidden, NotFound, Refused, Unavailable
from partner_center.kernel.money import Money


class MonthInvalid(Refused):
    code = "CBC.0100"
    says = _("{month} is not a month that can be billed: a month that has begun, written YYYY-MM.")
    month: str


class LineNotFound(NotFound):
    """Absent, or not yours: the same answer."""

    code = "CBC.0100"
    says = _("The bill line {line} does not exist.")
    line: str


class RunNotFound(NotFound):
    code = "CBC.0100"
    says = _("The bill run {run} does not exist.")
    run: str


class RunInProgress(Conflict):
    """Of two runs opened at once for a month, one is refused."""

    code = "CBC.0100"
    says = _("A bill run of {month} is unfinished: {run}. Finish or abandon it first.")
    month: str
    run: str


class RunBusy(Conflict):
    """Another process is working on it."""

    code = "CBC.0100"
    says = _("The bill run {run} is being worked on by another process.")
    run: str


class MonthPosted(Conflict):
    """Later corrections are adjustments of the open month."""

    code = "CBC.0100"
    says = _("{month} has been billed by the run {run}. Correct it by an adjustment in the open month.")
    month: str
    run: str


class EarlierMonthOpen(Refused):
    """Months are closed in order: what a later one carries on from must be final."""

    code = "CBC.0100"
    says = _("{earlier} has usage and is not billed yet: bill it before {month}.")
    month: str
    earlier: str


class RunMovedOn(WrongState):
    code = "CBC.0100"
    says = _("The bill run {subject} is {state}: this is not possible any more.")


class ChecksFailed(Refused):
    code = "CBC.0100"
    says = _("The bill run {run} did not pass its checks: {checks}. Nothing is posted.")
    run: str
    checks: str


class RunFilesCorrupt(Refused):
    code = "CBC.0100"
    says = _("The file {file} is missing or not what the manifest says. Nothing was written.")
    file: str


class RunFilesUnavailable(Unavailable):
    code = "CBC.0999"
    says = _("The files of {path} cannot be written or read: {reason}. Nothing was changed.")
    path: str
    reason: Any


class RatingFailed(Refused):
    """The engine refused its input, or was killed by the machine."""

    code = "CBC.0999"
    says = _("The rating of {run} failed: {reason}. Nothing was written.")
    run: str
    reason: str


class ParkedNotFound(NotFound):
    code = "CBC.0100"
    says = _("No customer {customer} is parked in the bill run {run}.")
    run: str
    customer: str


class DecisionMade(WrongState):
    code = "CBC.0100"
    says = _("{subject} is {state}: the decision has been made.")


class ReasonMissing(Refused):
    code = "CBC.0100"
    says = _("State a reason.")


class NothingToSimulate(Refused):
    code = "CBC.0100"
    says = _("There is no finished snapshot of {month} to simulate with.")
    month: str


class DraftHasNoUsagePrices(Refused):
    code = "CBC.0100"
    says = _("The price change {draft} holds no pay-per-use price.")
    draft: str


class OnlyTheVendorBills(Forbidden):
    code = "CBC.0151"
    says = _("Only the vendor's staff can do this.")


class AdjustmentNotFound(NotFound):
    code = "CBC.0100"
    says = _("The adjustment {number} does not exist.")
    number: str


class AdjustmentDecided(WrongState):
    code = "CBC.0100"
    says = _("{subject} is {state}: it has been decided.")


class ApprovedByItsProposer(Refused):
    """Who proposes an adjustment does not approve it."""

    code = "CBC.0100"
    says = _("Somebody else than {person}, who proposed it, has to approve this adjustment.")
    person: str


class AmountNotPositive(Refused):
    code = "CBC.0100"
    says = _("The amount must be above zero and at most {maximum}.")
    maximum: Money


class NotACurrencyOfTheCustomer(Refused):
    code = "CBC.0100"
    says = _("This customer is billed in {currency}.")
    currency: str


class PartnerBillNotFound(NotFound):
    code = "CBC.0100"
    says = _("The bill {number} does not exist.")
    number: str


class BillPaid(WrongState):
    code = "CBC.0100"
    says = _("{subject} is {state}: nothing is left to repay.")


class MoreThanOutstanding(Refused):
    code = "CBC.0100"
    says = _("Only {outstanding} of this bill can still be repaid.")
    outstanding: Money


class MonthNotFinal(Refused):
    code = "CBC.0100"
    says = _("{month} is not final: its bill run has not been posted.")
    month: str
