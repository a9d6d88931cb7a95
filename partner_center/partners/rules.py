"""Decisions about partners over plain values: no query, no clock."""

from __future__ import annotations

from partner_center.kernel.errors import DomainError
from partner_center.partners.errors import (
    DistributorHasQuit,
    DistributorRestricted,
    PartnerRestricted,
    SandboxPartner,
)
from partner_center.partners.models import GONE, Partner, PartnerKind, PartnerState


def why_not_expand(partner: Partner, distributor: Partner | None) -> type[DomainError] | None:
    """Why `partner` may not bring in a customer now; None when it may.

    A sandbox partner may not at all (CBC.99005035); a reseller needs a distributor that has not quit
    (50010065) and is not restricted (50010086); and it must not be restricted itself (50010085). That a
    distributor creates customers for its resellers only (50010059) is a rule of create_customer.
    """
    if partner.is_sandbox:
        return SandboxPartner
    if partner.kind == PartnerKind.RESELLER:
        if distributor is None or distributor.state in GONE:
            return DistributorHasQuit
        if distributor.state is not PartnerState.JOINED:
            return DistributorRestricted
    if partner.state is not PartnerState.JOINED:
        return PartnerRestricted
    return None


def stops_spending(partner: Partner, distributor: Partner | None) -> bool:
    """Whether the partner's standing, or its distributor's, stops its resale customers from spending.

    Restriction and freezing do; delisting does not: customers stay until they are migrated.
    """
    standing = [partner.state] + ([distributor.state] if distributor else [])
    return any(state in (PartnerState.RESTRICTED, PartnerState.FROZEN) for state in standing)
