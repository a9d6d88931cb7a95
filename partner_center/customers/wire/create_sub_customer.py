"""创建客户 — create a customer's account and associate it with the partner, or with a reseller of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from partner_center.customers import rules
from partner_center.customers.actions import check_registration_code, create_customer
from partner_center.customers.errors import (
    AddressInUse,
    MobileCeiling,
    MobileFormat,
    PlatformUserTaken,
    VerificationCodeNeeded,
)
from partner_center.customers.models import AssociationType
from partner_center.customers.queries import scope_of
from partner_center.foundation.actor import Actor
from partner_center.identity.errors import (
    AccountNameMalformed,
    AccountNameTaken,
    CodeDead,
    CodeExpired,
    CodeWrong,
    PasswordTooWeak,
)
from partner_center.partners.errors import (
    DistributorHasNoCustomers,
    DistributorHasQuit,
    DistributorRestricted,
    NoRightOverReseller,
    PartnerRestricted,
    SandboxPartner,
    UnknownPlatform,
)
from partner_center.partners.queries import partner_with_distributor
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field

REFERRAL = "1"


class Request(WireModel):
    domain_name: Maybe[str] = None
    mobile_phone: Maybe[str] = field(None, only=("cn",))
    email: Maybe[str] = field(None, only=("intl",))
    verification_code: Maybe[str] = field(None, empty="rejected", max_length=16)
    domain_area: str = field(only=("intl",), max_length=2)
    xaccount_id: str = field(max_length=64)
    xaccount_type: str = field(max_length=64)
    password: Maybe[str] = field(None, empty="rejected", max_length=128)
    is_close_market_ms: Maybe[str] = field(None, one_of=("true", "false"))
    cooperation_type: Maybe[str] = field(None, only=("cn",))
    indirect_partner_id: Maybe[str] = field(None, max_length=64)
    include_association_result: Maybe[bool] = None


class Response(WireModel):
    domain_id: Maybe[str] = None
    domain_name: Maybe[str] = None


@operation(
    "POST",
    "/v2/partners/sub-customers",
    callers="P",
    items=("BPC_ITEM_SUBCUSTSERV_010118",),
    errors=(
        AccountNameTaken,
        AccountNameMalformed,
        AddressInUse,
        MobileCeiling,
        MobileFormat,
        PasswordTooWeak,
        PlatformUserTaken,
        NoRightOverReseller,
        VerificationCodeNeeded,
        CodeExpired,
        CodeDead,
        CodeWrong,
        SandboxPartner,
        DistributorHasNoCustomers,
        DistributorHasQuit,
        PartnerRestricted,
        DistributorRestricted,
        UnknownPlatform,
    ),
)
def create_sub_customer(actor: Actor, request: Request) -> Response:
    """Create a customer account for a user of the partner's platform.

    The association stands when the answer comes, whether `include_association_result` asks for it or not;
    so CBC.99000050 (association timed out) does not occur.
    """
    if request.domain_area and not rules.is_country(request.domain_area):
        raise InvalidParameter(parameter="domain_area", reason=_("it is not an ISO 3166 code"))
    partner = partner_with_distributor(scope_of(actor, request.indirect_partner_id))
    addresses: dict[str, Any] = {"mobile": request.mobile_phone or "", "email": request.email or ""}
    checked = check_registration_code(actor, **addresses, code=request.verification_code or "")
    is_referral = request.cooperation_type == REFERRAL
    customer = create_customer(
        actor,
        partner=partner,
        xaccount_type=request.xaccount_type,
        xaccount_id=request.xaccount_id,
        name=request.domain_name or "",
        password=request.password or "",
        checked=checked,
        country=request.domain_area or "",
        association_type=AssociationType.REFERRAL if is_referral else AssociationType.RESALE,
        refuses_marketing=request.is_close_market_ms == "true",
        **addresses,
    )
    return Response(domain_id=customer.pk, domain_name=customer.account.name)
