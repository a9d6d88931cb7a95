"""Questions about customers that need more than a queryset."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from partner_center.customers import rules
from partner_center.customers.errors import ApplicantMayNotBuy, NotACustomerOfThePartner, NotAMember
from partner_center.customers.lifecycles import AuthorisationState
from partner_center.customers.models import (
    AssociationType,
    Authorisation,
    Customer,
    CustomerQuerySet,
    IdentityMapping,
    PermissionGroup,
)
from partner_center.customers.rules import payer_of
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Account, AccountKind, User
from partner_center.kernel.errors import DomainError
from partner_center.partners.models import PartnerState, ResellerRight
from partner_center.partners.queries import (
    holds_right,
    is_applying,
    members_of,
    partner_with_distributor,
    scope_of,
    spending_is_stopped,
)

__all__ = [
    "assigned_customers",
    "unassigned_customers",
    "account_name_is_free",
    "authorised_groups",
    "becomes_a_partner",
    "check_may_buy",
    "check_may_renew",
    "customer_for",
    "customers_assigned_to",
    "email_is_free",
    "is_authorised",
    "is_own_or_managed",
    "manager_for",
    "managers_visible_to",
    "own_customer",
    "payer_of",
    "platform_users_of",
    "remaining_registrations",
    "scope_of",
]

ACTING_STATES = (PartnerState.JOINED, PartnerState.RESTRICTED)


def customer_for(
    actor: Actor,
    customer_id: str,
    *,
    partner_id: str | None = None,
    refusal: type[DomainError] = NotACustomerOfThePartner,
) -> Customer:
    """The customer, if the actor may see it; otherwise `refusal`, which has the one fact `customer`.

    partner_id: only a customer of this partner (what `scope_of` answered).
    """
    rows = Customer.objects.visible_to(actor).select_related("account", "partner")
    if partner_id is not None:
        rows = rows.of_partner(partner_id)
    found = rows.filter(pk=customer_id).first()
    if found is None:
        raise refusal(customer=customer_id)
    return found


def is_authorised(customer_id: str, partner_id: str, group: PermissionGroup | None = None) -> bool:
    """Whether the partner may act for the customer now, in `group` of the letter (default: at all).

    True while the customer's consent is active, the customer is still the partner's in the resale model,
    the partner is neither frozen nor delisted, and, for a reseller, its distributor's grant stands.
    """
    groups = authorised_groups(customer_id, partner_id)
    return bool(groups) if group is None else group in groups


def authorised_groups(customer_id: str, partner_id: str) -> frozenset[str]:
    """The groups of the letter in which the partner may act for the customer now; empty when in none."""
    consent = (
        Authorisation.objects.filter(
            customer_id=customer_id,
            partner_id=partner_id,
            state=AuthorisationState.ACTIVE,
            customer__partner_id=partner_id,
            customer__association_type=AssociationType.RESALE,
            partner__state__in=ACTING_STATES,
        )
        .select_related("partner")
        .first()
    )
    if consent is None or not holds_right(consent.partner, ResellerRight.ACT_FOR_CUSTOMERS):
        return frozenset()
    return frozenset(consent.groups)


def check_may_buy(customer: Customer) -> None:
    """Raise the refusal that meets the customer when it places a new order: CustomerFrozen,
    PurchasesStopped, RealNameRequired where the installation asks for it before the first order, or
    ApplicantMayNotBuy."""
    if customer.partner_id is None and becomes_a_partner(customer):
        raise ApplicantMayNotBuy()
    _raise(
        rules.why_not_buy(
            customer,
            stopped=_is_stopped(customer),
            needs_real_name=settings.FIRST_ORDER_NEEDS_REAL_NAME,
        )
    )


def becomes_a_partner(customer: Customer) -> bool:
    """Whether the account behind this row is a partner's by now, or has applied to be (features A3 to A5)."""
    return customer.account.kind != AccountKind.CUSTOMER or is_applying(customer.pk)


def check_may_renew(customer: Customer) -> None:
    """Raise the refusal that meets the customer when it renews; authentication is always needed."""
    _raise(rules.why_not_renew(customer, stopped=_is_stopped(customer)))


def remaining_registrations(mobile: str, *, site: str = "cn", beside: Account | None = None) -> int:
    """How many more customer accounts the mobile number can register on the site.

    beside: an account of this transaction that is not counted.
    """
    used = Account.objects.filter(kind="customer", site=site, mobile=mobile)
    if beside is not None:
        used = used.exclude(pk=beside.pk)
    return max(0, int(settings.REGISTRATIONS_PER_MOBILE) - used.count())


def customers_assigned_to(account_id: str, user_id: int) -> frozenset[str]:
    """The customers of the partner that this account manager is in charge of, or the account managers whom
    this person supervises: its whole data scope.

    The door asks for it through settings.CUSTOMERS_ASSIGNED_TO.
    """
    in_charge = Q(account_manager_id=user_id) | Q(account_manager__supervisor_id=user_id)
    rows = Customer.objects.of_partner(account_id).filter(in_charge)
    return frozenset(rows.values_list("pk", flat=True))


def email_is_free(email: str, *, site: str, beside: Account | None = None) -> bool:
    """Whether no account of the site has registered with this e-mail address."""
    used = Account.objects.filter(site=site, email__iexact=email)
    return not (used.exclude(pk=beside.pk) if beside is not None else used).exists()


def account_name_is_free(name: str) -> bool:
    """Whether no account has this name; names that differ only by case are the same."""
    return not Account.objects.filter(name__iexact=name).exists()


def platform_users_of(actor: Actor, customer_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By customer, the platform and user id (xaccount_type, xaccount_id) that the actor may see; the latest."""
    rows = IdentityMapping.objects.visible_to(actor).filter(customer_id__in=customer_ids).order_by("pk")
    return {
        customer_id: (platform, user)
        for customer_id, platform, user in rows.values_list("customer_id", "xaccount_type", "xaccount_id")
    }


def managers_visible_to(actor: Actor) -> QuerySet[User]:
    """The people of the partner that is asking, with `customer_count`, the customers each is in charge of."""
    assigned = Customer.objects.filter(account_manager=OuterRef("pk")).order_by().values("account_manager")
    counted = Subquery(assigned.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return members_of(actor).annotate(customer_count=Coalesce(counted, 0))


def assigned_customers(actor: Actor) -> CustomerQuerySet:
    """The asking partner's own customers that have an account manager."""
    return _own(actor).filter(account_manager__isnull=False)


def unassigned_customers(actor: Actor) -> CustomerQuerySet:
    """The asking partner's own customers that have none: only they can be assigned (features G1)."""
    return _own(actor).filter(account_manager__isnull=True)


def manager_for(actor: Actor, pk: int) -> User:
    """One of them. Raises NotAMember."""
    found = managers_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotAMember(user=str(pk))
    return found


def own_customer(actor: Actor) -> Customer:
    """The customer that is asking, with its partner. Raises NotACustomerOfThePartner for anybody else."""
    return customer_for(actor, actor.account_id if actor.kind == "customer" else "")


def is_own_or_managed(actor: Actor, customer: Customer, right: ResellerRight) -> bool:
    """Whether a partner handles what `right` covers for this customer.

    The customer's partner does; where that is a reseller, only under its distributor's grant, and without
    the grant the distributor does.
    """
    if actor.kind != "partner" or customer.partner_id is None or not actor.sees_customer(customer.pk):
        return False
    partner = partner_with_distributor(customer.partner_id)
    if partner.pk == actor.account_id:
        return holds_right(partner, right)
    return partner.distributor_id == actor.account_id and not holds_right(partner, right)


def _own(actor: Actor) -> CustomerQuerySet:
    if actor.kind != "partner":
        return Customer.objects.none()
    return Customer.objects.visible_to(actor).of_partner(actor.account_id)


def _is_stopped(customer: Customer) -> bool:
    return bool(customer.is_resale and customer.partner_id and spending_is_stopped(customer.partner_id))


def _raise(refusal: DomainError | None) -> None:
    if refusal is not None:
        raise refusal
