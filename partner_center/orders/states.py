"""The order's lifecycle and the kinds of order the contract knows (spec/domain/lifecycles.md §7, spec/api/enums.md)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.kernel.lifecycle import Lifecycle, State, step


class OrderState(Lifecycle):
    """From the moment an order is placed until nothing more can happen to it."""

    UNDER_REVIEW = State("under_review", _("Under review"), tone="warning", wire=1)
    AWAITING_CONFIRMATION = State("awaiting_confirmation", _("To be confirmed"), tone="warning", wire=9)
    AWAITING_PAYMENT = State("awaiting_payment", _("Pending payment"), tone="warning", wire=6)
    PROCESSING = State("processing", _("Processing"), tone="busy", wire=3)
    REFUNDING = State("refunding", _("To be refunded"), tone="busy", wire=2)
    AWAITING_SHIPMENT = State("awaiting_shipment", _("To be shipped"), tone="busy", wire=10)
    AWAITING_RECEIPT = State("awaiting_receipt", _("To be received"), tone="busy", wire=11)
    AWAITING_PICKUP = State("awaiting_pickup", _("Awaiting pick-up"), tone="busy", wire=12)
    REPLACING = State("replacing", _("Being replaced"), tone="busy", wire=13)
    COMPLETED = State("completed", _("Completed"), tone="good", wire=5, final=True)
    CANCELLED = State("cancelled", _("Cancelled"), tone="muted", wire=4, final=True)

    approve = step(UNDER_REVIEW, to=AWAITING_PAYMENT, label=_("Approve"))
    pass_on = step(UNDER_REVIEW, to=AWAITING_CONFIRMATION, label=_("Approve, the customer confirms"))
    reject = step(UNDER_REVIEW, to=CANCELLED, label=_("Reject"))
    confirm = step(AWAITING_CONFIRMATION, to=AWAITING_PAYMENT, label=_("Confirm"))
    decline = step(AWAITING_CONFIRMATION, to=CANCELLED, label=_("Decline"))
    pay = step(AWAITING_PAYMENT, to=PROCESSING, label=_("Pay"))
    cancel = step(AWAITING_PAYMENT, to=CANCELLED, label=_("Cancel"))
    lapse = step(UNDER_REVIEW, AWAITING_CONFIRMATION, AWAITING_PAYMENT, to=CANCELLED, label=_("Lapse"))
    complete = step(PROCESSING, to=COMPLETED, label=_("Complete"))
    give_back = step(PROCESSING, to=CANCELLED, label=_("Refund in full"))
    hold_refund = step(PROCESSING, to=REFUNDING, label=_("Hold the refund"))
    release_refund = step(REFUNDING, to=COMPLETED, label=_("Release the refund"))
    await_shipment = step(PROCESSING, to=AWAITING_SHIPMENT, label=_("Prepare shipment"))
    ship = step(AWAITING_SHIPMENT, to=AWAITING_RECEIPT, label=_("Ship"))
    receive = step(AWAITING_RECEIPT, to=COMPLETED, label=_("Confirm receipt"))
    send_back = step(AWAITING_RECEIPT, to=AWAITING_PICKUP, label=_("Send back"))
    pick_up = step(AWAITING_PICKUP, to=REPLACING, label=_("Picked up"))
    replace = step(REPLACING, to=AWAITING_RECEIPT, label=_("Ship the replacement"))


UNFINISHED = tuple(state for state in OrderState if not state.final)
"""While an order is in one of these, no other order may touch its resources."""

UNPAID = (OrderState.UNDER_REVIEW, OrderState.AWAITING_CONFIRMATION, OrderState.AWAITING_PAYMENT)
"""These lapse when the payment deadline passes."""


class FulfilmentState(Lifecycle):
    """What has become of telling the cloud platform."""

    WAITING = State("waiting", _("Waiting"), tone="busy")
    CALLING = State("calling", _("Calling the platform"), tone="busy")
    DONE = State("done", _("Done"), tone="good", final=True)
    FAILED = State("failed", _("Failed"), tone="bad")

    call = step(WAITING, CALLING, to=CALLING, label=_("Call"))
    put_off = step(CALLING, to=WAITING, label=_("Try again later"))
    succeed = step(CALLING, to=DONE, label=_("Succeed"))
    fail = step(CALLING, to=FAILED, label=_("Fail"))
    retry = step(FAILED, to=WAITING, label=_("Try again"))


class OrderType(models.IntegerChoices):
    """`order_type` of the contract; the value is the wire code."""

    NEW = 1, _("New purchase")
    RENEWAL = 2, _("Renewal")
    CHANGE = 3, _("Change")
    UNSUBSCRIPTION = 4, _("Unsubscription")
    TO_ON_DEMAND = 10, _("Yearly/monthly to pay-per-use")
    FROM_ON_DEMAND = 11, _("Pay-per-use to yearly/monthly")
    TRIAL = 13, _("Trial")
    TRIAL_TO_COMMERCIAL = 14, _("Trial to commercial use")
    FEE_ADJUSTMENT = 15, _("Fee adjustment")


class OrderSource(models.IntegerChoices):
    """`source_type` of the contract; the value is the wire code."""

    CUSTOMER = 1, _("Customer")
    AGENT = 2, _("Agent")
    CONTRACT = 3, _("Contract")
    DISTRIBUTOR = 4, _("Distributor")
    DELETION = 5, _("Resource deleted on a page")
    SUPPLEMENT = 6, _("Supplementary order")
    COMPENSATION = 7, _("Compensation order")
    SYSTEM = 8, _("System")


class PeriodType(models.IntegerChoices):
    """`period_type` of an order line; the value is the wire code."""

    DAY = 0, _("Day")
    WEEK = 1, _("Week")
    MONTH = 2, _("Month")
    YEAR = 3, _("Year")
    HOUR = 4, _("Hour")
    ONE_OFF = 5, _("One-off")


class Cancellation(models.TextChoices):
    """Why an order was cancelled."""

    CUSTOMER = "customer", _("Cancelled by the customer")
    PARTNER = "partner", _("Cancelled by the partner")
    DECLINED = "declined", _("Declined by the customer")
    REJECTED = "rejected", _("Rejected in review")
    DEADLINE = "deadline", _("Not paid in time")
    RESOURCE_GONE = "resource_gone", _("The resource was changed, converted or deleted")
    NOT_DELIVERED = "not_delivered", _("Could not be delivered; refunded in full")


class UnsubscribeReason(models.IntegerChoices):
    """`unsubscribe_reason_type` of the contract."""

    BAD_PRODUCT = 1, _("The product is not good enough")
    MISSING_FUNCTION = 2, _("A function is missing")
    TOO_COMPLEX = 3, _("Too complex")
    SERVICE = 4, _("Dissatisfied with the service")
    OTHER = 5, _("Other")


class RefundKind(models.TextChoices):
    """What a line of a refund says: money given back, used up, or kept as a fee."""

    REFUND = "refund", _("Refund")
    CONSUMED = "consumed", _("Consumed")
    FEE = "fee", _("Handling fee")


class RefundRule(models.TextChoices):
    """By which rule an amount came back or did not (docs/algorithms/orders.md)."""

    FIVE_DAY = "five_day", _("Five days without a reason")
    NOT_EFFECTIVE = "not_effective", _("Not begun")
    BY_THE_HOUR = "by_the_hour", _("By the hours used")
    NOTHING_LEFT = "nothing_left", _("Used up")
    NOT_DELIVERED = "not_delivered", _("Not delivered")
    DOWNGRADE = "downgrade", _("Smaller specification")


class Means(models.TextChoices):
    """Means of payment, in the order in which they are taken (docs/algorithms/orders.md)."""

    CASH = "cash", _("Cash account")
    CREDIT = "credit", _("Credit account")
