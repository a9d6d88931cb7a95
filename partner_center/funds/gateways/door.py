"""Where payment gateways bring their notices: POST /payment-gateways/<name>/notices, without a caller's identity.

The notice's own signature is the proof. A gateway repeats a notice until it hears 200, so a refusal that another
try cannot change is answered with its 4xx and its code.
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from partner_center.foundation.actor import Actor
from partner_center.funds.actions import take_notice
from partner_center.funds.gateways import gateway_named
from partner_center.kernel import clock
from partner_center.kernel.errors import DomainError

LONGEST = 64 * 1024


@csrf_exempt
@require_POST
def notices(request: HttpRequest, name: str) -> JsonResponse:
    """Believe a genuine notice, and say what came of it."""
    if int(request.headers.get("Content-Length") or 0) > LONGEST:
        return JsonResponse({"error_code": "CBC.0100", "error_msg": "The notice is too long."}, status=400)
    with clock.scope():
        try:
            gateway = gateway_named(name)
            notice = gateway.read_notice(request.headers, request.body)
            recharge = take_notice(Actor.system(f"gateway {name}"), gateway=name, notice=notice)
        except DomainError as refusal:
            answer = {"error_code": refusal.code, "error_msg": str(refusal)}
            return JsonResponse(answer, status=refusal.status)
    return JsonResponse({"number": recharge.number, "state": recharge.state.value})


urlpatterns = [path("payment-gateways/<str:name>/notices", notices)]
