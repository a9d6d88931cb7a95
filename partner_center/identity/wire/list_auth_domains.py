"""IAM: the account behind the credentials. The SDK asks it when it is given a region and no domain id."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.identity.models import Account
from partner_center.wire.operation import operation
from partner_center.wire.schema import WireModel


class Domain(WireModel):
    id: str
    name: str
    description: str = ""
    enabled: bool = True


class Response(WireModel):
    domains: list[Domain]


@operation("GET", "/v3/auth/domains", callers="+", in_contract=False)
def list_auth_domains(actor: Actor) -> Response:
    """List the accounts that the caller may enter: its own."""
    accounts = Account.objects.visible_to(actor).filter(pk=actor.account_id)
    return Response(domains=[Domain(id=account.pk, name=account.name) for account in accounts])
