"""Agreeing to the texts, and publishing new versions of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.leads import OnlyTheCustomerItself, TermsNotSigned, TermsUnchanged
from partner_center.channel.models.leads_terms import Terms, TermsSignature
from partner_center.channel.queries.leads_terms import terms_to_sign, unsigned_terms
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.partners.errors import OnlyTheVendor

Read = Collection[tuple[str, int]]
"""What somebody has ticked: kinds and versions as they were shown."""


@action("channel.sign_terms", label=_("Sign the agreements"))
def sign_terms(actor: Actor, *, signed: Read) -> int:
    """The customer agrees to the new versions of what it agreed to before; says how many.

    Raises OnlyTheCustomerItself for its partner, TermsNotSigned when one is missing or newer by now.
    """
    if actor.kind != "customer" or actor.acting_partner_id:
        raise OnlyTheCustomerItself()
    account = Account.objects.get(pk=actor.account_id)
    return keep_signatures(actor, account, terms_to_sign(actor), signed)


def keep_signatures(actor: Actor, account: Account, wanted: Iterable[Terms], signed: Read) -> int:
    """Inside an action: write down that the account agrees to the `wanted` texts, all of which must be `signed`."""
    wanted = list(wanted)
    if {(one.kind, one.version) for one in wanted} - set(signed):
        raise TermsNotSigned()
    for one in wanted:
        TermsSignature.objects.get_or_create(
            account=account, terms=_kept(one), defaults={"signer": actor.name[:128] or account.name}
        )
    if wanted:
        texts = [f"{one.kind} {one.version}" for one in wanted]
        record(actor, "channel.sign_terms", account, about=account.pk, texts=texts)
    return len(wanted)


def require_terms(actor: Actor, account: Account, kinds: Iterable[str], signed: Read) -> None:
    """Inside an action: sign what of these kinds is not signed yet. Raises TermsNotSigned."""
    keep_signatures(actor, account, unsigned_terms(account, account.site, kinds), signed)


@action("channel.publish_terms", label=_("Publish a new version"))
def publish_terms(
    actor: Actor, *, kind: str, site: str, english: str, chinese: str, effective_from: datetime | None = None
) -> Terms:
    """A new version of a text, from a moment on; customers are asked to sign it then. Raises TermsUnchanged."""
    if not actor.is_house:
        raise OnlyTheVendor()
    begins = max(effective_from or clock.now(), clock.now())
    earlier = Terms.objects.filter(kind=kind, site=site)
    if earlier.filter(effective_from__gte=begins).exists():
        raise TermsUnchanged()
    latest = earlier.aggregate(latest=Max("version"))["latest"] or 1
    try:
        with transaction.atomic():
            terms = Terms.objects.create(
                kind=kind,
                site=site,
                version=latest + 1,
                english=english.strip(),
                chinese=chinese.strip(),
                effective_from=begins,
            )
    except IntegrityError:
        raise TermsUnchanged() from None
    record(actor, "channel.publish_terms", terms, kind=kind, site=site, version=terms.version)
    return terms


def _kept(terms: Terms) -> Terms:
    """The text as a row: the program's own becomes one when it is first signed."""
    if not terms._state.adding:
        return terms
    return Terms.objects.get_or_create(
        kind=terms.kind,
        site=terms.site,
        version=terms.version,
        defaults={
            "english": terms.english,
            "chinese": terms.chinese,
            "effective_from": terms.effective_from,
        },
    )[0]
