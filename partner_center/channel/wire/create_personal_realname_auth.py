"""申请个人实名认证 — put a customer forward as an individual, with a certificate or (China site) a bank card."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partner_center.channel.actions.real_name import CARD_SCENE
from partner_center.channel.errors.real_name import RealNameCodeExpired
from partner_center.channel.models.real_name import Means, Subject
from partner_center.channel.rules.real_name import Claim
from partner_center.channel.wire.real_name_shapes import (
    ERRORS_OF_INDIVIDUALS,
    ITEM,
    PERSONAL,
    Reviewed,
    apply_with,
)
from partner_center.customers.queries import customer_for
from partner_center.customers.rules import is_chinese_mobile
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import check_code
from partner_center.identity.actions.codes import CheckedCode
from partner_center.identity.errors import CodeExpired
from partner_center.wire.errors import InvalidParameter, MissingParameter
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field

BANK_CARD = 4


class BankCardInfo(WireModel):
    bank_account: str = field(pattern="[0-9a-zA-Z-]+", max_length=64)
    areacode: str = field(one_of=("0086",))
    mobile: str = field(max_length=32)
    verification_code: str = field(max_length=16)


class Request(WireModel):
    customer_id: str = field(max_length=64)
    identify_type: int = field(one_of={"cn": (0, 4), "intl": (0,)})
    verified_type: Maybe[int] = field(None, one_of=tuple(PERSONAL))
    verified_file_url: list[str] = field(min_items=1, max_items=4, max_length=255)
    name: str = field(max_length=255)
    verified_number: str = field(max_length=32)
    change_type: Maybe[int] = field(None, one_of=(-1,))
    xaccount_type: str = field(max_length=64)
    bank_card_info: Maybe[BankCardInfo] = field(None, only=("cn",))


class Response(Reviewed):
    pass


@operation(
    "POST",
    "/v2/customers/realname-auths/individual",
    callers="P",
    items=(ITEM,),
    errors=(InvalidParameter, MissingParameter, *ERRORS_OF_INDIVIDUALS),
)
def create_personal_realname_auth(actor: Actor, request: Request) -> Response:
    """Put one of the partner's customers forward as an individual."""
    card = request.bank_card_info
    if request.identify_type == BANK_CARD:
        if card is None:
            raise MissingParameter(parameter="bank_card_info")
        if not is_chinese_mobile(card.mobile):
            raise InvalidParameter(parameter="bank_card_info.mobile", reason=_("its format is wrong"))
        claim = _claim(request, Means.BANK_CARD, "", {"card": card.bank_account, "card_mobile": card.mobile})
    elif request.verified_type is None:
        raise MissingParameter(parameter="verified_type")
    else:
        claim, card = _claim(request, Means.CERTIFICATE, PERSONAL[request.verified_type].value, {}), None
    return Response.of(
        apply_with(
            actor,
            customer_id=request.customer_id,
            xaccount_type=request.xaccount_type,
            paths=request.verified_file_url,
            claim=claim,
            checked=_checked(actor, request.customer_id, card) if card is not None else None,
        )
    )


def _claim(request: Request, means: Means, certificate: str, details: dict[str, str]) -> Claim:
    return Claim(Subject.INDIVIDUAL, means, certificate, request.name, request.verified_number, details)


def _checked(actor: Actor, customer_id: str, card: BankCardInfo) -> CheckedCode:
    """The code sent to the card's telephone. Codes are compared for the partner's own customers alone."""
    customer_for(actor, customer_id, partner_id=actor.account_id)
    try:
        return check_code(actor, scene=CARD_SCENE, target=card.mobile, code=card.verification_code)
    except CodeExpired:
        raise RealNameCodeExpired() from None
