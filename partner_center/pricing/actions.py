"""Granting and ending discounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.fields import fits
from partner_center.catalogue.models import ChargeMode, CloudService, Product, Region, ResourceType
from partner_center.catalogue.tables import Rejection, read
from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.outbox import send
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError
from partner_center.partners.models import Partner
from partner_center.pricing import rules
from partner_center.pricing.errors import DiscountInvalid, DiscountOver, NotYourDiscount
from partner_center.pricing.imports import COLUMNS, wanted
from partner_center.pricing.models import Contract, Discount, DiscountKind, DiscountState, OrderKind
from partner_center.pricing.rules import Terms


@dataclass(frozen=True, slots=True)
class Scope:
    """What a discount covers: whatever is given must match, nothing given covers everything.

    period_type and period_number bind it to one term (a contract's "1_YEARLY"); order_kinds to new, renewal, change.
    """

    service: CloudService | None = None
    resource_type: ResourceType | None = None
    product: Product | None = None
    region: Region | None = None
    family: str = ""
    charge_mode: str = ""
    period_type: str = ""
    period_number: int | None = None
    order_kinds: tuple[str, ...] = ()


EVERYTHING = Scope()


@action("pricing.sign_contract", label=_("Sign a framework contract"))
def sign_contract(
    actor: Actor, *, customer: Customer, code: str, begins_at: datetime, ends_at: datetime | None = None
) -> Contract:
    """Enter a framework contract with `customer`; its quoting items are discounts granted under it.

    Raises DiscountInvalid for a code in use or an end before the beginning.
    """
    if not code or Contract.objects.filter(code=code).exists():
        raise DiscountInvalid(reason=gettext("the contract code is empty or in use"))
    _check_validity(begins_at, ends_at)
    contract = Contract.objects.create(code=code, customer=customer, begins_at=begins_at, ends_at=ends_at)
    record(actor, "contract.signed", contract, about=customer.pk)
    return contract


@action("pricing.grant_discount", label=_("Grant a discount"), critical=True)
def grant_discount(
    actor: Actor,
    *,
    customer: Customer,
    kind: str,
    name: str,
    terms: Terms,
    scope: Scope = EVERYTHING,
    begins_at: datetime | None = None,
    ends_at: datetime | None = None,
    grantor: Partner | None = None,
    contract: Contract | None = None,
) -> Discount:
    """Give `customer` a discount on what `scope` names, from `begins_at` (now) to `ends_at` (no end).

    grantor: the partner it comes from; staff name it, a partner is it. The customer gets a mail.
    Raises NotYourDiscount, DiscountInvalid.
    """
    grantor = _grantor(actor, customer, kind, grantor)
    moment = begins_at or clock.now()
    _check_validity(moment, ends_at)
    _check_terms(terms, customer.account.currency)
    _check_scope(scope, kind, contract, customer)
    values: dict[str, Any] = {
        "kind": kind,
        "name": name[:128],
        "customer": customer,
        "grantor": grantor,
        "contract": contract,
        "mode": terms.mode,
        "ratio": int(terms.ratio * rules.RATIO_SCALE) if terms.ratio is not None else None,
        "currency": customer.account.currency,
        "fixed_price": terms.fixed_price,
        "amount_off": terms.amount_off,
        "threshold": terms.threshold,
        "service": scope.service,
        "resource_type": scope.resource_type,
        "product": scope.product,
        "region": scope.region,
        "family": scope.family,
        "charge_mode": scope.charge_mode,
        "period_type": scope.period_type,
        "period_number": scope.period_number,
        "order_kinds": list(scope.order_kinds),
        "begins_at": moment,
        "ends_at": ends_at,
    }
    discount = Discount.objects.create(**values)
    record(
        actor,
        "discount.granted",
        discount,
        about=customer.pk,
        kind=kind,
        mode=terms.mode,
        number=discount.number,
    )
    _tell(discount, "pricing.discount_granted")
    return discount


@action("pricing.revoke_discount", takes=DiscountState.revoke, critical=True)
def revoke_discount(actor: Actor, *, discount: Discount) -> None:
    """Take a discount back from now on. Orders placed with it keep it. Raises NotYourDiscount, DiscountOver."""
    if actor.kind == "partner" and discount.grantor_id != actor.account_id:
        raise NotYourDiscount()
    advance(actor, discount, DiscountState.revoke, refusal=DiscountOver, ended_at=clock.now())
    _tell(discount, "pricing.discount_ended")


@action("pricing.end_discount", takes=DiscountState.end)
def end_discount(actor: Actor, *, discount: Discount) -> None:
    """Close a discount whose time or association is over, and tell the customer. Raises DiscountOver."""
    advance(actor, discount, DiscountState.end, refusal=DiscountOver, ended_at=clock.now())
    _tell(discount, "pricing.discount_ended")


@dataclass(frozen=True, slots=True)
class DiscountImport:
    """What became of a file of discounts."""

    granted: int
    unchanged: int
    rejections: tuple[Rejection, ...]


@action(
    "pricing.import_discounts",
    permission="pricing.grant_discount",
    label=_("Import discounts"),
    critical=True,
)
def import_discounts(
    actor: Actor, *, content: bytes, file_name: str, skip_wrong: bool = False
) -> DiscountImport:
    """Grant the discounts of a CSV or XLSX file. Lines with a discount ID are there already and passed over.

    If any line is wrong nothing is granted, unless `skip_wrong` asks to leave the wrong lines out.
    Raises FileUnreadable.
    """
    granted, unchanged, rejections = 0, 0, []
    with transaction.atomic():
        for line in read(content, file_name, COLUMNS):
            try:
                asked = wanted(actor, line)
                if asked is None:
                    unchanged += 1
                    continue
                with transaction.atomic():
                    grant_discount(actor, scope=Scope(**asked.scope), **asked.facts)
                granted += 1
            except (ValueError, DomainError) as wrong:
                rejections.append(Rejection(line.number, str(wrong)))
        if rejections and not skip_wrong:
            transaction.set_rollback(True)
            granted = 0
    return DiscountImport(granted, unchanged, tuple(rejections))


def _grantor(actor: Actor, customer: Customer, kind: str, named: Partner | None) -> Partner | None:
    """The partner the discount comes from. Raises NotYourDiscount, DiscountInvalid."""
    if kind not in DiscountKind.values:
        raise DiscountInvalid(reason=gettext("unknown kind of discount"))
    grantor = Partner.objects.filter(pk=actor.account_id).first() if actor.kind == "partner" else named
    if actor.kind not in ("staff", "system", "partner") or not actor.sees_customer(customer.pk):
        raise NotYourDiscount()
    above = {customer.partner_id, customer.partner.distributor_id if customer.partner else None} - {None}
    if grantor is not None and (kind == DiscountKind.COMMERCIAL or grantor.pk not in above):
        raise NotYourDiscount()
    allowed = rules.may_grant(
        kind,
        grantor_is_house=actor.is_house,
        grantor_kind=grantor.kind if grantor else "",
        association=customer.association_type,
        site=customer.account.site,
    )
    if not allowed:
        raise NotYourDiscount()
    return grantor


def _check_validity(begins_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= begins_at:
        raise DiscountInvalid(reason=gettext("it would end before it begins"))


def _check_terms(terms: Terms, currency: str) -> None:
    given = {"ratio": terms.ratio, "fixed_price": terms.fixed_price, "amount_off": terms.amount_off}
    if [name for name, value in given.items() if value is not None] != [terms.mode]:
        raise DiscountInvalid(
            reason=gettext("it has a ratio, a fixed price or an amount off, as its mode says")
        )
    if terms.ratio is not None and (not 0 < terms.ratio <= 1 or terms.ratio * rules.RATIO_SCALE % 1):
        raise DiscountInvalid(reason=gettext("a ratio lies above 0, up to 1, with at most four decimals"))
    if terms.fixed_price is not None and not fits(terms.fixed_price):
        raise DiscountInvalid(
            reason=gettext("the fixed price is negative or has more than 7 digits or 10 decimals")
        )
    for amount in (terms.amount_off, terms.threshold):
        if amount is not None and (amount.minor <= 0 or amount.currency != currency):
            raise DiscountInvalid(reason=gettext("an amount is positive and in the customer's currency"))
    if terms.threshold is not None and terms.amount_off is None:
        raise DiscountInvalid(reason=gettext("only an amount off has a threshold"))


def _check_scope(scope: Scope, kind: str, contract: Contract | None, customer: Customer) -> None:
    if contract is not None and (kind != DiscountKind.COMMERCIAL or contract.customer_id != customer.pk):
        raise DiscountInvalid(reason=gettext("the contract is another customer's"))
    if any(one not in OrderKind.values for one in scope.order_kinds):
        raise DiscountInvalid(reason=gettext("unknown kind of order"))
    if scope.charge_mode and scope.charge_mode not in ChargeMode.values:
        raise DiscountInvalid(reason=gettext("unknown charging mode"))
    if (scope.period_number is not None or scope.period_type) and scope.charge_mode not in (
        "",
        ChargeMode.PERIOD,
    ):
        raise DiscountInvalid(reason=gettext("only yearly/monthly discounts are bound to a term"))


def _tell(discount: Discount, template: str) -> None:
    account = discount.customer.account
    if account.email:
        send(
            channel="mail",
            to=account.email,
            template=template,
            language="zh-hans" if account.site == "cn" else "en",
            about=account.pk,
            name=discount.name,
            begins=f"{discount.begins_at:%Y-%m-%d %H:%M}Z",
            ends=f"{discount.ends_at:%Y-%m-%d %H:%M}Z" if discount.ends_at else "-",
        )
