"""People of an account, and the roles that say what they may do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import Record, StateField
from partner_center.identity.models.accounts import Account
from partner_center.identity.presets import PRESETS
from partner_center.kernel.lifecycle import Lifecycle, State, step


class UserState(Lifecycle):
    ENABLED = State("enabled", _("Enabled"), tone="good")
    DISABLED = State("disabled", _("Disabled"), tone="bad")

    disable = step(ENABLED, to=DISABLED, label=_("Disable"))
    enable = step(DISABLED, to=ENABLED, label=_("Enable"))


class OwnedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows that belong to an account, found at `owner`."""

    owner = "account_id"

    def visible_to(self, actor: Actor) -> OwnedQuerySet:
        """Staff see all, an account its own."""
        if actor.is_house:
            return self
        if actor.account_id and not actor.acting_partner_id:
            return self.filter(**{self.owner: actor.account_id})
        return self.none()


class RoleQuerySet(OwnedQuerySet):
    def visible_to(self, actor: Actor) -> RoleQuerySet:
        """The presets, and the account's own roles."""
        presets = self.filter(account=None)
        return presets | super().visible_to(actor) if actor.account_id else self.none()


class Role(Record):
    """A named set of permissions. Presets belong to no account and are the same everywhere.

    permissions: names from the generated catalogue; "orders.*" is a whole room, "*.view" a verb in every room.
    own_customers_only: who has only such roles sees the customers assigned to them (spec/domain/roles.md section 2).
    """

    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="roles")
    name = models.CharField(_("Name"), max_length=64)
    preset = models.CharField(max_length=32, blank=True)
    permissions = models.JSONField(_("Permissions"), default=list)
    own_customers_only = models.BooleanField(_("Assigned customers only"), default=False)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["account_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="role_names_are_unique_in_an_account"),
            models.UniqueConstraint(
                fields=["preset"], condition=~models.Q(preset=""), name="each_preset_role_exists_once"
            ),
        ]

    def __str__(self) -> str:
        preset = PRESETS.get(self.preset)
        return str(preset.label) if preset else self.name


class User(Record):
    """Somebody who can sign in. The owner of an account has every permission; others have their roles'."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="users")
    name = models.CharField(_("Name"), max_length=64)
    login = models.CharField(_("Login"), max_length=64, unique=True)
    password = models.CharField(max_length=128, blank=True)
    is_owner = models.BooleanField(_("Account owner"), default=False)
    roles = models.ManyToManyField(Role, blank=True, related_name="users", verbose_name=_("Roles"))
    supervisor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Supervisor"),
        help_text=_("Who directs this account manager and sees its customers."),
    )
    mobile = models.CharField(_("Mobile number"), max_length=32, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    language = models.CharField(_("Language"), max_length=16, default="zh-hans")
    state = StateField(UserState, verbose_name=_("State"), default=UserState.ENABLED)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["account_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(is_owner=True), name="an_account_has_one_owner"
            ),
            models.CheckConstraint(
                name="nobody_supervises_itself",
                condition=models.Q(supervisor__isnull=True) | ~models.Q(supervisor=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.login
