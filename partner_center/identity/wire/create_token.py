"""IAM: a token for a password, or for a partner that acts for a customer (spec/api/auth.md section 5)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from partner_center.foundation.actor import ALL, Actor
from partner_center.identity.actions import assume_role, issue_token
from partner_center.identity.actions.keys import TOKEN_LIFE
from partner_center.identity.door import actor_of, agency_stands
from partner_center.identity.errors import AgencyRefused, SignInLocked, SignInRefused
from partner_center.identity.models import Account, AccountKind, Token, User
from partner_center.identity.projects import projects_of
from partner_center.identity.signin import sign_in
from partner_center.wire.errors import InvalidParameter, MissingParameter, WrongCaller
from partner_center.wire.operation import operation
from partner_center.wire.schema import Answer, Maybe, Moment, WireModel, field


class _Iam(WireModel):
    tolerant: ClassVar[bool] = True


class Named(_Iam):
    id: Maybe[str] = field(None, max_length=64)
    name: Maybe[str] = field(None, max_length=64)


class UserIn(_Iam):
    name: str = field(max_length=64)
    password: str = field(max_length=128)
    domain: Maybe[Named] = None


class Password(_Iam):
    user: UserIn


class AssumeRole(_Iam):
    domain_id: Maybe[str] = field(None, max_length=64)
    domain_name: Maybe[str] = field(None, max_length=64)
    agency_name: str = field(max_length=64)


class Identity(_Iam):
    methods: list[str] = field(one_of=("password", "assume_role"), max_items=1)
    password: Maybe[Password] = None
    assume_role: Maybe[AssumeRole] = None


class Scope(_Iam):
    domain: Maybe[Named] = None
    project: Maybe[Named] = None


class Auth(_Iam):
    identity: Identity
    scope: Maybe[Scope] = None


class Request(_Iam):
    auth: Auth
    nocatalog: Maybe[str] = field(None, empty="filter", max_length=8)


class Domain(WireModel):
    id: str
    name: str


class TokenUser(WireModel):
    id: str
    name: str
    domain: Domain


class Project(WireModel):
    id: str
    name: str
    domain: Domain


class TokenInfo(WireModel):
    methods: list[str]
    issued_at: Moment
    expires_at: Moment
    user: TokenUser
    domain: Maybe[Domain] = None
    project: Maybe[Project] = None
    roles: list[Any] = []
    catalog: Maybe[list[Any]] = None


class Response(WireModel):
    token: TokenInfo


@operation(
    "POST",
    "/v3/auth/tokens",
    callers="*",
    status=201,
    in_contract=False,
    errors=(SignInRefused, SignInLocked, AgencyRefused),
)
def create_token(actor: Actor, request: Request) -> Answer:
    """Answer a token of 24 hours in X-Subject-Token: for a password, or for a customer that authorised the partner."""
    identity = request.auth.identity
    if identity.methods == ["password"]:
        token, text, user = _for_password(identity, actor)
    else:
        token, text, user = _for_agency(identity, actor)
    body = Response(token=_described(request, token, token.account, user))
    return Answer.created(body, **{"X-Subject-Token": text})


def _for_password(identity: Identity, actor: Actor) -> tuple[Token, str, User]:
    if identity.password is None:
        raise MissingParameter(parameter="auth.identity.password")
    given = identity.password.user
    user = sign_in(given.name, given.password, account_name=(given.domain and given.domain.name) or "")
    token, text = issue_token(actor_of(user).with_permissions(ALL), user=user, account=user.account)
    return token, text, user


def _for_agency(identity: Identity, actor: Actor) -> tuple[Token, str, User]:
    if actor.kind != "partner":
        raise WrongCaller()
    asked = identity.assume_role
    if asked is None:
        raise MissingParameter(parameter="auth.identity.assume_role")
    if not (asked.domain_id or asked.domain_name):
        raise MissingParameter(parameter="auth.identity.assume_role.domain_id")
    named = {"pk": asked.domain_id} if asked.domain_id else {"name": asked.domain_name}
    customer = Account.objects.filter(kind=AccountKind.CUSTOMER, **named).first()
    if customer is None or not agency_stands(actor.account_id, customer.pk, asked.agency_name):
        raise AgencyRefused()
    if not actor.sees_customer(customer.pk):
        raise AgencyRefused()
    token, text = assume_role(actor, customer=customer, agency=asked.agency_name)
    return token, text, token.user


def _described(request: Request, token: Token, account: Account, user: User) -> TokenInfo:
    domain = Domain(id=account.pk, name=account.name)
    project = _project(request.auth.scope, account, domain)
    return TokenInfo(
        methods=request.auth.identity.methods,
        issued_at=token.expires_at - TOKEN_LIFE,
        expires_at=token.expires_at,
        user=TokenUser(
            id=str(user.pk), name=user.login, domain=Domain(id=user.account_id, name=user.account.name)
        ),
        domain=None if project else domain,
        project=project,
        catalog=None if request.nocatalog is not None else [],
    )


def _project(scope: Scope | None, account: Account, domain: Domain) -> Project | None:
    """The project asked for; a project wins over a domain, an empty scope is the account's own."""
    if scope is None or scope.project is None:
        return None
    wanted = scope.project
    for one in projects_of(account):
        if wanted.id in (None, one.id) and wanted.name in (None, one.name):
            return Project(id=one.id, name=one.name, domain=domain)
    raise InvalidParameter(parameter="auth.scope.project", reason=_("the account has no such project"))
