"""查询伙伴月度消费账单: what a month comes to for an international partner, in five figures."""

from __future__ import annotations

from partner_center.billing.reading.owed import month_of_payer
from partner_center.billing.wire.shapes import CUSTOMER_HISTORY, known_month
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Month, WireModel, Yuan


class Request(WireModel):
    bill_cycle: Month


class Response(WireModel):
    bill_cycle: Month
    initial_amount_due: Yuan
    consume_amount: Yuan
    refunds: Yuan
    adjustments: Yuan
    tax_amount: Yuan
    currency: str


@operation("GET", "/v2/bills/partner-bills/postpaid-bill-summary", callers="P", sites=("intl",))
def list_postpaid_bill_sum(actor: Actor, request: Request) -> Response:
    """The bill as it was issued; before that, what its records come to so far. Tax is contained in the amounts."""
    bill = month_of_payer(actor, known_month("bill_cycle", request.bill_cycle, CUSTOMER_HISTORY))
    return Response(
        bill_cycle=request.bill_cycle,
        initial_amount_due=bill.due,
        consume_amount=bill.consume,
        refunds=bill.refunds,
        adjustments=bill.adjustments,
        tax_amount=bill.tax,
        currency=bill.due.currency,
    )
