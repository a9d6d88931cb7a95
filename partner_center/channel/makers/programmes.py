"""Companies that want to become partners, and their applications, made through the actions."""

from __future__ import annotations

from typing import Any

from partner_center.channel.actions.programmes import apply_to_programme
from partner_center.customers.actions import approve_real_name, register_customer, submit_real_name
from partner_center.foundation.actor import Actor
from partner_center.identity.makers import as_owner
from partner_center.identity.models import Account
from partner_center.partners.models import Programme, ProgrammeApplication
from partner_center.partners.queries import agreements_in_force

_SYSTEM = Actor.system("makers")
A_PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def make_company(
    name: str, company: str, *, site: str = "cn", kind: str = "enterprise", password: str = "", **more: Any
) -> Account:
    """An account of a company with its real-name authentication passed, nobody's customer and no partner."""
    customer = register_customer(
        _SYSTEM, site=site, name=name, company_name=company, password=password, **more
    )
    submit_real_name(_SYSTEM, customer=customer, customer_type=kind, name=company)
    approve_real_name(_SYSTEM, customer=customer)
    return customer.account


def company_facts(company: str, **more: str) -> dict[str, str]:
    """What a company writes into an application. The contact is a department, not a person."""
    facts = {
        "company_name": company,
        "credit_code": "91440300MA5F0X0X0X",
        "address": "1 Science Road",
        "industry": "internet",
        "website": "",
        "contact_name": "Partner Department",
        "contact_mobile": "13900000000",
        "contact_email": "partners@company.example",
    }
    return {**facts, **more}


def make_application(
    account: Account, code: str, *, facts: dict[str, str] | None = None, **more: Any
) -> ProgrammeApplication:
    """The account's application to the programme `code` of its site, everything agreed to."""
    programme = Programme.objects.get(site=account.site, code=code)
    agreed = [one.pk for one in agreements_in_force(account.site, programme.preset.agreements)]
    more.setdefault("area", "south" if account.site == "cn" else "europe")
    return apply_to_programme(
        as_owner(account),
        programme=programme,
        facts=facts or company_facts(account.company_name),
        agreed=agreed,
        **more,
    )
