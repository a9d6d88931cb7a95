"""A company that nobody has invited registers an account of its own, to join the partner network (features A1)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.leads_terms import Read, require_terms
from partner_center.channel.models.leads_terms import FOR_REGISTERING
from partner_center.customers.actions import register_customer, send_registration_code
from partner_center.customers.errors import EmailFormat, MobileFormat
from partner_center.customers.models import Customer
from partner_center.customers.rules import is_chinese_mobile, is_email
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.actions.codes import CheckedCode


@action(
    "channel.send_company_code", label=_("Send a verification code"), permission="channel.register_company"
)
def send_company_code(
    actor: Actor, *, site: str, mobile: str = "", email: str = "", language: str = "zh-hans"
) -> None:
    """Send a code to a company's mobile number or, abroad, e-mail address, whatever it is used for already.

    Raises MobileFormat, EmailFormat, TooManyCodes.
    """
    if site == "cn":
        if not is_chinese_mobile(mobile):
            raise MobileFormat()
    elif not is_email(email):
        raise EmailFormat()
    send_registration_code(actor, mobile=mobile, email=email, language=language)


@action("channel.register_company", label=_("Register a company"))
def register_company(
    actor: Actor,
    *,
    site: str,
    name: str,
    password: str,
    company_name: str,
    checked: CheckedCode,
    signed: Read,
    mobile: str = "",
    email: str = "",
    country: str = "",
) -> Customer:
    """An account without a partner; with its enterprise real-name authentication it may apply to a programme.

    Raises TermsNotSigned and what `register_customer` raises.
    """
    customer = register_customer(
        actor,
        site=site,
        name=name,
        password=password,
        company_name=company_name,
        mobile=mobile,
        email=email,
        checked=checked,
        country=country,
    )
    require_terms(actor, customer.account, FOR_REGISTERING, signed)
    record(actor, "channel.register_company", customer, about=customer.pk)
    return customer
