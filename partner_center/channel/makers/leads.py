"""Prospects, invitations and customers that come by a link, made through the deeds of all who take part."""

from __future__ import annotations

import re
import secrets

from partner_center.channel.actions.leads_inviting import invite_customer
from partner_center.channel.actions.leads_landing import (
    answer_invitation,
    register_by_invitation,
    send_join_code,
)
from partner_center.channel.models.leads import CustomerReport
from partner_center.channel.models.leads_terms import FOR_ASSOCIATING, FOR_REGISTERING
from partner_center.channel.queries.leads import JOIN_PATH
from partner_center.channel.queries.leads_links import Origin, origin_of
from partner_center.channel.queries.leads_terms import unsigned_terms
from partner_center.customers.actions import check_registration_code
from partner_center.customers.makers import as_customer
from partner_center.customers.models import Association, Customer
from partner_center.foundation.actor import ALL, Actor
from partner_center.foundation.models import OutboxMessage

_VISITOR = Actor.nobody(door="landing", permissions=ALL)


def invite(actor: Actor, report: CustomerReport, association_type: str) -> str:
    """Invite by mail; gives the end of the link as its recipient reads it."""
    invite_customer(actor, report=report, association_type=association_type)
    found = re.search(rf"{JOIN_PATH}([\w-]+)/", _latest("channel.invitation"))
    assert found is not None, "an invitation has a link"
    return found[1]


def register_by(
    token: str, *, name: str, company: str, mobile: str = "", email: str = "", country: str = ""
) -> Customer:
    """Somebody opens a link, asks for a code and registers; accepting comes after it."""
    origin, site = origin_of(token), origin_of(token).partner.account.site
    language = "zh-hans" if site == "cn" else "en"
    send_join_code(_VISITOR, origin=origin, mobile=mobile, email=email, language=language)
    code = re.search(r"\d{6}", _latest("identity.code"))
    assert code is not None, "a code was sent"
    checked = check_registration_code(_VISITOR, mobile=mobile, email=email, code=code[0])
    assert checked is not None, "there is an address"
    return register_by_invitation(
        _VISITOR,
        origin=origin,
        name=name,
        password=f"Aa1-{secrets.token_hex(8)}",
        company_name=company,
        mobile=mobile,
        email=email,
        country=country,
        checked=checked,
        signed=_read(origin, None, FOR_REGISTERING),
    )


def accept_by(token: str, customer: Customer) -> Association:
    """The customer, signed in, reads and accepts; raises what a guard says, which is written down then."""
    origin = origin_of(token)
    signed = _read(origin, customer, (*FOR_REGISTERING, *FOR_ASSOCIATING))
    return answer_invitation(
        as_customer(customer, door="landing"), customer=customer, origin=origin, signed=signed
    )


def _read(origin: Origin, customer: Customer | None, kinds: tuple[str, ...]) -> frozenset[tuple[str, int]]:
    account = customer.account if customer is not None else None
    site = account.site if account is not None else origin.partner.account.site
    return frozenset((one.kind, one.version) for one in unsigned_terms(account, site, kinds))


def _latest(template: str) -> str:
    found = OutboxMessage.objects.filter(template=template).order_by("-id").first()
    assert found is not None, f"no {template} was written"
    return str(found.body)
