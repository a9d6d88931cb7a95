"""发送验证码 — send a verification code to a mobile number (China site) or e-mail address (international)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partner_center.customers import rules
from partner_center.customers.actions import send_registration_code
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.queries import customer_for
from partner_center.foundation.actor import Actor
from partner_center.identity.errors import TooManyCodes
from partner_center.wire.errors import InvalidParameter, MissingParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field

LANGUAGES = {"zh-cn": "zh-hans", "en-us": "en"}
BANK_CARD_SCENE = 18


class Request(WireModel):
    receiver_type: int = field(one_of={"cn": (1,), "intl": (2,)})
    timeout: Maybe[int] = field(None, ge=1)
    mobile_phone: str = field(only=("cn",), max_length=64)
    email: str = field(only=("intl",), max_length=64)
    lang: Maybe[str] = field(None, one_of=("zh-cn", "en-us"))
    scene: Maybe[int] = field(None, one_of=(29, 18), only=("cn",))
    customer_id: Maybe[str] = field(None, max_length=64, only=("cn",))


@operation(
    "POST",
    "/v2/bases/verificationcode/send",
    callers="P",
    status=204,
    items=("BPC_ITEM_SUBCUSTSERV_010118", "BPC_ITEM_SUBCUSTSERV_010119"),
    errors=(InvalidParameter, MissingParameter, NotACustomerOfThePartner, TooManyCodes),
)
def send_verification_message_code(actor: Actor, request: Request) -> None:
    """Send a verification code; whoever the number belongs to, the answer is the same."""
    mobile, email = request.mobile_phone or "", request.email or ""
    if mobile and not rules.is_chinese_mobile(mobile):
        raise InvalidParameter(parameter="mobile_phone", reason=_("its format is wrong"))
    if email and not rules.is_email(email):
        raise InvalidParameter(parameter="email", reason=_("its format is wrong"))
    if request.scene == BANK_CARD_SCENE:
        if not request.customer_id:
            raise MissingParameter(parameter="customer_id")
        customer_for(actor, request.customer_id)
    send_registration_code(
        actor,
        mobile=mobile,
        email=email,
        scene=str(request.scene or 29),
        language=LANGUAGES[request.lang or "zh-cn"],
        minutes=request.timeout,
    )
