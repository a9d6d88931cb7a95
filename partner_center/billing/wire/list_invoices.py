"""查询发票列表: the invoices that the close of international months has issued to the caller."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.utils.translation import gettext as _

from partner_center.billing.models import Invoice
from partner_center.billing.wire.shapes import moment_text
from partner_center.foundation.actor import Actor
from partner_center.wire.errors import InvalidParameter, WrongCaller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, WireModel, Yuan, field

PRIVATE, COMPANY = 0, 1
ORDINARY_VAT = 1
BY_CYCLE = 0
TAX_INVOICE, COMMERCIAL_INVOICE = 0, 1
ON_PAPER = "0"
REQUEST_TO_ISSUE = "0"
OF_PARTNERS_MONTH = 6
UNFILLED_DOMAIN = "{domain_id}"
"""What the SDK sends in the path when its credentials know no domain."""


class Request(WireModel):
    domain_id: str = field(max_length=64)
    start_time: Moment
    end_time: Moment
    offset: int = field(ge=0, le=10**6)
    limit: int = field(ge=1, le=100)


class PostAddressInfoIntl(WireModel):
    address: Maybe[str] = None
    recipients: Maybe[str] = None
    zip_code: Maybe[str] = field(None, key="zipCode")
    mobile_phone: Maybe[str] = field(None, key="mobilePhone")


class TaxInfo(WireModel):
    tax_class: Maybe[str] = field(None, key="taxClass")
    tax_rate: Maybe[str] = field(None, key="taxRate")
    sub_tax_class: Maybe[str] = field(None, key="subTaxClass")
    tax_amount: Maybe[Yuan] = field(None, key="taxAmount")
    tax_visible_flag: Maybe[str] = field(None, key="taxVisibleFlag")
    tax_accounting_flag: Maybe[str] = field(None, key="taxAccountingFlag")

    @classmethod
    def of(cls, row: Invoice) -> list[Self] | None:
        if not row.tax:
            return None
        rate = f"{(row.tax_percent / Decimal(100)).normalize():f}"
        return [
            cls(
                tax_class="VAT",
                tax_rate=rate,
                sub_tax_class="VAT",
                tax_amount=row.tax,
                tax_visible_flag="Y",
                tax_accounting_flag="Y",
            )
        ]


class InvoiceRequestInfoIntl(WireModel):
    request_id: Maybe[str] = field(None, key="requestId")
    cancel_reason: Maybe[str] = field(None, key="cancelReason")
    title_type: Maybe[int] = field(None, key="titleType")
    channel_type: Maybe[int] = field(None, key="channelType")
    invoice_type: Maybe[int] = field(None, key="invoiceType")
    invoice_title: Maybe[str] = field(None, key="invoiceTitle")
    invoice_amount: Maybe[Yuan] = field(None, key="invoiceAmount")
    invoice_method: Maybe[int] = field(None, key="invoiceMethod")
    invoice_class: Maybe[int] = field(None, key="invoiceClass")
    invoice_state: Maybe[int] = field(None, key="invoiceState")
    apply_opera: Maybe[str] = field(None, key="applyOpera")
    address_info: Maybe[PostAddressInfoIntl] = field(None, key="addressInfo")
    apply_time: Maybe[str] = field(None, key="applyTime")
    invoice_mode: Maybe[str] = field(None, key="invoiceMode")
    email: Maybe[str] = None
    request_mode: Maybe[str] = field(None, key="requestMode")
    src_request_id: Maybe[str] = field(None, key="srcRequestId")
    sales_id: Maybe[str] = field(None, key="salesId")
    invoice_no: Maybe[str] = field(None, key="invoiceNo")
    trade_type: Maybe[int] = field(None, key="tradeType")
    bill_cycle: Maybe[str] = field(None, key="billCycle")
    tax_list: Maybe[list[TaxInfo]] = field(None, key="taxList")

    @classmethod
    def of(cls, row: Invoice, *, is_partner: bool) -> Self:
        return cls(
            request_id=row.number,
            title_type=COMPANY if row.is_company else PRIVATE,
            channel_type=0,
            invoice_type=ORDINARY_VAT,
            invoice_title=row.title,
            invoice_amount=row.amount,
            invoice_method=BY_CYCLE,
            invoice_class=TAX_INVOICE if row.tax else COMMERCIAL_INVOICE,
            invoice_state=row.state.wire,
            apply_time=moment_text(row.created_at),
            invoice_mode=ON_PAPER,
            email=row.email or None,
            request_mode=REQUEST_TO_ISSUE,
            invoice_no=row.invoice_number or None,
            trade_type=OF_PARTNERS_MONTH if is_partner else None,
            bill_cycle=row.month,
            tax_list=TaxInfo.of(row),
        )


class Response(WireModel):
    count: int
    invoices: list[InvoiceRequestInfoIntl]


@operation("GET", "/v1.0/{domain_id}/payments/intl-invoices", callers="A", sites=("intl",))
def list_invoices(actor: Actor, request: Request) -> Response:
    """Those requested between two moments, newest first. `offset` is a page number, from 1; 0 is the first too."""
    if request.domain_id not in (actor.account_id, UNFILLED_DOMAIN):
        raise WrongCaller()
    if request.start_time > request.end_time:
        raise InvalidParameter(parameter="start_time", reason=_("it is after the end"))
    rows = Invoice.objects.visible_to(actor).filter(
        account_id=actor.account_id, created_at__gte=request.start_time, created_at__lte=request.end_time
    )
    start = (max(request.offset, 1) - 1) * request.limit
    return Response(
        count=rows.count(),
        invoices=[
            InvoiceRequestInfoIntl.of(row, is_partner=actor.kind == "partner")
            for row in rows[start : start + request.limit]
        ],
    )
