"""People inside a partner beyond its users: customer contacts and project specialists (features B4 and B5)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import Partner


class ContactQuerySet(models.QuerySet["CustomerContact"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: its own. What a customer reads on its page comes through `contacts_for`."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(partner_id=actor.account_id)
        return self.none()


class CustomerContact(Record):
    """Somebody whom the partner's customers may turn to; at most five of a partner."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    name = models.CharField(_("Name"), max_length=64)
    mobile = models.CharField(_("Mobile number"), max_length=32, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    duty = models.CharField(_("Responsible for"), max_length=64, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_contact_can_be_reached",
                condition=~models.Q(mobile="") | ~models.Q(email=""),
            ),
        ]

    def __str__(self) -> str:
        return self.duty or f"#{self.pk}"


class SpecialistState(Lifecycle):
    """A person's way from the invitation to the end (lifecycles 25). The link is valid for seven days; the vendor
    reviews who becomes a specialist and who ceases to be one; before a specialist is unbound it is cancelled."""

    INVITED = State("invited", _("Invited"), tone="busy")
    EXPIRED = State("expired", _("Expired"), tone="muted")
    BOUND = State("bound", _("Bound"), tone="good")
    IN_REVIEW = State("in_review", _("Application under review"), tone="warning")
    REFUSED = State("refused", _("Not passed"), tone="bad")
    SPECIALIST = State("specialist", _("Project specialist"), tone="good")
    CANCEL_REVIEW = State("cancel_review", _("Cancellation under review"), tone="warning")
    CANCELLED = State("cancelled", _("Cancelled"), tone="muted")
    UNBOUND = State("unbound", _("Unbound"), tone="muted", final=True)

    bind = step(INVITED, to=BOUND, label=_("Accept"))
    expire = step(INVITED, to=EXPIRED, label=_("Expire"))
    resend = step(INVITED, EXPIRED, to=INVITED, label=_("Send again"))
    apply = step(BOUND, REFUSED, CANCELLED, to=IN_REVIEW, label=_("Apply as project specialist"))
    approve = step(IN_REVIEW, to=SPECIALIST, label=_("Approve"))
    refuse = step(IN_REVIEW, to=REFUSED, label=_("Refuse"))
    ask_to_cancel = step(SPECIALIST, to=CANCEL_REVIEW, label=_("Cancel the specialist"))
    withdraw_cancelling = step(CANCEL_REVIEW, to=SPECIALIST, label=_("Withdraw the cancellation"))
    cancel = step(CANCEL_REVIEW, SPECIALIST, to=CANCELLED, label=_("Approve the cancellation"))
    unbind = step(INVITED, EXPIRED, BOUND, REFUSED, CANCELLED, to=UNBOUND, label=_("Unbind"))


BOUND_STATES = (
    SpecialistState.BOUND,
    SpecialistState.IN_REVIEW,
    SpecialistState.REFUSED,
    SpecialistState.SPECIALIST,
    SpecialistState.CANCEL_REVIEW,
    SpecialistState.CANCELLED,
)
"""States in which the person is tied to the partner."""


class SpecialistPath(models.TextChoices):
    """In which development path the person works."""

    SOFTWARE = "software", _("Software")
    SERVICE = "service", _("Service")
    CONSULTING = "consulting", _("Digital transformation consulting and system integration")
    LEARNING = "learning", _("Learning and enablement")


class SpecialistQuerySet(models.QuerySet["ProjectSpecialist"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: its own. A person: its own invitations and ties."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                return self.filter(partner_id=actor.account_id)
            case "customer":
                return self.filter(account_id=actor.account_id)
        return self.none()

    def expired_by(self, moment: datetime) -> Self:
        rows = self.filter(state=SpecialistState.INVITED, expires_at__lte=moment)
        return rows.order_by("expires_at", "pk")


class ProjectSpecialist(Record):
    """A person whom a partner invites, and ties to itself through the person's own account.

    target: the mobile number, e-mail address or account name that the invitation named. account: the person's;
    known once the invitation was accepted, or before when it named an account.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    target = models.CharField(_("Invited as"), max_length=254)
    account = models.ForeignKey(
        "identity.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Account")
    )
    state = StateField(SpecialistState, verbose_name=_("State"), default=SpecialistState.INVITED)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("Sent at"))
    expires_at = models.DateTimeField(_("Valid until"))
    times_sent = models.PositiveSmallIntegerField(_("Times sent"), default=1)
    bound_at = models.DateTimeField(_("Bound at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)
    path = models.CharField(_("Development path"), max_length=12, choices=SpecialistPath.choices, blank=True)
    employment = models.CharField(_("Employment"), max_length=256, blank=True)
    certificates = models.CharField(_("Certificates"), max_length=512, blank=True)
    evidence = models.ForeignKey(
        "identity.Attachment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Evidence"),
    )
    reason = models.CharField(_("Reason"), max_length=256, blank=True)
    opinion = models.CharField(_("Review opinion"), max_length=256, blank=True)

    objects = SpecialistQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=[state.value for state in BOUND_STATES]),
                name="a_person_is_tied_to_one_partner",
            ),
            models.UniqueConstraint(
                fields=["partner", "target"],
                condition=~models.Q(state="unbound"),
                name="a_partner_invites_a_person_once",
            ),
            models.CheckConstraint(
                name="who_is_tied_has_an_account_and_a_date",
                condition=~models.Q(state__in=[state.value for state in BOUND_STATES])
                | models.Q(account__isnull=False, bound_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="specialists_to_expire")]

    def __str__(self) -> str:
        return f"#{self.pk}"
