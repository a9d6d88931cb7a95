"""What the vendor offers partners to join (features A2): programmes and development paths, by site.

The rows (`models.Programme`) only name these, so that later versions may widen them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

CN, INTL = "cn", "intl"


class Nature(models.TextChoices):
    """What joining means: becoming a partner of a kind, taking part in a programme, or walking a path."""

    IDENTITY = "identity", _("Partner identity")
    PROGRAMME = "programme", _("Programme")
    PATH = "path", _("Development path")


@dataclass(frozen=True, slots=True)
class Preset:
    """One entry of the catalogue.

    makes: the kind of partner an account becomes by joining. certified: joining gives a certificate.
    agreements: what is signed when applying, by the codes of AGREEMENTS.
    """

    code: str
    label: Any
    says: Any
    nature: Nature = Nature.PROGRAMME
    makes: str = ""
    by_invitation: bool = False
    certified: bool = False
    agreements: tuple[str, ...] = ("programme_commitment",)
    sites: tuple[str, ...] = (CN, INTL)


_ALL = (
    Preset(
        "csp",
        _("Cloud solution provider programme"),
        _("Sell the vendor's cloud to your own customers, by referral and by resale."),
        Nature.IDENTITY,
        makes="solution_provider",
        certified=True,
        agreements=("association_statement", "csp_agreement"),
    ),
    Preset(
        "distributor",
        _("Distribution programme: distributor"),
        _("Build and support a network of resellers."),
        Nature.IDENTITY,
        makes="distributor",
        by_invitation=True,
        certified=True,
        agreements=("association_statement", "distributor_agreement"),
    ),
    Preset(
        "reseller",
        _("Distribution programme: reseller"),
        _("Sell under one distributor of your business region, with which you settle."),
        Nature.IDENTITY,
        makes="reseller",
        certified=True,
        agreements=("association_statement", "reseller_agreement"),
    ),
    Preset(
        "pce",
        _("Partner co-expansion programme"),
        _("Win and deliver projects together with the vendor's own sales."),
    ),
    Preset(
        "capability",
        _("Capability programme"),
        _("Have the skills of your teams certified and shown to customers."),
    ),
    Preset(
        "marketplace_seller",
        _("Marketplace seller"),
        _("Offer your own goods in the marketplace."),
        certified=True,
    ),
    Preset(
        "marketplace_service",
        _("Marketplace customer-service provider"),
        _("Look after customers of the marketplace for a share of the sales."),
        certified=True,
    ),
    Preset(
        "service_improvement",
        _("Service-partner capability improvement"),
        _("A special programme that pays for better delivery."),
        sites=(CN,),
    ),
    Preset(
        "ccoe",
        _("CCoE capability building"),
        _("Build a cloud centre of excellence with the vendor."),
        by_invitation=True,
    ),
    Preset(
        "procurement_intervention",
        _("Procurement intervention"),
        _("Settle projects that the vendor has procured, statement by statement."),
        sites=(CN,),
    ),
    Preset("carrier", _("Carrier programme"), _("For carriers that sell cloud services."), sites=(INTL,)),
    Preset("hms_support", _("HMS support programme"), _("Support for mobile services."), sites=(INTL,)),
    Preset(
        "migration_all",
        _("Migration programme"),
        _("Support for moving customers' systems to the cloud."),
        sites=(INTL,),
    ),
    Preset(
        "operations_support",
        _("Operations support programme"),
        _("Support for operating customers' systems."),
        sites=(INTL,),
    ),
    Preset(
        "path_software",
        _("Software path"),
        _("Role selection, role validation and competency differentiation for software partners."),
        Nature.PATH,
    ),
    Preset(
        "path_service",
        _("Service path"),
        _("Role selection, role validation and competency differentiation for service partners."),
        Nature.PATH,
    ),
    Preset(
        "path_consulting",
        _("Consulting and system integration path"),
        _("For partners in digital-transformation consulting and system integration."),
        Nature.PATH,
        by_invitation=True,
    ),
    Preset(
        "path_learning",
        _("Learning and enablement path"),
        _("For partners that train people."),
        Nature.PATH,
        by_invitation=True,
    ),
    Preset(
        "path_distributor",
        _("Distributor path"),
        _("Role validation for distributors."),
        Nature.PATH,
        by_invitation=True,
    ),
)

PROGRAMMES = {preset.code: preset for preset in _ALL}
MAKING = {preset.makes: preset.code for preset in _ALL if preset.makes}
"""The code of the programme that makes a partner of each kind."""

AGREEMENTS = {
    "association_statement": _("Association statement"),
    "csp_agreement": _("Cloud solution provider agreement"),
    "distributor_agreement": _("Distributor agreement"),
    "reseller_agreement": _("Reseller agreement"),
    "programme_commitment": _("Programme commitment letter"),
}
"""What is signed, by code; the texts and their versions are rows (`models.Agreement`)."""
