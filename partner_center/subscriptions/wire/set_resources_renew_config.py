"""设置包年/包月资源自动续费扣款日和续费后资源统一到期日: the account's own renewal settings."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.subscriptions.actions import set_renewal_setting
from partner_center.subscriptions.errors import SettingRefused
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel, field


class Request(WireModel):
    config_name: str = field(one_of=("DEDUCTION_DATE", "EXPIRE_DATE"))
    config_value: str = field(max_length=2)


class Response(WireModel):
    error_code: str
    error_msg: str


@operation(
    "POST",
    "/v2/orders/subscriptions/resources/renew/config",
    callers="C",
    items=("billing:subscription:renew",),
    errors=(SettingRefused,),
)
def set_resources_renew_config(actor: Actor, request: Request) -> Response:
    """Set the day of automatic deduction (2 to 7 days before expiry) or the unified expiry day (1 to 28, -1)."""
    customer = Customer.objects.visible_to(actor).get(pk=actor.account_id)
    value = _whole(request.config_value)
    if request.config_name == "DEDUCTION_DATE":
        set_renewal_setting(actor, customer=customer, deduction_days=value)
    else:
        set_renewal_setting(actor, customer=customer, unified_day=value)
    return Response(error_code="CBC.0000", error_msg=_("Success"))


def _whole(text: str) -> int:
    if text == "-1" or (text.isascii() and text.isdigit()):
        return int(text)
    raise InvalidParameter(parameter="config_value", reason=_("it must be an integer"))
