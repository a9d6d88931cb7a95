"""Accounts: what the contract calls domains. Every partner, customer and the vendor is one."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import StateField
from partner_center.kernel import clock
from partner_center.kernel.ids import new_id
from partner_center.kernel.lifecycle import Lifecycle, State, step

CURRENCY_OF_SITE = {"cn": "CNY", "intl": "USD"}


class AccountKind(models.TextChoices):
    VENDOR = "vendor", _("Vendor")
    DISTRIBUTOR = "distributor", _("Distributor")
    RESELLER = "reseller", _("Reseller")
    SOLUTION_PROVIDER = "solution_provider", _("Solution provider")
    CUSTOMER = "customer", _("Customer")


class Site(models.TextChoices):
    """Currency and rules follow the site an account belongs to."""

    CN = "cn", _("China site")
    INTL = "intl", _("International site")


class AccountState(Lifecycle):
    ACTIVE = State("active", _("Active"), tone="good")
    SUSPENDED = State("suspended", _("Suspended"), tone="bad")

    suspend = step(ACTIVE, to=SUSPENDED, label=_("Suspend"))
    resume = step(SUSPENDED, to=ACTIVE, label=_("Resume"))


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, actor: Actor) -> AccountQuerySet:
        """Staff see all accounts, everybody else their own."""
        if actor.is_house:
            return self
        if actor.account_id:
            return self.filter(pk=actor.account_id)
        return self.none()


class Account(models.Model):
    """A domain. Its id is the partner's or customer's id everywhere on the wire; its name is the login name.

    asks_for_codes: whether the console asks for a verification code before critical operations (features.md V2).
    notices: language, time zone and, by kind of message, channels and recipients (notices.py); {} is the default.
    """

    id = models.CharField(max_length=32, primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("Account name"), max_length=64, unique=True)
    kind = models.CharField(_("Kind"), max_length=20, choices=AccountKind.choices)
    site = models.CharField(_("Site"), max_length=8, choices=Site.choices)
    company_name = models.CharField(_("Company"), max_length=128, blank=True)
    mobile = models.CharField(_("Mobile number"), max_length=32, blank=True, db_index=True)
    email = models.EmailField(_("E-mail"), blank=True, db_index=True)
    asks_for_codes = models.BooleanField(_("Verification codes"), default=False)
    notices = models.JSONField(_("Message settings"), default=dict, blank=True)
    state = StateField(AccountState, verbose_name=_("State"), default=AccountState.ACTIVE)
    created_at = models.DateTimeField(_("Created"), default=clock.now, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="account_names_differ_by_more_than_case"),
            models.CheckConstraint(
                name="accounts_have_a_known_kind", condition=models.Q(kind__in=AccountKind.values)
            ),
            models.CheckConstraint(
                name="accounts_have_a_known_site", condition=models.Q(site__in=Site.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def currency(self) -> str:
        """CNY on the China site, USD on the international one."""
        return CURRENCY_OF_SITE[self.site]

    @property
    def actor_kind(self) -> str:
        """How this account acts: staff, partner or customer."""
        if self.kind == AccountKind.VENDOR:
            return "staff"
        return "customer" if self.kind == AccountKind.CUSTOMER else "partner"
