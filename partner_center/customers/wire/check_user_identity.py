"""校验客户注册信息 — may this account name, mobile number or e-mail address still register a customer?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from partner_center.customers import rules
from partner_center.customers.queries import (
    account_name_is_free,
    email_is_free,
    remaining_registrations,
)
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import Forbidden
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field


class Request(WireModel):
    search_type: str = field(one_of=("email", "mobile", "name"))
    search_value: str = field(max_length=64)


class Response(WireModel):
    error_code: Maybe[str] = None
    error_msg: Maybe[str] = None
    check_result: Maybe[str] = None
    mobile_remain_available_num: Maybe[int] = None


@operation(
    "POST",
    "/v2/partners/sub-customers/users/check-identity",
    callers="P",
    rate=5,
    items=("BPC_ITEM_SUBCUSTSERV_010118",),
    errors=(InvalidParameter, Forbidden),
)
def check_user_identity(actor: Actor, request: Request) -> Response:
    """Check whether a login name, mobile number or e-mail address can still register a customer."""
    value = request.search_value
    match request.search_type:
        case "name":
            _require(rules.is_checkable_name(value))
            return _answer(account_name_is_free(value))
        case "email":
            _require(rules.is_email(value))
            return _answer(email_is_free(value, site=actor.site))
    country, number = rules.split_mobile(value, site="")
    _require(country != "" and (actor.site != "cn" or country == "0086"))
    remaining = remaining_registrations(number if actor.site == "cn" else value, site=actor.site)
    return Response(
        check_result="available" if remaining else "used_by_user", mobile_remain_available_num=remaining
    )


def _require(well_formed: bool) -> None:
    if not well_formed:
        raise InvalidParameter(parameter="search_value", reason=_("its format is wrong"))


def _answer(free: bool) -> Response:
    return Response(check_result="available" if free else "used_by_user")
