from partner_center.partners.models.partners import (
    OwnedByPartner,
    Partner,
    PartnerKind,
    PartnerQuerySet,
    PartnerState,
    PlatformIdentity,
    ResellerGrant,
    ResellerRight,
    Settlement,
)

__all__ = [
    "OwnedByPartner",
    "Partner",
    "PartnerKind",
    "PartnerQuerySet",
    "PartnerState",
    "PlatformIdentity",
    "ResellerGrant",
    "ResellerRight",
    "Settlement",
]
