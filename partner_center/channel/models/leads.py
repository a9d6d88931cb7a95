"""Bringing customers in: what a partner reports, whom it invites by mail, and what the vendor knows beforehand."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import AssociationType, Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.identity.models import Site
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import Partner

M = TypeVar("M", bound=models.Model)


class ReportState(Lifecycle):
    """A partner's claim on a prospect (lifecycles 5). Pending and reported ones count towards the hundred."""

    PENDING = State("pending_review", _("Pending review"), tone="warning")
    REPORTED = State("reported", _("Reported"), tone="busy")
    ASSOCIATED = State("associated", _("Associated"), tone="good", final=True)
    NOT_PASSED = State("not_passed", _("Not passed"), tone="bad", final=True)
    EXPIRED = State("expired", _("Expired"), tone="muted", final=True)
    CANCELLED = State("cancelled", _("Cancelled"), tone="muted", final=True)

    approve = step(PENDING, to=REPORTED, label=_("Approve"))
    reject = step(PENDING, to=NOT_PASSED, label=_("Reject"))
    associate = step(PENDING, REPORTED, to=ASSOCIATED, label=_("Associate"))
    expire = step(REPORTED, to=EXPIRED, label=_("Expire"))
    cancel = step(PENDING, REPORTED, to=CANCELLED, label=_("Cancel the report"))


OPEN_REPORTS = (ReportState.PENDING, ReportState.REPORTED)


class InvitationState(Lifecycle):
    """An invitation by e-mail (lifecycles 4). What has failed may be tried again until the link expires."""

    SENT = State("sent", _("Invited"), tone="busy")
    FAILED = State("failed", _("Association failed"), tone="bad")
    EXPIRED = State("expired", _("Link expired"), tone="muted")
    ASSOCIATED = State("associated", _("Associated"), tone="good", final=True)
    REVOKED = State("revoked", _("Revoked"), tone="muted")

    accept = step(SENT, FAILED, to=ASSOCIATED, label=_("Accept"))
    fail = step(SENT, FAILED, to=FAILED, label=_("Fail"))
    expire = step(SENT, to=EXPIRED, label=_("Expire"))
    resend = step(SENT, FAILED, EXPIRED, REVOKED, to=SENT, label=_("Resend invitation"))
    revoke = step(SENT, FAILED, EXPIRED, to=REVOKED, label=_("Revoke invitation"))


class ReviewCase(models.TextChoices):
    """Why a report is not decided at once but by the vendor's people (features D2)."""

    DIRECT_SALES = "direct_sales", _("Followed by the vendor's direct sales")
    VENDOR_REPORTED = "vendor_reported", _("Reported by the vendor already")
    ONLINE_SALES = "online_sales", _("Owned by the vendor's online sales")
    SUPPORT_CENTRE = "support_centre", _("Owned by an authorised sales support centre")
    OTHER_COUNTRY = "other_country", _("Registered in another country or region")


class MarkKind(models.TextChoices):
    """What the vendor knows about a company or its account that decides reports and associations (features D2, E1)."""

    DIRECT_SALES = "direct_sales", _("Followed by direct sales")
    VENDOR_REPORTED = "vendor_reported", _("Reported by the vendor")
    ONLINE_SALES = "online_sales", _("Owned by online sales")
    SUPPORT_CENTRE = "support_centre", _("Owned by an authorised sales support centre")
    CONSUMER_CLOUD = "consumer_cloud", _("Consumer-cloud user")
    REWARD_PLAN = "reward_plan", _("Joined the reward-promotion plan")
    SIGNED_CONTRACT = "signed_contract", _("Signed a contract with the vendor")
    TRUSTEESHIP_MEMBER = "trusteeship_member", _("Enterprise member, unified accounting")
    INDEPENDENT_MEMBER = "independent_member", _("Enterprise member, independent accounting")
    MASTER_OF_INDEPENDENT = "master_of_independent", _("Enterprise master with independent members")
    GIFT_BALANCE = "gift_balance", _("Balance from a top-up gift")
    COMMITMENT = "commitment", _("Professional-service contract or reserved instance")


class OwnedLeads(models.QuerySet[M]):
    """Rows of a partner's sales work: each partner its own; an account manager what it owns itself, a supervisor also
    what its account managers own.

    A distributor does not read its resellers' prospects: they compete for them. The customer that a row led to must
    be within an account manager's scope, too. `partner`, `owner` and `customer` are the paths from the row.
    """

    partner, owner, customer = "partner", "owner", "customer"

    def visible_to(self, actor: Actor) -> Self:
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                rows = self.filter(**{f"{self.partner}_id": actor.account_id})
                return rows if actor.customers is None else rows.filter(self._within(actor))
        return self.none()

    def _within(self, actor: Actor) -> models.Q:
        mine = led_by(actor, self.owner)
        nobody_yet = models.Q(**{f"{self.customer}__isnull": True})
        return mine & (nobody_yet | models.Q(**{f"{self.customer}__in": actor.customers}))


def led_by(actor: Actor, path: str) -> models.Q:
    """The person at `path` is the actor itself, or an account manager that it directs."""
    return models.Q(**{path: actor.user_id}) | models.Q(**{f"{path}__supervisor": actor.user_id})


class ReportQuerySet(OwnedLeads["CustomerReport"]):
    """The words used to ask for reports."""

    def open(self) -> Self:
        return self.filter(state__in=OPEN_REPORTS)

    def of_company(self, site: str, *, name_key: str = "", mobile: str = "", email: str = "") -> Self:
        """Those on this site whose company, mobile number or e-mail address is this one; empty values match nothing."""
        same: models.Q | None = None
        for one in (
            models.Q(name_key=name_key) if name_key else None,
            models.Q(mobile=mobile) if mobile else None,
            models.Q(email=email.lower()) if email else None,
        ):
            if one is not None:
                same = one if same is None else same | one
        return self.none() if same is None else self.filter(same, site=site)


class CustomerReport(Record):
    """A prospect that a partner has reported (报备); while it stands, no other partner may report or bring it in.

    name_key: the company's name as it is compared (`rules.leads.name_key`). owner: the person who reported it; what an
    account manager reports it sees, and the customer becomes its own. customer: the account that it led to.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    owner = models.ForeignKey(
        "identity.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Reported by"),
    )
    account_manager = models.ForeignKey(
        "identity.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Account manager"),
    )
    site = models.CharField(_("Site"), max_length=8, choices=Site.choices)
    company_name = models.CharField(_("Company"), max_length=128)
    name_key = models.CharField(max_length=128, editable=False)
    mobile = models.CharField(_("Mobile number"), max_length=32)
    email = models.CharField(_("E-mail"), max_length=254, blank=True)
    contact = models.CharField(_("Contact person"), max_length=64, blank=True)
    industry = models.CharField(_("Industry"), max_length=64, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    state = StateField(ReportState, verbose_name=_("State"), default=ReportState.REPORTED)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Customer")
    )
    case = models.CharField(_("Why it is reviewed"), max_length=20, choices=ReviewCase.choices, blank=True)
    currency = CurrencyField(_("Currency"))
    expected = MoneyField(verbose_name=_("Expected new spend a year"), default=0)
    process = models.CharField(_("Communication so far"), max_length=1000, blank=True)
    project = models.CharField(_("Project"), max_length=500, blank=True)
    account_name = models.CharField(_("Customer's account"), max_length=64, blank=True)
    opinion = models.CharField(_("Review opinion"), max_length=256, blank=True)
    reviewed_at = models.DateTimeField(_("Reviewed"), null=True, blank=True)
    expires_at = models.DateTimeField(_("Expires"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["site", field],
                    condition=models.Q(state="reported") & ~models.Q(**{field: ""}),
                    name=f"a_{word}_is_reported_once",
                )
                for field, word in (("name_key", "company"), ("mobile", "mobile"), ("email", "mail"))
            ),
            models.UniqueConstraint(
                fields=["partner", "name_key"],
                condition=models.Q(state__in=["pending_review", "reported"]),
                name="a_partner_reports_a_company_once",
            ),
            models.CheckConstraint(
                name="reported_customers_have_a_deadline",
                condition=~models.Q(state="reported") | models.Q(expires_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "state"], name="reports_of_a_partner"),
            models.Index(
                fields=["expires_at"], name="reports_that_expire", condition=models.Q(state="reported")
            ),
        ]

    def __str__(self) -> str:
        return self.company_name


class InvitationQuerySet(OwnedLeads["Invitation"]):
    """The words used to ask for invitations."""

    owner, customer = "report__owner", "report__customer"


class Invitation(Record):
    """The invitation of a reported customer by e-mail. Resending makes a new link; the one before is dead.

    token_digest: of the secret in the link; the link itself is only in the mail. cause: why the association failed
    (`rules.guards.Cause`).
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("Partner"))
    report = models.OneToOneField(
        CustomerReport, models.PROTECT, related_name="invitation", verbose_name=_("Customer")
    )
    email = models.CharField(_("E-mail"), max_length=254)
    association_type = models.CharField(_("Association type"), max_length=10, choices=AssociationType.choices)
    state = StateField(InvitationState, verbose_name=_("State"), default=InvitationState.SENT)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("Sent"))
    expires_at = models.DateTimeField(_("Link valid until"))
    times = models.PositiveIntegerField(_("Times sent"), default=1)
    cause = models.CharField(_("Cause"), max_length=24, blank=True)
    answered_at = models.DateTimeField(_("Answered"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(fields=["partner", "state"], name="invitations_of_a_partner"),
            models.Index(
                fields=["expires_at"], name="invitations_that_expire", condition=models.Q(state="sent")
            ),
        ]

    def __str__(self) -> str:
        return str(self.report)


class InvitationMail(Record):
    """One mail that went out for an invitation: what the limits per recipient and per partner count."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    recipient_digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["recipient_digest", "created_at"], name="mails_to_a_recipient"),
            models.Index(fields=["partner", "created_at"], name="mails_of_a_partner"),
        ]


class HouseMarks(models.QuerySet["AccountMark"]):
    """Marks are the vendor's own knowledge; partners meet them as refusals and reviews."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_house else self.none()

    def standing(self) -> Self:
        return self.filter(lifted_at__isnull=True)


class AccountMark(Record):
    """Something the vendor knows about a company, by its name, and about its account where there is one."""

    site = models.CharField(_("Site"), max_length=8, choices=Site.choices)
    company_name = models.CharField(_("Company"), max_length=128)
    name_key = models.CharField(max_length=128, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Customer")
    )
    kind = models.CharField(_("Mark"), max_length=24, choices=MarkKind.choices)
    note = models.CharField(_("Note"), max_length=256, blank=True)
    lifted_at = models.DateTimeField(_("Lifted"), null=True, blank=True)

    objects = HouseMarks.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name_key", "kind"],
                condition=models.Q(lifted_at__isnull=True),
                name="a_company_has_a_mark_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_name}: {self.get_kind_display()}"


def invitation_of(report: CustomerReport) -> Invitation | None:
    """The invitation of a report that was read together with it, or None."""
    found: Any = getattr(report, "invitation", None)
    return found if isinstance(found, Invitation) else None
