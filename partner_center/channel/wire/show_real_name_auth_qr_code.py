"""获取人脸实名认证二维码 — the address that a QR code for face authentication leads to."""

from __future__ import annotations

from partner_center.channel.actions.real_name import make_face_code
from partner_center.channel.errors.real_name import AuthenticatedOrInReview
from partner_center.channel.real_name import address_of_face_code
from partner_center.customers.queries import own_customer
from partner_center.foundation.actor import Actor
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel


class Response(WireModel):
    qr_code_url: Maybe[str] = None


@operation(
    "GET",
    "/v2/customers/real-name-auth-qrcode",
    callers="C",
    sites=("cn",),
    errors=(AuthenticatedOrInReview,),
)
def show_real_name_auth_qr_code(actor: Actor) -> Response:
    """An address for one face authentication, void after ten minutes or when the next one is asked for."""
    code = make_face_code(actor, customer=own_customer(actor))
    return Response(qr_code_url=address_of_face_code(code))
