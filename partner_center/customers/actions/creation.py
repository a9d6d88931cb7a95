"""Bringing a customer into being: an account with its first user, and the customer's row."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.customers import rules
from partner_center.customers.actions.association import associate_customer
from partner_center.customers.errors import (
    AddressInUse,
    EmailFormat,
    MobileCeiling,
    MobileFormat,
    PlatformUserTaken,
    VerificationCodeNeeded,
)
from partner_center.customers.models import AssociationType, Customer, IdentityMapping
from partner_center.customers.queries import email_is_free, remaining_registrations
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.actions import check_code, create_account, create_user, redeem_code, send_code
from partner_center.identity.actions.codes import CheckedCode
from partner_center.identity.errors import AccountNameMalformed
from partner_center.identity.models import Account
from partner_center.identity.notices import tell
from partner_center.identity.rules import account_name_fits
from partner_center.kernel.ids import new_id
from partner_center.partners.actions import register_platform
from partner_center.partners.errors import DistributorHasNoCustomers, UnknownPlatform
from partner_center.partners.models import Partner, PartnerKind
from partner_center.partners.queries import owns_platform, partner_with_distributor
from partner_center.partners.rules import why_not_expand

REGISTRATION_SCENE = "29"


def check_registration_code(
    actor: Actor, *, mobile: str = "", email: str = "", code: str = ""
) -> CheckedCode | None:
    """Compare the verification code for a new customer's mobile number or e-mail address; None without one.

    Called by a door before `create_customer`, because a wrong attempt counts whatever becomes of that.
    Raises MobileFormat, EmailFormat, VerificationCodeNeeded, CodeWrong, CodeExpired, CodeDead.
    """
    if mobile and not rules.is_chinese_mobile(mobile):
        raise MobileFormat()
    if email and not rules.is_email(email):
        raise EmailFormat()
    if not mobile and not email:
        return None
    if not code:
        raise VerificationCodeNeeded()
    return check_code(actor, scene=REGISTRATION_SCENE, target=mobile or email, code=code)


@action(
    "customers.send_registration_code", label=_("Send a verification code"), permission="customers.create"
)
def send_registration_code(
    actor: Actor,
    *,
    mobile: str = "",
    email: str = "",
    scene: str = REGISTRATION_SCENE,
    language: str = "zh-hans",
    minutes: int | None = None,
) -> None:
    """Send a code to the mobile number or e-mail address of somebody who is to become a customer, or, in
    the scene of bank-card authentication (18), to the card holder's. Raises TooManyCodes."""
    send_code(
        actor,
        scene=scene,
        target=mobile or email,
        channel="sms" if mobile else "mail",
        language=language,
        minutes=minutes,
    )


@action("customers.create", label=_("Create a customer"))
def create_customer(
    actor: Actor,
    *,
    partner: Partner,
    xaccount_type: str,
    xaccount_id: str,
    name: str = "",
    password: str = "",
    mobile: str = "",
    email: str = "",
    checked: CheckedCode | None = None,
    country: str = "",
    association_type: str = AssociationType.RESALE,
    refuses_marketing: bool = False,
) -> Customer:
    """Create an account for a user of the partner's platform and associate it with `partner`.

    partner: whose customer it becomes; the platform (xaccount_type, xaccount_id) is the acting partner's,
    which is the distributor when that names a reseller. name: empty gives a generated one of 32 characters.
    password: without one the customer enters through its partner's platform only. mobile (China site) and
    email (international) come with the `checked` code that was sent to them (`check_registration_code`).

    Refuses, in this order: the name; the partner's standing (a distributor creates customers for its
    resellers only, CBC.50010059); the platform; what exists already; the password; and last what the
    address is used for already, so that only who holds the address learns that.
    """
    partner = partner_with_distributor(partner.pk)
    if name and not account_name_fits(name):
        raise AccountNameMalformed(name=name)
    _check_expansion(partner)
    platform_owner = partner_with_distributor(actor.account_id) if actor.kind == "partner" else partner
    _check_platform(actor, platform_owner, xaccount_type)
    if IdentityMapping.objects.filter(
        partner=platform_owner, xaccount_type=xaccount_type, xaccount_id=xaccount_id
    ).exists():
        raise PlatformUserTaken(xaccount_id=xaccount_id)
    customer = register_customer(
        actor,
        site=partner.account.site,
        name=name or "c" + new_id()[1:],
        password=password,
        mobile=mobile,
        email=email,
        checked=checked,
        country=country,
        refuses_marketing=refuses_marketing,
    )
    _map(platform_owner, xaccount_type, xaccount_id, customer)
    associate_customer(actor, customer=customer, partner=partner, association_type=association_type)
    record(actor, "customers.create", customer, about=customer.pk, partner=partner.pk, platform=xaccount_type)
    tell(customer.account, "customers.created", name=customer.account.name, partner=partner.name)
    return customer


@action("customers.register", label=_("Register a customer account"))
def register_customer(
    actor: Actor,
    *,
    site: str,
    name: str,
    password: str = "",
    company_name: str = "",
    mobile: str = "",
    email: str = "",
    checked: CheckedCode | None = None,
    country: str = "",
    refuses_marketing: bool = False,
) -> Customer:
    """An account with its owner and the customer's row, belonging to no partner.

    The mobile number or e-mail address is the customer's own only with a `checked` code; the operator and
    the sample world vouch for it themselves. Raises AccountNameTaken, PasswordTooWeak, MobileCeiling,
    AddressInUse, CodeWrong when the code has been used meanwhile.
    """
    account = create_account(
        actor, kind="customer", site=site, name=name, company_name=company_name, mobile=mobile, email=email
    )
    create_user(
        actor,
        account=account,
        login=name,
        password=password,
        is_owner=True,
        mobile=mobile,
        email=email,
        language="zh-hans" if site == "cn" else "en",
    )
    if checked is not None:
        redeem_code(actor, checked=checked)
    else:
        assert actor.is_house or not (mobile or email), "an address is proven by a code"
    _check_address(account)
    customer = Customer(
        account=account,
        name=company_name,
        country=country or ("CN" if site == "cn" else ""),
        refuses_marketing=refuses_marketing,
    )
    customer.save(force_insert=True)
    return customer


def _check_expansion(partner: Partner) -> None:
    if partner.kind == PartnerKind.DISTRIBUTOR and not partner.is_sandbox:
        raise DistributorHasNoCustomers()
    refusal = why_not_expand(partner, partner.distributor)
    if refusal is not None:
        raise refusal()


def _check_platform(actor: Actor, owner: Partner, code: str) -> None:
    """The platform must be the partner's; a sandbox registers it at its first use."""
    if owns_platform(owner.pk, code):
        return
    if not settings.PLATFORMS_AT_FIRST_USE:
        raise UnknownPlatform(platform=code)
    register_platform(actor, partner=owner, code=code)


def _check_address(account: Account) -> None:
    """A mobile number registers so many accounts on the China site, an e-mail address one elsewhere."""
    if account.site == "cn":
        if account.mobile and remaining_registrations(account.mobile, beside=account) == 0:
            raise MobileCeiling()
    elif account.email and not email_is_free(account.email, site=account.site, beside=account):
        raise AddressInUse()


def _map(owner: Partner, xaccount_type: str, xaccount_id: str, customer: Customer) -> None:
    try:
        with transaction.atomic():
            IdentityMapping.objects.create(
                partner=owner, xaccount_type=xaccount_type, xaccount_id=xaccount_id, customer=customer
            )
    except IntegrityError:
        raise PlatformUserTaken(xaccount_id=xaccount_id) from None
