"""Bill runs, what each rating wrote, which rating of a customer's month is the present one, and who was parked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.models import PriceDraft
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.foundation.models import HouseQuerySet
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.kernel.period import BillMonth


class BillRunState(Lifecycle):
    """One pass over a month: frozen, rated, checked, posted. Abandoned only while nothing of it is posted."""

    OPEN = State("open", _("Just opened"), tone="busy")
    SNAPSHOT = State("snapshot", _("Snapshot taken"), tone="busy")
    RATED = State("rated", _("Rated"), tone="warning")
    CHECKED = State("checked", _("Checked"), tone="warning")
    POSTING = State("posting", _("Being posted"), tone="busy")
    POSTED = State("posted", _("Posted"), tone="good", final=True)
    ABANDONED = State("abandoned", _("Abandoned"), tone="muted", final=True)

    freeze = step(OPEN, to=SNAPSHOT, label=_("Take the snapshot"))
    rate = step(SNAPSHOT, to=RATED, label=_("Rate"))
    check = step(RATED, to=CHECKED, label=_("Check"))
    post = step(CHECKED, to=POSTING, label=_("Post"))
    posted = step(POSTING, to=POSTED, label=_("Finish posting"))
    abandon = step(OPEN, SNAPSHOT, RATED, CHECKED, to=ABANDONED, label=_("Abandon"))


UNFINISHED = [
    BillRunState.OPEN,
    BillRunState.SNAPSHOT,
    BillRunState.RATED,
    BillRunState.CHECKED,
    BillRunState.POSTING,
]


class BillRunQuerySet(HouseQuerySet):
    def unfinished(self) -> BillRunQuerySet:
        return self.filter(state__in=UNFINISHED)

    def of_month(self, month: BillMonth) -> BillRunQuerySet:
        return self.filter(month=str(month))

    def closing(self) -> BillRunQuerySet:
        """Those that billed everybody of a month that was over."""
        return self.filter(closes=True, is_supplement=False)


class BillRun(Record):
    """One bill run of a month. At most one of a month is unfinished.

    month: the Beijing month, "2026-03"; number: 1 for its first run, and so on.
    closes: whether the month was over when it was opened; its usage is closed then, and it is billed once. A run of
    a month that still goes on bills what there is so far.
    posts_itself: whether it is posted as soon as it has passed its checks, without anybody looking at it first.
    is_supplement: whether it bills only `customer_ids`, those whom an earlier run had parked.
    manifest: the sha256 of its snapshot's manifest.
    checks: [{"name", "ok", "detail", "facts"}], written when it is checked. comparison: see runs.comparing.
    progress: what is being done now, {"step", "done", "total"}; empty between the steps.
    trouble: the last refusal, in English, for whoever reads the run; empty when its last step went well.
    """

    month = models.CharField(_("Month"), max_length=7)
    number = models.PositiveIntegerField(_("Run"))
    state = StateField(BillRunState, verbose_name=_("State"), default=BillRunState.OPEN)
    closes = models.BooleanField(_("Closes the month"), default=False)
    is_supplement = models.BooleanField(_("Supplement"), default=False)
    posts_itself = models.BooleanField(_("Posted without a look"), default=False)
    customer_ids = models.JSONField(default=list, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Replaces")
    )
    opened_by = models.CharField(_("Opened by"), max_length=128, blank=True)
    manifest = models.CharField(max_length=64, blank=True)
    checks = models.JSONField(default=list, blank=True)
    comparison = models.JSONField(default=dict, blank=True)
    progress = models.JSONField(default=dict, blank=True)
    trouble = models.TextField(_("Trouble"), blank=True)
    snapshot_at = models.DateTimeField(_("Snapshot taken"), null=True, blank=True)
    rated_at = models.DateTimeField(_("Rated"), null=True, blank=True)
    checked_at = models.DateTimeField(_("Checked"), null=True, blank=True)
    posted_at = models.DateTimeField(_("Posted"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("Abandoned"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=255, blank=True)

    objects = BillRunQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["month", "number"], name="a_run_has_its_own_number"),
            models.UniqueConstraint(
                fields=["month"],
                name="one_unfinished_run_a_month",
                condition=Q(state__in=[state.value for state in UNFINISHED]),
            ),
            models.UniqueConstraint(
                fields=["month"],
                name="a_month_is_closed_by_one_run",
                condition=Q(closes=True, is_supplement=False, state="posted"),
            ),
            models.CheckConstraint(
                name="posted_runs_have_a_date",
                condition=Q(state="posted", posted_at__isnull=False)
                | ~Q(state="posted") & Q(posted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month}/{self.number}"

    @property
    def folder(self) -> str:
        """Where its files lie in the store."""
        return f"runs/{self.month}/{self.number}"

    @property
    def bill_month(self) -> BillMonth:
        return BillMonth.parse(self.month)


class ParkedState(Lifecycle):
    """A customer that a run could not bill, until someone decides; and then until a run has billed it.

    What is decided before its run is posted is billed with it, or by a supplement as soon as it is posted.
    """

    PARKED = State("parked", _("Awaiting a decision"), tone="warning")
    RETRYING = State("retrying", _("To be billed again"), tone="busy")
    WAIVING = State("waiving", _("Waived, the rest to be billed"), tone="busy")
    BILLED = State("billed", _("Billed"), tone="good", final=True)
    SUPERSEDED = State("superseded", _("Left to a later run"), tone="muted", final=True)

    retry = step(PARKED, to=RETRYING, label=_("Bill again"))
    waive = step(PARKED, to=WAIVING, label=_("Waive"))
    billed = step(RETRYING, WAIVING, to=BILLED, label=_("Bill"))
    supersede = step(PARKED, RETRYING, WAIVING, to=SUPERSEDED, label=_("Leave to a later run"))


class ParkedQuerySet(HouseQuerySet):
    def undecided(self) -> ParkedQuerySet:
        return self.filter(state=ParkedState.PARKED)

    def decided(self) -> ParkedQuerySet:
        """Those that a run is yet to bill as was decided."""
        return self.filter(state__in=(ParkedState.RETRYING, ParkedState.WAIVING))

    def left_out(self) -> ParkedQuerySet:
        """Those whose lines their own run does not post."""
        return self.filter(state__in=(ParkedState.PARKED, ParkedState.RETRYING))


class ParkedCustomer(Record):
    """A customer whose month a run does not post, with the reason and the money at stake.

    reason: a code (see runs.parked.REASONS); detail: the figures behind it.
    at_stake: what its rated lines come to, and what could not be rated at the nearest known price.
    """

    run = models.ForeignKey(BillRun, models.PROTECT, related_name="parked", verbose_name=_("Bill run"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    reason = models.CharField(_("Reason"), max_length=32)
    detail = models.JSONField(default=dict, blank=True)
    currency = CurrencyField(_("Currency"))
    at_stake = MoneyField(verbose_name=_("At stake"))
    state = StateField(ParkedState, verbose_name=_("State"), default=ParkedState.PARKED)
    decision = models.CharField(_("Why decided so"), max_length=255, blank=True)
    decided_by = models.CharField(_("Decided by"), max_length=128, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)

    objects = ParkedQuerySet.as_manager()

    class Meta:
        ordering = ["run", "customer_id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "customer"], name="a_run_parks_a_customer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.customer_id}"


class RatingKind(models.TextChoices):
    OPEN = "open", _("Month to date")
    CLOSE = "close", _("Bill run")
    SIMULATION = "simulation", _("Simulation")


class RatingState(Lifecycle):
    """One pass of the rating engine. What it wrote counts from `finish` on, and lies untouched until discarded."""

    RATING = State("rating", _("Being rated"), tone="busy")
    READY = State("ready", _("Ready"), tone="good")
    DISCARDED = State("discarded", _("Discarded"), tone="muted", final=True)

    finish = step(RATING, to=READY, label=_("Finish"))
    discard = step(RATING, READY, to=DISCARDED, label=_("Discard"))


class RatingQuerySet(HouseQuerySet):
    def ready(self) -> RatingQuerySet:
        return self.filter(state=RatingState.READY)


class Rating(Record):
    """One pass of the rating engine over a snapshot. Its files lie in `folder` of the store, below `out/`.

    totals: the engine's totals.json; manifest: the sha256 of the snapshot's manifest, so that the same input is known.
    rated_at: the moment whose usage and prices it rates; a newer one of the same customer replaces it.
    draft, base: of a simulation, the price change it supposes and the rating whose snapshot it takes; comparison: what
    would have been different (see runs.comparing). trouble: why it failed.
    """

    month = models.CharField(_("Month"), max_length=7, db_index=True)
    kind = models.CharField(_("Kind"), max_length=16, choices=RatingKind.choices)
    run = models.ForeignKey(
        BillRun, models.PROTECT, null=True, blank=True, related_name="ratings", verbose_name=_("Bill run")
    )
    folder = models.CharField(max_length=255, unique=True)
    manifest = models.CharField(max_length=64, blank=True)
    engine = models.CharField(_("Engine"), max_length=64, blank=True)
    draft = models.ForeignKey(
        PriceDraft, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Price change")
    )
    base = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Compared with")
    )
    trouble = models.TextField(_("Trouble"), blank=True)
    comparison = models.JSONField(default=dict, blank=True)
    totals = models.JSONField(default=dict, blank=True)
    rated_at = models.DateTimeField(_("Rated"), default=clock.now)
    state = StateField(RatingState, verbose_name=_("State"), default=RatingState.RATING)

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                name="a_run_has_one_rating",
                condition=Q(kind="close") & ~Q(state="discarded"),
            ),
            models.CheckConstraint(
                name="bill_runs_ratings_name_their_run",
                condition=~Q(kind="close") | Q(run__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.kind} {self.pk}"


class RatedFile(models.Model):
    """One file of rated lines, sorted by customer; `path` is within the store."""

    id = models.BigAutoField(primary_key=True)
    rating = models.ForeignKey(Rating, models.CASCADE, related_name="files")
    path = models.CharField(max_length=255, unique=True)
    bucket = models.PositiveSmallIntegerField()
    rows = models.BigIntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["bucket", "path"]

    def __str__(self) -> str:
        return self.path


class CustomerRatingQuerySet(models.QuerySet["CustomerRating"]):
    def visible_to(self, actor: Actor) -> CustomerRatingQuerySet:
        """Staff: all. A customer: its own. A partner reads lines by the tie each carries, not by these rows."""
        if actor.is_house:
            return self
        if actor.kind == "customer":
            return self.filter(customer_id=actor.account_id)
        return self.none()

    def current(self, customer_ids: list[str] | None, month: BillMonth) -> CustomerRatingQuerySet:
        """The present rating of each of these customers' months (None: of every customer)."""
        rows = self.filter(month=str(month)).select_related("rating", "file")
        return rows if customer_ids is None else rows.filter(customer_id__in=customer_ids)


class CustomerRating(models.Model):
    """The latest rating of one customer's month: which file to open for its lines.

    file is None when the month has no lines. official and payable are sums of whole groups, to the cent.
    inputs: a digest of everything but usage that went into it (prices, discounts, packages, ties): when it
    differs from the present one the customer is rated again.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("Customer"))
    month = models.CharField(_("Month"), max_length=7)
    rating = models.ForeignKey(Rating, models.PROTECT, related_name="customers", verbose_name=_("Rating"))
    file = models.ForeignKey(RatedFile, models.PROTECT, null=True, related_name="+")
    rows = models.BigIntegerField(_("Lines"), default=0)
    currency = CurrencyField(_("Currency"))
    official = MoneyField(verbose_name=_("List price"))
    payable = MoneyField(verbose_name=_("Amount after discount"))
    inputs = models.CharField(max_length=64, blank=True)
    rated_at = models.DateTimeField(_("Rated"), default=clock.now)

    objects = CustomerRatingQuerySet.as_manager()

    class Meta:
        ordering = ["month", "customer_id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "month"], name="one_present_rating_a_month"),
        ]
        indexes = [models.Index(fields=["month", "rated_at"], name="customer_rating_of_a_month")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month}"
