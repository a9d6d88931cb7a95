"""What is always true between distributors and resellers."""

from __future__ import annotations

from collections.abc import Iterator

from partner_center.foundation.laws import law
from partner_center.partners.models import (
    Partner,
    PartnerKind,
    ResellerAssignment,
    ResellerGrant,
    ResellerTie,
)


@law(
    "channel.reseller_ties",
    says="Each reseller's distributor, rights and account manager are those of its history.",
)
def resellers_stand_as_their_history_says() -> Iterator[str]:
    open_ties = dict(ResellerTie.objects.filter(ended_at__isnull=True).values_list("partner", "distributor"))
    assigned = dict(
        ResellerAssignment.objects.filter(ended_at__isnull=True).values_list("partner", "manager")
    )
    rows = Partner.objects.filter(kind=PartnerKind.RESELLER).values_list(
        "pk", "distributor", "account_manager"
    )
    for pk, distributor, manager in rows.iterator():
        if open_ties.get(pk) != distributor:
            yield f"{pk}: works with {distributor}, its history says {open_ties.get(pk)}"
        if assigned.get(pk) != manager:
            yield f"{pk}: is in the hands of {manager}, its history says {assigned.get(pk)}"
    rights = ResellerGrant.objects.filter(withdrawn_at__isnull=True)
    for right, reseller, grantor in rights.values_list("pk", "partner", "distributor"):
        if open_ties.get(reseller) != grantor:
            yield f"right {right}: granted by {grantor}, which {reseller} does not work with"
