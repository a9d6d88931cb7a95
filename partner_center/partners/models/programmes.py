"""The catalogue of programmes, who is a member of which, and what was agreed (features A2, A7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record
from partner_center.identity.models import Site
from partner_center.kernel import clock
from partner_center.partners.models.partners import OwnedByPartner, Partner
from partner_center.partners.presets import AGREEMENTS, PROGRAMMES, Nature, Preset


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. Everybody else who is signed in: those of their site."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                return self.filter(site=actor.site)
        return self.none()


class Programme(models.Model):
    """A programme or path that one site offers; `code` names its preset."""

    code = models.CharField(_("Code"), max_length=32)
    site = models.CharField(_("Site"), max_length=8, choices=Site.choices)
    nature = models.CharField(_("Nature"), max_length=10, choices=Nature.choices)
    makes = models.CharField(max_length=20, blank=True)
    by_invitation = models.BooleanField(_("By invitation only"), default=False)
    is_open = models.BooleanField(_("Open to applications"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["site", "position"]
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="a_site_offers_a_programme_once"),
        ]

    def __str__(self) -> str:
        return str(self.preset.label)

    @property
    def preset(self) -> Preset:
        return PROGRAMMES[self.code]

    @property
    def says(self) -> Any:
        """What joining is for, in the reader's language."""
        return self.preset.says

    @property
    def certified(self) -> bool:
        return self.preset.certified


class Tier(models.TextChoices):
    """How far a partner has come within a programme."""

    STANDARD = "standard", _("Standard tier")
    ADVANCED = "advanced", _("Advanced tier")
    PREMIER = "premier", _("Premier tier")

    @property
    def next(self) -> Tier | None:
        """The tier above, if there is one."""
        order = list(Tier)
        place = order.index(self) + 1
        return order[place] if place < len(order) else None


class Membership(Record):
    """A partner's part in a programme, from `joined_at` until `ended_at`; its standing is the partner's own."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name=_("Programme"))
    tier = models.CharField(_("Tier"), max_length=10, choices=Tier.choices, default=Tier.STANDARD)
    certificate = models.CharField(_("Certificate"), max_length=32, blank=True, unique=True, null=True)
    joined_at = models.DateTimeField(_("Joined at"))
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    reminded_of = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)

    objects = OwnedByPartner["Membership"].as_manager()

    class Meta:
        ordering = ["-joined_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "programme"],
                condition=models.Q(ended_at__isnull=True),
                name="a_partner_is_in_a_programme_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"],
                name="memberships_to_review",
                condition=models.Q(ended_at__isnull=True, valid_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} – {self.programme}"

    @property
    def stands(self) -> bool:
        """Whether it has neither ended nor run out."""
        runs = self.valid_until is None or self.valid_until > clock.now()
        return self.ended_at is None and runs


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. Everybody else who is signed in: what has been published for their site."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                return self.filter(site=actor.site, published_at__lte=clock.now())
        return self.none()

    def current(self, site: str, moment: datetime) -> Self:
        """Of each agreement of the site, the version in force at `moment`."""
        newer = Agreement.objects.filter(
            site=site,
            code=models.OuterRef("code"),
            published_at__lte=moment,
            published_at__gt=models.OuterRef("published_at"),
        )
        return self.filter(site=site, published_at__lte=moment).exclude(models.Exists(newer))


class Agreement(Record):
    """One version of what is agreed on a site. A published version is never changed; a new one takes its place."""

    code = models.CharField(_("Agreement"), max_length=32)
    site = models.CharField(_("Site"), max_length=8, choices=Site.choices)
    version = models.CharField(_("Version"), max_length=16)
    english = models.TextField(_("English text"))
    chinese = models.TextField(_("Chinese text"))
    published_at = models.DateTimeField(_("In force from"), default=clock.now)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["site", "code", "-published_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code", "version"], name="versions_of_a_programme_agreement_differ"
            ),
            models.UniqueConstraint(
                fields=["site", "code", "published_at"], name="one_programme_agreement_is_the_latest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def title(self) -> Any:
        return AGREEMENTS.get(self.code, self.code)

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return self.chinese if (translation.get_language() or "").startswith("zh") else self.english


class SignatureQuerySet(models.QuerySet["Signature"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. An account: its own."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner" | "customer":
                return self.filter(account_id=actor.account_id)
        return self.none()


class Signature(Record):
    """An account's consent to one version of an agreement: who ticked it, when, through which door."""

    account = models.ForeignKey(
        "identity.Account", models.PROTECT, related_name="+", verbose_name=_("Account")
    )
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", verbose_name=_("Agreement"))
    signed_by = models.ForeignKey(
        "identity.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Signed by")
    )
    door = models.CharField(_("Through"), max_length=8)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "agreement"], name="a_programme_agreement_is_signed_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.agreement)
