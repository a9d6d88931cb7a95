"""查询客户列表 — the partner's customers, or those of one of its resellers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.utils.translation import gettext as _

from partner_center.customers import rules
from partner_center.customers.models import AssociationType, Customer, CustomerQuerySet, CustomerType
from partner_center.customers.queries import platform_users_of, scope_of
from partner_center.foundation.actor import Actor
from partner_center.partners.errors import NoRightOverReseller
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, Moment, Paging, WireModel, field

ASSOCIATION_CODES = {
    "cn": {"1": AssociationType.REFERRAL, "2": AssociationType.RESALE},
    "intl": {"1": AssociationType.REFERRAL, "3": AssociationType.RESALE},
}
CUSTOMER_TYPE_CODES = {"": -1, CustomerType.INDIVIDUAL: 0, CustomerType.ENTERPRISE: 1}


class Request(Paging):
    account_name: Maybe[str] = field(None, max_length=64)
    customer: Maybe[str] = field(None, max_length=256)
    label: Maybe[str] = field(None, max_length=128)
    association_type: Maybe[str] = field(None, one_of={"cn": ("1", "2"), "intl": ("1", "3")})
    associated_on_begin: Maybe[Moment] = field(None, empty="rejected")
    associated_on_end: Maybe[Moment] = field(None, empty="rejected")
    customer_id: Maybe[str] = field(None, max_length=64)
    indirect_partner_id: Maybe[str] = field(None, max_length=64)


class ManagerInfo(WireModel):
    account_name: Maybe[str] = None


class CustomerInformation(WireModel):
    customer: Maybe[str] = None
    account_name: str
    customer_id: str
    associated_on: Maybe[Moment] = None
    association_type: Maybe[str] = field(None, one_of={"cn": ("1", "2"), "intl": ("1", "3")})
    label: Maybe[str] = None
    telephone: Maybe[str] = None
    verified_status: Maybe[str] = field(
        None, one_of={"cn": ("-1", "0", "1", "2"), "intl": ("-1", "0", "1", "2", "3")}
    )
    country_code: Maybe[str] = None
    customer_type: Maybe[int] = field(None, one_of=(-1, 0, 1))
    is_frozen: Maybe[int] = field(None, one_of={"cn": (0, 1, 2), "intl": (0, 1)})
    account_managers: Maybe[list[ManagerInfo]] = None
    xaccount_id: Maybe[str] = None
    xaccount_type: Maybe[str] = None
    customer_level: Maybe[str] = field(None, one_of=("V0", "V1", "V2", "V3", "V4", "V5"))
    email: Maybe[str] = None

    @classmethod
    def of(cls, row: Customer, platform_user: tuple[str, str] | None) -> Self:
        site = row.account.site
        country, number = rules.split_mobile(row.account.mobile, site=site)
        codes = {meaning: code for code, meaning in ASSOCIATION_CODES[site].items()}
        manager = row.account_manager
        platform, user = platform_user or (None, None)
        return cls(
            customer=row.name if row.verified else None,
            account_name=row.account.name,
            customer_id=row.pk,
            associated_on=row.associated_at,
            association_type=codes.get(AssociationType(row.association_type)),
            label=row.label or None,
            telephone=number or None,
            verified_status=str(row.verified_status.wire),
            country_code=country or None,
            customer_type=CUSTOMER_TYPE_CODES[row.customer_type],
            is_frozen=int(row.frozen) if site == "intl" else int(row.freeze_state.wire or 0),
            account_managers=[ManagerInfo(account_name=manager.login)] if manager else [],
            xaccount_id=user,
            xaccount_type=platform,
            customer_level=row.level,
            email=row.account.email or None,
        )


class Response(WireModel):
    customer_infos: list[CustomerInformation]
    count: int


@operation(
    "POST",
    "/v2/partners/sub-customers/query",
    callers="P",
    items=("BPC_ITEM_SUBCUSTSERV_010100", "BPC_ITEM_SUBCUSTSERV_010500"),
    errors=(InvalidParameter, NoRightOverReseller),
)
def list_sub_customers(actor: Actor, request: Request) -> Response:
    """List the customers of the partner, or of the reseller that a distributor names."""
    partner_id = scope_of(actor, request.indirect_partner_id)
    rows = Customer.objects.visible_to(actor).of_partner(partner_id)
    rows = _narrowed(rows, request, actor.site).order_by("-associated_at", "pk")
    page = list(request.slice(rows.select_related("account", "account_manager")))
    return Response(customer_infos=_described(actor, page), count=rows.count())


def _narrowed(rows: CustomerQuerySet, request: Request, site: str) -> CustomerQuerySet:
    """Only what was asked for. Text is matched anywhere within the value; a tag by case too."""
    for name in ("account_name", "customer", "label"):
        if " " in (getattr(request, name) or ""):
            raise InvalidParameter(parameter=name, reason=_("it must not contain spaces"))
    if request.account_name:
        rows = rows.filter(account__name__icontains=request.account_name)
    if request.customer:
        rows = rows.with_real_name(request.customer)
    if request.label:
        rows = rows.labelled(request.label)
    if request.association_type:
        rows = rows.filter(association_type=ASSOCIATION_CODES[site][request.association_type])
    if request.associated_on_begin:
        rows = rows.filter(associated_at__gte=request.associated_on_begin)
    if request.associated_on_end:
        rows = rows.associated_until(request.associated_on_end)
    if request.customer_id:
        rows = rows.filter(pk=request.customer_id)
    return rows


def _described(actor: Actor, page: Iterable[Customer]) -> list[CustomerInformation]:
    page = list(page)
    users = platform_users_of(actor, [row.pk for row in page])
    return [CustomerInformation.of(row, users.get(row.pk)) for row in page]
