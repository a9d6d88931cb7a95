"""A reseller comes to a distributor, is put into somebody's hands there, and leaves: the rows of it.

Who may do so is decided by the processes of the channel above; money moves there.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.models import User
from partner_center.kernel import clock
from partner_center.partners.errors import AlreadyTied, NotTied
from partner_center.partners.models import (
    Partner,
    PartnerKind,
    ResellerAssignment,
    ResellerGrant,
    ResellerTie,
    TieOrigin,
)


@action("partners.tie_reseller", label=_("Associate a reseller with a distributor"))
def tie_reseller(actor: Actor, *, reseller: Partner, distributor: Partner, origin: str) -> ResellerTie:
    """Make a reseller without a distributor one of `distributor`'s. Raises AlreadyTied: of two at once, one does."""
    assert reseller.kind == PartnerKind.RESELLER and distributor.kind == PartnerKind.DISTRIBUTOR
    now = clock.now()
    taken = Partner.objects.filter(pk=reseller.pk, distributor__isnull=True).update(
        distributor=distributor, associated_at=now
    )
    if not taken:
        raise AlreadyTied(reseller=reseller.name)
    reseller.distributor, reseller.associated_at = distributor, now
    record(
        actor,
        "partners.tie_reseller",
        reseller,
        about=reseller.pk,
        distributor=distributor.pk,
        origin=str(origin),
    )
    return begin_tie(reseller, origin, now)


@action("partners.untie_reseller", label=_("End a reseller's association with its distributor"))
def untie_reseller(actor: Actor, *, reseller: Partner, reason: str) -> Partner:
    """Leave the reseller without a distributor, its rights and its account manager; gives the distributor it had.

    Raises NotTied: of two at once, one does.
    """
    present = Partner.objects.select_for_update(no_key=True).get(pk=reseller.pk)
    distributor = Partner.objects.filter(pk=present.distributor_id).select_related("account").first()
    if distributor is None:
        raise NotTied(reseller=reseller.name)
    now = clock.now()
    Partner.objects.filter(pk=reseller.pk).update(distributor=None, associated_at=None, account_manager=None)
    reseller.distributor, reseller.associated_at, reseller.account_manager = None, None, None
    ResellerGrant.objects.filter(partner=reseller, withdrawn_at__isnull=True).update(withdrawn_at=now)
    ResellerAssignment.objects.filter(partner=reseller, ended_at__isnull=True).update(ended_at=now)
    ResellerTie.objects.filter(partner=reseller, ended_at__isnull=True).update(ended_at=now, reason=reason)
    record(
        actor,
        "partners.untie_reseller",
        reseller,
        about=reseller.pk,
        distributor=distributor.pk,
        reason=reason,
    )
    return distributor


def begin_tie(reseller: Partner, origin: str, moment: datetime) -> ResellerTie:
    """Enter in the history that the reseller works with its present distributor from `moment` on."""
    assert reseller.distributor is not None
    return ResellerTie.objects.create(
        partner=reseller, distributor=reseller.distributor, origin=TieOrigin(origin), began_at=moment
    )


def put_into_hands(reseller: Partner, manager: User | None) -> None:
    """End the reseller's present assignment and, with a manager, begin another. The caller holds its row."""
    ResellerAssignment.objects.filter(partner=reseller, ended_at__isnull=True).update(ended_at=clock.now())
    if manager is not None:
        ResellerAssignment.objects.create(
            partner=reseller, distributor_id=reseller.distributor_id, manager=manager
        )
    Partner.objects.filter(pk=reseller.pk).update(account_manager=manager)
    reseller.account_manager = manager
