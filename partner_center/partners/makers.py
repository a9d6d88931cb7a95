"""Plausible partners for tests and the sample world, built through the actions."""

from __future__ import annotations

from itertools import count
from typing import Any

from partner_center.foundation.actor import Actor
from partner_center.identity.actions import create_account, create_user
from partner_center.identity.makers import as_owner
from partner_center.identity.models import Account, Role, User
from partner_center.partners.actions import admit_partner, assign_platform, grant_right
from partner_center.partners.models import Partner, ResellerRight

_numbers = count(1)
_SYSTEM = Actor.system("makers")
LANGUAGES = {"cn": "zh-hans", "intl": "en"}


def make_vendor(name: str = "", *, password: str = "", company: str = "", site: str = "cn") -> Account:
    """The vendor's own account; its owner is the operator."""
    return _account("vendor", name or f"vendor-{next(_numbers):04d}", company, site, password)


def make_distributor(name: str = "", **more: Any) -> Partner:
    """A distributor. `more`: company, site, password, mobile, email, platform, and what admit_partner takes."""
    return _partner("distributor", name, **more)


def make_reseller(
    distributor: Partner, name: str = "", *, rights: tuple[str, ...] = (), **more: Any
) -> Partner:
    """A reseller of `distributor`, with the rights that this has granted it."""
    reseller = _partner("reseller", name, distributor=distributor, site=distributor.account.site, **more)
    for right in rights:
        grant_right(as_owner(distributor.account), reseller=reseller, right=right)
    return reseller


def make_solution_provider(name: str = "", **more: Any) -> Partner:
    """A solution provider. `more` as for make_distributor."""
    return _partner("solution_provider", name, **more)


def make_account_manager(partner: Partner, login: str = "", *, name: str = "", password: str = "") -> User:
    """A member of the partner who sees the customers assigned to it, and nothing else."""
    number = next(_numbers)
    return create_user(
        _SYSTEM,
        account=partner.account,
        login=login or f"manager-{number:04d}",
        name=name or login or f"Manager {number}",
        password=password,
        language=LANGUAGES[partner.account.site],
        roles=[Role.objects.get(preset="account_manager")],
    )


def as_partner(partner: Partner, **more: Any) -> Actor:
    """The partner's owner at a door."""
    return as_owner(partner.account, **more)


def as_staff(vendor: Account | None = None, **more: Any) -> Actor:
    """The vendor's operator at a door."""
    return as_owner(vendor or make_vendor(), **more)


ALL_RIGHTS = tuple(ResellerRight.values)


def _partner(
    kind: str,
    name: str,
    *,
    company: str = "",
    site: str = "cn",
    password: str = "",
    mobile: str = "",
    email: str = "",
    platform: str = "",
    **more: Any,
) -> Partner:
    name = name or f"{kind.replace('_', '-')}-{next(_numbers):04d}"
    account = _account(kind, name, company, site, password, mobile=mobile, email=email)
    partner = admit_partner(_SYSTEM, account=account, kind=kind, **more)
    assign_platform(_SYSTEM, partner=partner, code=platform or f"{name}-portal")
    return partner


def _account(
    kind: str, name: str, company: str, site: str, password: str, *, mobile: str = "", email: str = ""
) -> Account:
    account = create_account(
        _SYSTEM, kind=kind, site=site, name=name, company_name=company or name, mobile=mobile, email=email
    )
    create_user(
        _SYSTEM,
        account=account,
        login=name,
        name=company or name,
        password=password,
        is_owner=True,
        language=LANGUAGES[site],
    )
    return account
