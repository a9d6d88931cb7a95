"""A company that nobody has invited registers an account of its own, to join the partner network (features A1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.leads_terms import Read, require_terms
from partner_center.channel.errors.programmes import (
    AddressMustDiffer,
    NothingToVerify,
    QuickRegistrationOver,
)
from partner_center.channel.models.leads_terms import FOR_REGISTERING
from partner_center.customers.actions import register_customer, send_registration_code
from partner_center.customers.errors import EmailFormat, MobileFormat
from partner_center.customers.models import Customer
from partner_center.customers.rules import is_chinese_mobile, is_email
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.outbox import Channel
from partner_center.identity.actions import redeem_code, send_code
from partner_center.identity.actions.codes import CheckedCode
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.partners.models import QuickRegistration

QUICK_SCENE = "quick-registration"
QUICK_TIME = timedelta(hours=24)
"""Within this time after the codes the new account is registered (features A3)."""


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


@action("channel.send_main_codes", label=_("Send verification codes"), permission="channel.quick_register")
def send_main_codes(actor: Actor, *, account: Account) -> None:
    """Send a code to each address of the account that is asking. Raises NothingToVerify, TooManyCodes."""
    targets = addresses_of(account)
    if not targets:
        raise NothingToVerify()
    for channel, target in targets:
        send_code(actor, scene=QUICK_SCENE, target=target, channel=channel, language=actor.language)


@action(
    "channel.verify_main_account", label=_("Verify the main account"), permission="channel.quick_register"
)
def verify_main_account(
    actor: Actor, *, account: Account, checked: Collection[CheckedCode]
) -> QuickRegistration:
    """The codes of all addresses were typed: for a day the account may register another one of its company."""
    assert account.pk == actor.account_id and len(checked) == len(addresses_of(account))
    for one in checked:
        redeem_code(actor, checked=one)
    opened = QuickRegistration.objects.create(account=account, expires_at=clock.now() + QUICK_TIME)
    record(actor, "channel.verify_main_account", opened, about=account.pk)
    return opened


@action("channel.quick_register", label=_("Register another account"))
def quick_register(
    actor: Actor,
    *,
    opened: QuickRegistration,
    name: str,
    password: str,
    checked: CheckedCode,
    signed: Read,
    mobile: str = "",
    email: str = "",
    country: str = "",
) -> Customer:
    """Another account of the same company, with an address of its own.

    Raises QuickRegistrationOver after a day or when it was used, AddressMustDiffer, and what registering raises.
    """
    main = opened.account
    assert main.pk == actor.account_id
    if (mobile and mobile == main.mobile) or (email and email.casefold() == main.email.casefold()):
        raise AddressMustDiffer()
    now = clock.now()
    taken = QuickRegistration.objects.filter(pk=opened.pk, used_at__isnull=True, expires_at__gt=now)
    if not taken.update(used_at=now):
        raise QuickRegistrationOver()
    customer = register_customer(
        actor,
        site=main.site,
        name=name,
        password=password,
        company_name=main.company_name,
        mobile=mobile,
        email=email,
        checked=checked,
        country=country,
    )
    require_terms(actor, customer.account, FOR_REGISTERING, signed)
    QuickRegistration.objects.filter(pk=opened.pk).update(new_account=customer.account)
    record(actor, "channel.quick_register", customer, about=customer.pk, main=main.pk)
    return customer


def addresses_of(account: Account) -> list[tuple[Channel, str]]:
    """Where codes go that prove the account: its mobile number and its e-mail address, as far as it has them."""
    known: list[tuple[Channel, str]] = [("sms", account.mobile), ("mail", account.email)]
    return [(channel, target) for channel, target in known if target]
