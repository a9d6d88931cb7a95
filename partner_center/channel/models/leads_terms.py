"""What a customer agrees to when it registers and when it is associated: texts in versions, and who signed them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record
from partner_center.identity.models import Account, Site


class TermsKind(models.TextChoices):
    """The four texts (features E1): the first two when registering, the others when being associated."""

    USER_AGREEMENT = "user_agreement", _("User agreement")
    PRIVACY = "privacy", _("Privacy statement")
    ASSOCIATION_NOTICE = "association_notice", _("Notice on associating with a partner")
    ASSOCIATION_TERMS = "association_terms", _("Partner association terms")


FOR_REGISTERING = (TermsKind.USER_AGREEMENT, TermsKind.PRIVACY)
FOR_ASSOCIATING = (TermsKind.ASSOCIATION_NOTICE, TermsKind.ASSOCIATION_TERMS)


class TermsQuerySet(models.QuerySet["Terms"]):
    """Texts are for everybody to read, also before signing in."""

    public = True

    def visible_to(self, actor: Actor) -> Self:
        return self

    def in_force(self, moment: datetime) -> Self:
        """Those in force at `moment`; the newest first."""
        return self.filter(effective_from__lte=moment).order_by("kind", "site", "-version")


class Terms(Record):
    """One version of one text of one site, in both languages. Never changed: a new text is a new version."""

    kind = models.CharField(_("Agreement"), max_length=24, choices=TermsKind.choices)
    site = models.CharField(_("Site"), max_length=8, choices=Site.choices)
    version = models.PositiveIntegerField(_("Version"))
    english = models.TextField(_("Text in English"))
    chinese = models.TextField(_("Text in Chinese"))
    effective_from = models.DateTimeField(_("Effective from"))

    objects = TermsQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "site", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "site", "version"], name="versions_of_terms_are_numbered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"

    @property
    def title(self) -> str:
        return str(self.get_kind_display())

    @property
    def text(self) -> str:
        """In the reader's language."""
        return self.chinese if (get_language() or "").startswith("zh") else self.english


class SignatureQuerySet(models.QuerySet["TermsSignature"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A customer: its own."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "customer":
                return self.filter(account_id=actor.account_id)
        return self.none()


class TermsSignature(Record):
    """An account has agreed to a text, at `created_at`."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("Account"))
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+", verbose_name=_("Agreement"))
    signer = models.CharField(_("Signed by"), max_length=128, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "terms"], name="terms_are_signed_once"),
        ]

    def __str__(self) -> str:
        return str(self.terms)
