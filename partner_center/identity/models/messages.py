"""The message centre: what an account was told, what its people have read of it, and the vendor's announcements."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.identity.models.accounts import Account, AccountKind, Site
from partner_center.identity.models.users import User
from partner_center.kernel import clock
from partner_center.kernel.lifecycle import Lifecycle, State, step


class MessageKind(models.TextChoices):
    """What messages are about; a message's kind is the room that declares it (foundation/outbox.py)."""

    IDENTITY = "identity", _("Account and security")
    PARTNERS = "partners", _("Programmes and partners")
    CHANNEL = "channel", _("Association and cooperation")
    CUSTOMERS = "customers", _("Customers")
    ORDERS = "orders", _("Orders")
    SUBSCRIPTIONS = "subscriptions", _("Resources")
    FUNDS = "funds", _("Funds")
    BILLING = "billing", _("Bills")
    PRICING = "pricing", _("Discounts")
    OTHER = "other", _("Other")

    @classmethod
    def of(cls, template: str) -> MessageKind:
        """The kind of the message `<room>.<name>`."""
        room = template.partition(".")[0]
        return cls(room) if room in cls.values else cls.OTHER


class InboxQuerySet(models.QuerySet["InboxMessage"]):
    def visible_to(self, actor: Actor) -> Self:
        """The account's own; of personal ones the reader's. Whose customers are limited sees personal ones only."""
        if not actor.account_id or actor.acting_partner_id or actor.kind == "nobody":
            return self.none()
        rows = self.filter(account=actor.account_id)
        mine = models.Q(user=actor.user_id)
        if actor.customers is None:
            mine |= models.Q(user=None)
        return rows.filter(mine)

    def with_unread(self, user_id: int | None) -> Self:
        """With `unread`, as this user sees it; what is older than the user is no news."""
        read = InboxRead.objects.filter(message=models.OuterRef("pk"), user=user_id)
        behind = InboxState.objects.filter(user=user_id, read_upto__gte=models.OuterRef("pk"))
        before = User.objects.filter(pk=user_id or 0, created_at__gt=models.OuterRef("created_at"))
        return self.annotate(unread=~models.Exists(read) & ~models.Exists(behind) & ~models.Exists(before))

    def unread_by(self, user_id: int | None) -> Self:
        """Those that this user has not read."""
        return self.with_unread(user_id).filter(unread=True)


class InboxMessage(Record):
    """One message to an account, or to one of its users. `words`: language → [subject, body], in every language."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("Type"), max_length=16, choices=MessageKind.choices)
    template = models.CharField(max_length=64)
    words = models.JSONField()

    objects = InboxQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="messages_of_an_account")]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """In the reader's language."""
        return self._said()[0]

    @property
    def body(self) -> str:
        return self._said()[1]

    def _said(self) -> list[str]:
        words: dict[str, list[str]] = self.words
        return words.get(translation.get_language() or "en") or next(iter(words.values()))


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Nobody else's."""
        return self.filter(user=actor.user_id) if actor.user_id else self.none()


class InboxRead(models.Model):
    """That a user has read a message above its mark."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(InboxMessage, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="a_message_is_read_once_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class InboxState(models.Model):
    """How a user stands to its messages. read_upto: every message up to this id is read.

    hides_site_banner: has chosen not to be told again that the account belongs to the other site.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    read_upto = models.BigIntegerField(default=0)
    hides_site_banner = models.BooleanField(default=False)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk}"


class AnnouncementState(Lifecycle):
    DRAFT = State("draft", _("Draft"), tone="muted")
    PUBLISHED = State("published", _("Published"), tone="good")
    WITHDRAWN = State("withdrawn", _("Taken back"), tone="bad", final=True)

    publish = step(DRAFT, to=PUBLISHED, label=_("Publish"))
    withdraw = step(DRAFT, PUBLISHED, to=WITHDRAWN, label=_("Withdraw announcement"))


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; everybody else what is published for accounts of its kind and site, while it is valid."""
        if actor.is_house:
            return self
        if actor.kind == "nobody":
            return self.none()
        now = clock.now()
        return self.filter(
            models.Q(valid_until=None) | models.Q(valid_until__gt=now),
            state=AnnouncementState.PUBLISHED,
            valid_from__lte=now,
            audience__kind=actor.account_kind,
            audience__site=actor.site,
        )


class Announcement(Record):
    """What the vendor tells many at once, on their home page, in both languages."""

    title_en = models.CharField(_("Title (English)"), max_length=128)
    title_zh = models.CharField(_("Title (Chinese)"), max_length=128)
    body_en = models.TextField(_("Text (English)"))
    body_zh = models.TextField(_("Text (Chinese)"))
    valid_from = models.DateTimeField(_("Valid from"))
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    state = StateField(AnnouncementState, verbose_name=_("State"), default=AnnouncementState.DRAFT)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                name="an_announcement_ends_after_it_begins",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.title_zh if _reads_chinese() else self.title_en

    @property
    def body(self) -> str:
        return self.body_zh if _reads_chinese() else self.body_en


class AudienceQuerySet(models.QuerySet["AnnouncementAudience"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whom an announcement is for is the vendor's to know."""
        return self if actor.is_house else self.none()


class AnnouncementAudience(models.Model):
    """One kind of account on one site that an announcement is for."""

    id = models.BigAutoField(primary_key=True)
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="audience")
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    site = models.CharField(max_length=8, choices=Site.choices)

    objects = AudienceQuerySet.as_manager()

    class Meta:
        ordering = ["announcement", "kind", "site"]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "kind", "site"], name="an_audience_is_named_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.site}"


def _reads_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")
