"""Agreements are published in versions and signed, once each (features A7)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action, inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.models import Account
from partner_center.identity.notices import tell
from partner_center.kernel import clock
from partner_center.partners.errors import AgreementsNotSigned, AgreementVersionTaken, OnlyTheVendor
from partner_center.partners.models import Agreement, Signature


@action("partners.publish_agreement", label=_("Publish a new version"))
def publish_agreement(
    actor: Actor, *, code: str, site: str, version: str, english: str, chinese: str
) -> Agreement:
    """Put a new version in force now. Whoever signed the one before is told that it waits to be signed.

    Raises AgreementVersionTaken.
    """
    if not actor.is_house:
        raise OnlyTheVendor()
    try:
        with transaction.atomic():
            agreement = Agreement.objects.create(
                code=code,
                site=site,
                version=version,
                english=english,
                chinese=chinese,
                published_at=clock.now(),
            )
    except IntegrityError:
        raise AgreementVersionTaken(version=version) from None
    record(actor, "partners.publish_agreement", agreement, code=code, site=site, version=version)
    signed = Signature.objects.filter(agreement__code=code, agreement__site=site)
    for account in Account.objects.filter(pk__in=signed.values("account_id")):
        tell(
            account,
            "partners.agreement_published",
            by_sms=False,
            agreement=agreement.title,
            version=agreement.version,
        )
    return agreement


@action("partners.sign_agreement", label=_("Sign"))
def sign_agreement(actor: Actor, *, agreement: Agreement) -> Signature:
    """Agree to a version for the account that is asking. Signing what is signed changes nothing."""
    assert actor.kind in ("partner", "customer") and not actor.acting_partner_id, (
        "an account signs for itself"
    )
    account = Account.objects.get(pk=actor.account_id)
    assert agreement.site == account.site, "agreements are those of the account's site"
    return _sign(actor, account, agreement)


def sign_all(actor: Actor, account: Account, codes: Collection[str], agreed: Collection[int]) -> None:
    """Sign the versions in force of these agreements as part of another deed; `agreed` are the ones ticked.

    Raises AgreementsNotSigned, naming what has not been ticked, or has a newer version by now.
    """
    assert inside_action()
    wanted = list(Agreement.objects.all().current(account.site, clock.now()).filter(code__in=codes))
    missing = [one for one in wanted if one.pk not in agreed]
    if missing:
        raise AgreementsNotSigned(agreements=", ".join(str(one) for one in missing))
    for agreement in wanted:
        _sign(actor, account, agreement)


def _sign(actor: Actor, account: Account, agreement: Agreement) -> Signature:
    signature, is_new = Signature.objects.get_or_create(
        account=account,
        agreement=agreement,
        defaults={"signed_by_id": actor.user_id, "door": actor.door},
    )
    if is_new:
        record(actor, "partners.sign_agreement", agreement, about=account.pk, version=agreement.version)
    return signature
