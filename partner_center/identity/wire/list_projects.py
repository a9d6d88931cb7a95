"""IAM: the account's projects, one a region."""

from __future__ import annotations

from typing import ClassVar

from partner_center.foundation.actor import Actor
from partner_center.identity.models import Account
from partner_center.identity.projects import projects_of
from partner_center.wire.operation import operation
from partner_center.wire.schema import Maybe, WireModel, field


class Request(WireModel):
    tolerant: ClassVar[bool] = True

    domain_id: Maybe[str] = field(None, max_length=64)
    name: Maybe[str] = field(None, max_length=64)


class Project(WireModel):
    id: str
    name: str
    domain_id: str
    parent_id: str
    description: str = ""
    is_domain: bool = False
    enabled: bool = True


class Response(WireModel):
    projects: list[Project]


@operation("GET", "/v3/projects", callers="+", in_contract=False)
def list_projects(actor: Actor, request: Request) -> Response:
    """List the account's projects, all or the one named."""
    account = Account.objects.visible_to(actor).get(pk=actor.account_id)
    found = [
        Project(id=one.id, name=one.name, domain_id=account.pk, parent_id=account.pk)
        for one in projects_of(account)
        if request.name in (None, one.name) and request.domain_id in (None, account.pk)
    ]
    return Response(projects=found)
