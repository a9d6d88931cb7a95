"""Requests to end an association or to change its type: asked by one side, answered by the other."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import AssociationType, Customer, TieQuerySet
from partner_center.foundation.fields import Record, StateField
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import Partner


class RequestKind(models.TextChoices):
    """What is asked for."""

    DISASSOCIATE = "disassociate", _("Disassociate")
    SWITCH = "switch", _("Switch the association type")


class Side(models.TextChoices):
    """Who asked, and therefore who answers: the other."""

    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")
    VENDOR = "vendor", _("Vendor")


class RequestState(Lifecycle):
    """A request from being asked to its answer (lifecycles 6, overlay "request pending").

    It uses up the asker's quota whatever becomes of it, but for being overtaken: then the association had ended or
    changed in another way before it could be answered.
    """

    PENDING = State("pending", _("Awaiting an answer"), tone="warning")
    AGREED = State("agreed", _("Agreed"), tone="good", final=True)
    REJECTED = State("rejected", _("Rejected"), tone="bad", final=True)
    WITHDRAWN = State("withdrawn", _("Withdrawn"), tone="muted", final=True)
    EXPIRED = State("expired", _("Expired"), tone="muted", final=True)
    OVERTAKEN = State("overtaken", _("Overtaken"), tone="muted", final=True)

    agree = step(PENDING, to=AGREED, label=_("Agree"))
    reject = step(PENDING, to=REJECTED, label=_("Reject"))
    withdraw = step(PENDING, to=WITHDRAWN, label=_("Withdraw"))
    expire = step(PENDING, to=EXPIRED, label=_("Expire"))
    overtake = step(PENDING, to=OVERTAKEN, label=_("Overtake"))


class RequestQuerySet(TieQuerySet["AssociationRequest"]):
    """The words used to ask for requests."""

    def pending(self) -> Self:
        return self.filter(state=RequestState.PENDING)


class AssociationRequest(Record):
    """One request about one association. `to_type` is the type asked for, empty for a disassociation.

    reason: the asker's words; answer: those of whoever rejected it. `side` VENDOR is a disassociation by the
    ecosystem manager, which asks nobody and is agreed from the beginning.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    kind = models.CharField(_("Event"), max_length=16, choices=RequestKind.choices)
    side = models.CharField(_("Initiator"), max_length=8, choices=Side.choices)
    from_type = models.CharField(_("Association type"), max_length=10, choices=AssociationType.choices)
    to_type = models.CharField(_("New type"), max_length=10, choices=AssociationType.choices, blank=True)
    state = StateField(RequestState, verbose_name=_("State"), default=RequestState.PENDING)
    reason = models.CharField(_("Reason"), max_length=256, blank=True)
    answer = models.CharField(_("Answer"), max_length=256, blank=True)
    expires_at = models.DateTimeField(_("Answer until"))
    decided_at = models.DateTimeField(_("Answered"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(state="pending"),
                name="one_open_request_a_customer",
            ),
            models.CheckConstraint(
                name="a_switch_names_another_type",
                condition=models.Q(kind="disassociate", to_type="")
                | (
                    models.Q(kind="switch") & ~models.Q(to_type="") & ~models.Q(to_type=models.F("from_type"))
                ),
            ),
            models.CheckConstraint(
                name="answered_requests_have_a_date",
                condition=models.Q(state="pending", decided_at__isnull=True)
                | (~models.Q(state="pending") & models.Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="requests_that_may_expire", condition=models.Q(state="pending")
            ),
            models.Index(fields=["partner", "-created_at"], name="requests_by_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} – {self.partner}: {self.get_kind_display()}"
