"""A distributor's invitations to resellers (features C2 and C3, lifecycles 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.fields import Record, StateField
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import BetweenPartners, Partner


class ResellerInvitationState(Lifecycle):
    """A link that one reseller may accept, once, within seven days; sending again makes a new link."""

    SENT = State("sent", _("Awaiting acceptance"), tone="busy")
    ACCEPTED = State("accepted", _("Accepted"), tone="good", final=True)
    EXPIRED = State("expired", _("Expired"), tone="muted")
    CANCELLED = State("cancelled", _("Cancelled"), tone="muted", final=True)

    accept = step(SENT, to=ACCEPTED, label=_("Willing"))
    expire = step(SENT, to=EXPIRED, label=_("Expire"))
    resend = step(SENT, EXPIRED, to=SENT, label=_("Send again"))
    cancel = step(SENT, EXPIRED, to=CANCELLED, label=_("Cancel"))


class ResellerInvitationQuerySet(BetweenPartners["ResellerInvitation"]):
    """The words both doors use to ask for invitations: the distributor's own, and those to the reseller itself."""

    def sent_since(self, moment: datetime) -> Self:
        return self.filter(sent_at__gt=moment)

    def expired_by(self, moment: datetime) -> Self:
        """Those whose link has run out, the first to do so first."""
        rows = self.filter(state=ResellerInvitationState.SENT, expires_at__lte=moment)
        return rows.order_by("expires_at", "pk")


class ResellerInvitation(Record):
    """A distributor asks a reseller (`partner`) to work with it. Of the link only a digest is kept.

    email: where the latest mail went. area: the business region the reseller chose when it accepted.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Reseller"))
    distributor = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Distributor"))
    email = models.EmailField(_("E-mail"))
    state = StateField(ResellerInvitationState, verbose_name=_("State"), default=ResellerInvitationState.SENT)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("Sent at"))
    expires_at = models.DateTimeField(_("Valid until"))
    times_sent = models.PositiveSmallIntegerField(_("Times sent"), default=1)
    sent_by = models.CharField(_("Sent by"), max_length=128, blank=True)
    area = models.CharField(_("Business region"), max_length=32, blank=True)
    accepted_at = models.DateTimeField(_("Accepted"), null=True, blank=True)

    objects = ResellerInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "distributor"],
                condition=models.Q(state__in=["sent", "expired"]),
                name="one_open_invitation_to_a_reseller",
            ),
            models.CheckConstraint(
                name="an_accepted_invitation_is_dated",
                condition=~models.Q(state="accepted") | models.Q(accepted_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="reseller_invitations_to_expire")]

    def __str__(self) -> str:
        return f"{self.distributor} → {self.partner}"
