"""Accounts begin, are described, suspended and resumed."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.identity.errors import AccountNameTaken, NotConvertible
from partner_center.identity.models import Account, AccountKind, AccountState

PARTNER_KINDS = (AccountKind.DISTRIBUTOR, AccountKind.RESELLER, AccountKind.SOLUTION_PROVIDER)


@action("identity.create_account", label=_("Create account"))
def create_account(
    actor: Actor,
    *,
    kind: str,
    site: str,
    name: str,
    company_name: str = "",
    mobile: str = "",
    email: str = "",
) -> Account:
    """A new account. Raises AccountNameTaken; names that differ only by case are the same."""
    if Account.objects.filter(name__iexact=name).exists():
        raise AccountNameTaken(name=name)
    try:
        with transaction.atomic():
            account = Account.objects.create(
                kind=kind, site=site, name=name, company_name=company_name, mobile=mobile, email=email
            )
    except IntegrityError:
        raise AccountNameTaken(name=name) from None
    record(actor, "account.create", account, about=account.pk, kind=kind, site=site)
    return account


@action("identity.describe_account", label=_("Change account data"))
def describe_account(
    actor: Actor,
    *,
    account: Account,
    company_name: str | None = None,
    mobile: str | None = None,
    email: str | None = None,
) -> None:
    """Change what is known of an account; None leaves a value as it is."""
    given = {"company_name": company_name, "mobile": mobile, "email": email}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        return
    Account.objects.filter(pk=account.pk).update(**changes)
    for name, value in changes.items():
        setattr(account, name, value)
    record(actor, "account.describe", account, about=account.pk, changed=sorted(changes))


@action("identity.convert_account", label=_("Convert account"))
def convert_account(actor: Actor, *, account: Account, kind: str, company_name: str) -> None:
    """Make a customer's account one of a partner's kind, with its users, keys and addresses; it never goes back.

    Raises NotConvertible for any other account, also when another process has just converted it.
    """
    rows = Account.objects.filter(pk=account.pk, kind=AccountKind.CUSTOMER)
    if kind not in PARTNER_KINDS or not rows.update(kind=kind, company_name=company_name):
        raise NotConvertible(account=account.name)
    account.kind, account.company_name = kind, company_name
    record(actor, "account.convert", account, about=account.pk, kind=kind)


@action("identity.switch_codes", label=_("Switch verification codes"), critical=True)
def switch_codes(actor: Actor, *, account: Account, on: bool) -> None:
    """Whether the console asks for a verification code before critical operations; switching it off is one."""
    if Account.objects.filter(pk=account.pk, asks_for_codes=not on).update(asks_for_codes=on):
        account.asks_for_codes = on
        record(actor, "account.switch_codes", account, about=account.pk, on=on)


@action("identity.suspend_account", takes=AccountState.suspend)
def suspend_account(actor: Actor, *, account: Account) -> None:
    """Nobody of the account can sign in, sign requests or use a token until it is resumed."""
    advance(actor, account, AccountState.suspend, about=account.pk)


@action("identity.resume_account", takes=AccountState.resume)
def resume_account(actor: Actor, *, account: Account) -> None:
    """The account works again."""
    advance(actor, account, AccountState.resume, about=account.pk)
