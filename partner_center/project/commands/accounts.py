"""Open accounts and keys from the command line: the vendor's first account, and whatever else an operator needs.

  accounts create KIND NAME    an account with its owner, who logs in as NAME, and an access key
                               KIND: vendor, distributor, reseller, solution_provider, customer
  accounts key LOGIN           one more access key of a user
  accounts list                every account with its kind, site and state

The password is read from standard input with --password-stdin, or made up and printed once. A secret key is printed
once too: it is kept encrypted and never shown again."""

from __future__ import annotations

import argparse
import secrets
import sys

SUMMARY = "create and list accounts, make access keys"
KINDS = ("vendor", "distributor", "reseller", "solution_provider", "customer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(title="deeds", metavar="DEED", required=True, dest="deed")
    create = deeds.add_parser("create", help="an account with its owner and an access key")
    create.add_argument("kind", choices=KINDS)
    create.add_argument("name", help="the account's name and its owner's login")
    create.add_argument(
        "--site", choices=("cn", "intl"), default="cn", help="currency and rules [%(default)s]"
    )
    create.add_argument("--company", default="", metavar="NAME")
    create.add_argument("--distributor", metavar="NAME", help="the account a reseller belongs to")
    create.add_argument("--email", default="")
    create.add_argument("--mobile", default="")
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.add_argument("--no-key", action="store_true", help="make no access key")
    key = deeds.add_parser("key", help="one more access key of a user")
    key.add_argument("login")
    deeds.add_parser("list", help="every account")


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from partner_center.kernel.errors import DomainError

    try:
        match options.deed:
            case "create":
                _create(options)
            case "key":
                _key(options.login)
            case _:
                _list()
    except DomainError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _create(options: argparse.Namespace) -> None:
    from django.db import transaction

    from partner_center.customers.actions import register_customer
    from partner_center.foundation.actor import Actor
    from partner_center.identity.actions import create_access_key, create_account, create_user
    from partner_center.identity.models import Account, User
    from partner_center.partners.actions import admit_partner
    from partner_center.partners.models import Partner

    actor = Actor.system("partner-center accounts create")
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else _made_up_password()
    about = {
        "site": options.site,
        "name": options.name,
        "company_name": options.company,
        "mobile": options.mobile,
        "email": options.email,
    }
    key = secret = None
    with transaction.atomic():
        if options.kind == "customer":
            account = Account.objects.get(pk=register_customer(actor, password=password, **about).pk)
        else:
            account = create_account(actor, kind=options.kind, **about)
            language = "zh-hans" if options.site == "cn" else "en"
            create_user(
                actor,
                account=account,
                login=options.name,
                password=password,
                is_owner=True,
                language=language,
            )
        if options.kind in ("distributor", "reseller", "solution_provider"):
            above = (
                Partner.objects.filter(account__name=options.distributor).first()
                if options.distributor
                else None
            )
            admit_partner(actor, account=account, kind=options.kind, name=options.company, distributor=above)
        if not options.no_key:
            key, secret = create_access_key(actor, user=User.objects.get(account=account, is_owner=True))

    print(f"domain id  {account.pk}\nlogin      {options.name}")
    if not options.password_stdin:
        print(f"password   {password}")
    if key is not None:
        print(f"access key {key.ak}\nsecret key {secret}")


def _key(login: str) -> None:
    from partner_center.foundation.actor import Actor
    from partner_center.identity.actions import create_access_key
    from partner_center.identity.models import User

    user = User.objects.filter(login__iexact=login).first()
    if user is None:
        raise SystemExit(f"No user logs in as {login}.")
    key, secret = create_access_key(Actor.system("partner-center accounts key"), user=user)
    print(f"access key {key.ak}\nsecret key {secret}")


def _list() -> None:
    from partner_center.identity.models import Account

    for account in Account.objects.order_by("kind", "name").iterator():
        print(f"{account.pk}  {account.kind:17} {account.site:4} {account.state.value:9} {account.name}")


def _made_up_password() -> str:
    """Long, and with a letter of each case, a digit and a sign, as every password rule asks."""
    return f"{secrets.token_urlsafe(12)}-Pc{secrets.randbelow(90) + 10}"
