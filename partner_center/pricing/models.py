"""Discounts: who granted which reduction to which customer, on what, from when to when."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.fields import UnitPriceField
from partner_center.catalogue.models import ChargeMode, CloudService, Product, Region, ResourceType
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.fields import CurrencyField, MoneyField, Record, StateField
from partner_center.kernel.ids import new_id
from partner_center.kernel.lifecycle import Lifecycle, State, step
from partner_center.partners.models import Partner


class DiscountKind(models.TextChoices):
    """Whose discount it is. The values are discount_type of the price inquiry (spec/api/enums.md)."""

    COMMERCIAL = "605", _("Commercial discount")
    GRANTED = "606", _("Partner granted discount")
    SET = "607", _("Partner set discount")


class DiscountMode(models.TextChoices):
    """How it reduces. The order of the choices is that of discount_mode on an order line: 0, 1, 2."""

    RATIO = "ratio", _("Ratio")
    FIXED_PRICE = "fixed_price", _("Fixed price")
    AMOUNT_OFF = "amount_off", _("Amount off")


class OrderKind(models.TextChoices):
    """What is being bought, for discounts that hold only for some of it."""

    NEW = "new", _("New purchase")
    RENEWAL = "renewal", _("Renewal")
    CHANGE = "change", _("Change")


class DiscountState(Lifecycle):
    GRANTED = State("granted", _("Granted"), tone="good")
    REVOKED = State("revoked", _("Revoked"), tone="muted", final=True)
    ENDED = State("ended", _("Ended"), tone="muted", final=True)

    revoke = step(GRANTED, to=REVOKED, label=_("Revoke"))
    end = step(GRANTED, to=ENDED, label=_("End"))


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, actor: Actor) -> Self:
        match actor.kind:
            case "staff" | "system":
                return self
            case "customer":
                return self.filter(customer_id=actor.account_id)
        return self.none()

    def in_force(self, moment: datetime) -> Self:
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment), begins_at__lte=moment)


class Contract(Record):
    """A framework contract (商务) between the vendor and a customer; its quoting items are commercial discounts."""

    number = models.CharField(max_length=32, unique=True, default=new_id, editable=False)
    code = models.CharField(_("contract code"), max_length=64, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="contracts_end_after_they_begin",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("begins_at")),
            )
        ]

    def __str__(self) -> str:
        return self.code


class DiscountQuerySet(models.QuerySet["Discount"]):
    """The words both doors use to ask for discounts."""

    def visible_to(self, actor: Actor) -> Self:
        """Staff: all. A partner: what it granted, within an account manager's customers. A customer: its own."""
        match actor.kind:
            case "staff" | "system":
                return self
            case "partner":
                own = self.filter(grantor_id=actor.account_id)
                return own if actor.customers is None else own.filter(customer_id__in=actor.customers)
            case "customer":
                return self.filter(customer_id=actor.account_id)
        return self.none()

    def in_force(self, moment: datetime) -> Self:
        """Granted, begun and neither expired nor ended; of a contract only while the contract lasts."""
        lasting = Q(contract__isnull=True) | (
            Q(contract__begins_at__lte=moment)
            & (Q(contract__ends_at__isnull=True) | Q(contract__ends_at__gt=moment))
        )
        return self.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment),
            lasting,
            state=DiscountState.GRANTED,
            begins_at__lte=moment,
        )

    def of_customer(self, customer_id: str) -> Self:
        return self.filter(customer_id=customer_id)


class Discount(Record):
    """One discount of one customer.

    number: the discount_id of the API.
    ratio: the share that is still paid, in ten thousandths (9000 is 0.9); for mode "ratio".
    fixed_price: the price a unit instead of the list's; for mode "fixed_price".
    amount_off: what is taken off once the covered list amount reaches `threshold`; for mode "amount_off".
    The scope: whatever is filled in must match; an empty scope covers everything.
    charge_mode "" means every mode; order_kinds [] means every kind; period_type and period_number bind a
    contract's item to one term ("1_YEARLY").
    """

    number = models.CharField(_("discount ID"), max_length=32, unique=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=3, choices=DiscountKind.choices)
    name = models.CharField(_("name"), max_length=128)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    grantor = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("contract")
    )
    state = StateField(DiscountState, default=DiscountState.GRANTED)
    mode = models.CharField(_("mode"), max_length=16, choices=DiscountMode.choices)
    ratio = models.PositiveIntegerField(_("ratio"), null=True, blank=True)
    currency = CurrencyField(_("currency"))
    fixed_price = UnitPriceField(_("fixed price"), null=True, blank=True)
    amount_off = MoneyField(_("amount off"), null=True, blank=True)
    threshold = MoneyField(_("from"), null=True, blank=True)

    service = models.ForeignKey(CloudService, models.PROTECT, null=True, blank=True, related_name="+")
    resource_type = models.ForeignKey(ResourceType, models.PROTECT, null=True, blank=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    family = models.CharField(max_length=64, blank=True)
    charge_mode = models.CharField(_("charging mode"), max_length=16, choices=ChargeMode.choices, blank=True)
    period_type = models.CharField(max_length=8, blank=True)
    period_number = models.PositiveSmallIntegerField(null=True, blank=True)
    order_kinds = models.JSONField(default=list)

    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = DiscountQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-pk"]
        indexes = [models.Index(fields=["customer", "state", "begins_at"], name="discounts_of_a_customer")]
        constraints = [
            models.CheckConstraint(
                name="a_discount_has_exactly_its_value",
                condition=Q(
                    mode="ratio", ratio__isnull=False, fixed_price__isnull=True, amount_off__isnull=True
                )
                | Q(
                    mode="fixed_price", ratio__isnull=True, fixed_price__isnull=False, amount_off__isnull=True
                )
                | Q(
                    mode="amount_off", ratio__isnull=True, fixed_price__isnull=True, amount_off__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="a_ratio_reduces", condition=Q(ratio__isnull=True) | Q(ratio__gt=0, ratio__lte=10_000)
            ),
            models.CheckConstraint(
                name="partner_discounts_name_their_partner",
                condition=Q(kind="605", grantor__isnull=True)
                | Q(kind__in=("606", "607"), grantor__isnull=False),
            ),
            models.CheckConstraint(
                name="discounts_end_after_they_begin",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("begins_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
