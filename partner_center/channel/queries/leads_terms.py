"""Which text of an agreement holds now, and which of them an account has not signed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from partner_center.channel.errors.leads import LinkNotFound
from partner_center.channel.models.leads_terms import FOR_ASSOCIATING, FOR_REGISTERING, Terms, TermsSignature
from partner_center.channel.rules.leads_terms import FIRST_TEXTS
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Account
from partner_center.kernel import clock

ALL_TERMS = (*FOR_REGISTERING, *FOR_ASSOCIATING)


def terms_now(kind: str, site: str) -> Terms:
    """The version in force; until the vendor has published one, the program's own, which is version 1.

    The program's own becomes a row when somebody signs it, so that what was signed is kept.
    """
    published = Terms.objects.in_force(clock.now()).filter(kind=kind, site=site).first()
    return published or first_terms(kind, site)


def first_terms(kind: str, site: str) -> Terms:
    """The program's own text, not (or not yet) a row."""
    text = FIRST_TEXTS[kind]
    return Terms(
        kind=kind,
        site=site,
        version=1,
        english=text.english,
        chinese=text.chinese,
        effective_from=clock.now(),
    )


def terms_called(kind: str, site: str, version: int) -> Terms:
    """A version by its number, also an earlier one. Raises LinkNotFound."""
    found = Terms.objects.filter(kind=kind, site=site, version=version).first()
    if found is None and version == 1 and kind in FIRST_TEXTS and site in ("cn", "intl"):
        return first_terms(kind, site)
    if found is None:
        raise LinkNotFound()
    return found


def unsigned_terms(account: Account | None, site: str, kinds: Iterable[str]) -> list[Terms]:
    """The texts in force of these kinds that the account has not signed in their present version; None: all of them."""
    now = [terms_now(kind, site) for kind in kinds]
    if account is None:
        return now
    signed = set(
        TermsSignature.objects.filter(account=account, terms__site=site).values_list(
            "terms__kind", "terms__version"
        )
    )
    return [one for one in now if (one.kind, one.version) not in signed]


def signatures_of(actor: Actor) -> QuerySet[TermsSignature]:
    return TermsSignature.objects.visible_to(actor).select_related("terms", "account")


def terms_to_sign(actor: Actor) -> list[Terms]:
    """New versions of what a customer has signed before: its page asks to sign them now."""
    if actor.kind != "customer" or actor.acting_partner_id:
        return []
    account = Account.objects.filter(pk=actor.account_id).first()
    return newer_terms(account) if account is not None else []


def newer_terms(account: Account) -> list[Terms]:
    """The texts that the account has signed in an earlier version only."""
    known = set(TermsSignature.objects.filter(account=account).values_list("terms__kind", flat=True))
    return unsigned_terms(account, account.site, [kind for kind in ALL_TERMS if kind in known])
