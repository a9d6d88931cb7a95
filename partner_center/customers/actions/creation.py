"""Bringing a customer into being: an account with its first user, and the customer's row."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.customers import rules
from partner_center.customers.actions.association import associate_customer
from partner_center.customers.errors import (
    AddressInUse,
    LoginNameFormat,
    LoginNameTaken,
    MobileCeiling,
    MobileFormat,
    PasswordFormat,
    PlatformUserTaken,
    VerificationCodeNeeded,
)
from partner_center.customers.models import AssociationType, Customer, IdentityMapping
from partner_center.customers.queries import remaining_registrations
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.actions import create_account, create_user, redeem_code
from partner_center.identity.models import Account
from partner_center.kernel.errors import Invalid
from partner_center.kernel.ids import new_id
from partner_center.partners.actions import register_platform
from partner_center.partners.errors import DistributorHasNoCustomers, UnknownPlatform
from partner_center.partners.models import Partner, PartnerKind
from partner_center.partners.notices import tell
from partner_center.partners.queries import owns_platform, partner_with_distributor
from partner_center.partners.rules import why_not_expand

REGISTRATION_SCENE = 29


@action("customers.create", label=_("Create a customer"))
def create_customer(
    actor: Actor,
    *,
    partner: Partner,
    xaccount_type: str,
    xaccount_id: str,
    name: str = "",
    password: str | None = None,
    mobile: str = "",
    email: str = "",
    verification_code: str = "",
    country: str = "",
    association_type: str = AssociationType.RESALE,
    refuses_marketing: bool = False,
) -> Customer:
    """Create an account for a user of the partner's platform and associate it with `partner`.

    partner: whose customer it becomes; the platform (xaccount_type, xaccount_id) is the acting partner's,
    which is its distributor when that names a reseller. name: empty gives a generated one of 32
    characters. password: None gives none, the customer then enters through its partner's platform only.
    mobile (China site) and email (international) need the verification code that was sent to them.

    Raises, in this order, what is wrong with the fields, why the partner may not bring in customers, what
    exists already, what is wrong with the code, and what the address is used for already: only who holds
    the address learns that.
    """
    partner = partner_with_distributor(partner.pk)
    address = mobile or email
    _check_fields(name, password, mobile, email)
    _check_expansion(partner)
    platform_owner = partner_with_distributor(actor.account_id) if actor.kind == "partner" else partner
    _check_platform(actor, platform_owner, xaccount_type)
    taken = IdentityMapping.objects.filter(
        partner=platform_owner, xaccount_type=xaccount_type, xaccount_id=xaccount_id
    )
    if taken.exists():
        raise PlatformUserTaken(xaccount_id=xaccount_id)
    if name and Account.objects.filter(name__iexact=name).exists():
        raise LoginNameTaken(name=name)
    if address:
        if not verification_code:
            raise VerificationCodeNeeded()
        redeem_code(actor, scene=REGISTRATION_SCENE, target=address, code=verification_code)
        _check_address(mobile, email)
    customer = register_customer(
        actor,
        site=partner.account.site,
        name=name or "c" + new_id()[1:],
        password=password,
        mobile=mobile,
        email=email,
        country=country,
        refuses_marketing=refuses_marketing,
    )
    try:
        with transaction.atomic():
            IdentityMapping.objects.create(
                partner=platform_owner,
                xaccount_type=xaccount_type,
                xaccount_id=xaccount_id,
                customer=customer,
            )
    except IntegrityError:
        raise PlatformUserTaken(xaccount_id=xaccount_id) from None
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
    password: str | None = None,
    company_name: str = "",
    mobile: str = "",
    email: str = "",
    country: str = "",
    refuses_marketing: bool = False,
) -> Customer:
    """An account with its owner and the customer's row, belonging to no partner. Raises LoginNameTaken."""
    try:
        with transaction.atomic():
            account = create_account(
                actor,
                kind="customer",
                site=site,
                name=name,
                company_name=company_name,
                mobile=mobile,
                email=email,
            )
    except IntegrityError:
        raise LoginNameTaken(name=name) from None
    create_user(actor, account=account, name=name, login=name, password=password, is_owner=True)
    customer = Customer(
        account=account,
        name=company_name,
        country=country or ("CN" if site == "cn" else ""),
        refuses_marketing=refuses_marketing,
    )
    customer.save(force_insert=True)
    return customer


def _check_fields(name: str, password: str | None, mobile: str, email: str) -> None:
    if name and not rules.is_account_name(name):
        raise LoginNameFormat()
    if mobile and not rules.is_chinese_mobile(mobile):
        raise MobileFormat()
    if email and not rules.is_email(email):
        raise Invalid()
    if password is not None and not rules.is_password(password, name=name, address=mobile or email):
        raise PasswordFormat()


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


def _check_address(mobile: str, email: str) -> None:
    if mobile and remaining_registrations(mobile) == 0:
        raise MobileCeiling()
    if email and Account.objects.filter(site="intl", email__iexact=email).exists():
        raise AddressInUse()
