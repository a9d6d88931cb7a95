"""Who is asking. The frame reads the credentials; rooms say whose they are, through functions named in settings.

ACTOR_FROM_TOKEN(token) and ACTOR_FROM_SIGNATURE(signed) return an Actor or raise Unauthenticated or a GatewayError.
Where a request carries both, the token counts (spec/api/auth.md section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor, Door
from partner_center.wire.errors import SignatureRefused, WrongDomain
from partner_center.wire.requests import Language
from partner_center.wire.signing import read


def authenticate(
    environ: Mapping[str, object],
    body: bytes,
    *,
    door: Door,
    request_id: str,
    language: Language,
    required: bool = True,
) -> Actor:
    """The actor behind a request. Without credentials: nobody, or SignatureRefused when `required`."""
    token = str(environ.get("HTTP_X_AUTH_TOKEN", ""))
    if token:
        actor: Actor = _hook("ACTOR_FROM_TOKEN")(token)
    elif environ.get("HTTP_AUTHORIZATION"):
        actor = _hook("ACTOR_FROM_SIGNATURE")(read(environ, body))
    elif required:
        raise SignatureRefused(reason=_("neither X-Auth-Token nor a signature was found"))
    else:
        actor = Actor.nobody()
    named = str(environ.get("HTTP_X_DOMAIN_ID", "")).strip()
    if named and actor.kind != "nobody" and named != actor.account_id:
        raise WrongDomain()
    return replace(actor, door=door, request_id=request_id, language=language)


@cache
def _hook(name: str) -> Callable[..., Actor]:
    hook: Callable[..., Actor] = import_string(getattr(settings, name))
    return hook
