"""What shall happen at expiry: the policy of a resource, its automatic renewal, and the account's own settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.kernel import clock
from partner_center.subscriptions import rules
from partner_center.subscriptions.actions.schedule import reschedule
from partner_center.subscriptions.errors import (
    AutoRenewalNotSet,
    ExpiredOrFrozen,
    NotMainResource,
    NotSoldPayPerUse,
    OffShelf,
    ResourceClosed,
    SettingRefused,
)
from partner_center.subscriptions.models import (
    AutoRenewal,
    ExpirePolicy,
    RenewalSetting,
    Resource,
    ResourceState,
)
from partner_center.subscriptions.queries import is_sold_for_renewal, is_sold_pay_per_use


@action("subscriptions.set_auto_renewal", label=_("Renew automatically"))
def set_auto_renewal(
    actor: Actor, *, resource: Resource, times: int | None = None, unit: str | None = None
) -> AutoRenewal:
    """Let a main resource and its children renew themselves, `times` times (0: without limit).

    A value that is not given stays as it was, or at first becomes "without limit" and the unit of the last term.
    Setting `times` counts from now. Raises ExpiredOrFrozen, OffShelf, NotMainResource.
    """
    resource = _open_main(resource)
    if resource.state is not ResourceState.IN_USE or resource.is_frozen:
        raise ExpiredOrFrozen(resource_id=resource.resource_id, state=resource.face.label)
    renewal = AutoRenewal.objects.select_for_update().filter(resource=resource).first()
    if renewal is None:
        renewal = AutoRenewal(resource=resource, unit=resource.term.auto_renewed_by.unit)
    if unit is not None:
        renewal.unit = unit
    if times is not None:
        renewal.times, renewal.done = times, 0
    if not is_sold_for_renewal(resource, renewal.unit):
        raise OffShelf(resource_id=resource.resource_id)
    renewal.failure = ""
    renewal.save()
    _set_policy(resource, ExpirePolicy.AUTO_RENEW)
    record(
        actor,
        "resource.set_auto_renewal",
        resource,
        about=resource.customer_id,
        times=renewal.times,
        unit=renewal.unit,
    )
    return renewal


@action("subscriptions.cancel_auto_renewal", label=_("Stop automatic renewal"))
def cancel_auto_renewal(actor: Actor, *, resource: Resource) -> None:
    """Back to the grace period at expiry. Raises AutoRenewalNotSet when it does not renew itself."""
    resource = _open_main(resource)
    if not resource.renews_itself:
        raise AutoRenewalNotSet(resource_id=resource.resource_id)
    AutoRenewal.objects.filter(resource=resource).delete()
    _set_policy(resource, ExpirePolicy.GRACE)
    record(actor, "resource.cancel_auto_renewal", resource, about=resource.customer_id)


@action("subscriptions.set_expiry_policy", label=_("Set what happens at expiry"))
def set_expiry_policy(actor: Actor, *, resource: Resource, policy: ExpirePolicy) -> None:
    """Choose what happens to a main resource and its children at expiry; automatic renewal has its own action.

    Raises ResourceClosed, NotMainResource, ExpiredOrFrozen, and NotSoldPayPerUse for a product without such a price.
    """
    if policy == ExpirePolicy.AUTO_RENEW:
        set_auto_renewal(actor, resource=resource)
        return
    resource = _open_main(resource)
    if resource.state is not ResourceState.IN_USE:
        raise ExpiredOrFrozen(resource_id=resource.resource_id, state=resource.face.label)
    if policy == ExpirePolicy.TO_ON_DEMAND and not is_sold_pay_per_use(resource):
        raise NotSoldPayPerUse(spec=resource.resource_spec)
    AutoRenewal.objects.filter(resource=resource).delete()
    _set_policy(resource, policy)
    record(actor, "resource.set_expiry_policy", resource, about=resource.customer_id, policy=int(policy))


@action("subscriptions.set_renewal_setting", label=_("Change renewal settings"))
def set_renewal_setting(
    actor: Actor, *, customer: Customer, deduction_days: int | None = None, unified_day: int | None = None
) -> RenewalSetting:
    """Set how many days before expiry renewal is first tried (2 to 7), or the unified expiry day (1 to 28, -1: last).

    What is not given stays. Raises SettingRefused.
    """
    if deduction_days is not None and deduction_days not in rules.DEDUCTION_DAYS:
        raise SettingRefused(name="DEDUCTION_DATE", value=deduction_days, allowed="2–7")
    if unified_day is not None and unified_day != rules.MONTH_END and not 1 <= unified_day <= 28:
        raise SettingRefused(name="EXPIRE_DATE", value=unified_day, allowed="1–28, -1")
    setting, _is_new = RenewalSetting.objects.select_for_update().get_or_create(customer=customer)
    if deduction_days is not None:
        setting.deduction_days = deduction_days
    if unified_day is not None:
        setting.unified_day = unified_day
    setting.save()
    record(
        actor,
        "renewal_setting.set",
        setting,
        about=customer.pk,
        deduction_days=setting.deduction_days,
        unified_day=setting.unified_day,
    )
    return setting


@action("subscriptions.clear_unified_day", permission="subscriptions.set_renewal_setting")
def clear_unified_day(actor: Actor, *, customer: Customer) -> RenewalSetting:
    """Let each resource keep its own day of expiry again."""
    setting, _is_new = RenewalSetting.objects.select_for_update().get_or_create(customer=customer)
    setting.unified_day = None
    setting.save()
    record(actor, "renewal_setting.set", setting, about=customer.pk, unified_day=None)
    return setting


@action("subscriptions.record_renewal_attempt", label=_("Record an attempt at automatic renewal"))
def record_renewal_attempt(actor: Actor, *, resource: Resource, failure: str = "") -> None:
    """Remember that automatic renewal was tried now, so that it is tried once a day, and why it failed."""
    AutoRenewal.objects.filter(resource=resource).update(attempted_at=clock.now(), failure=failure[:255])
    record(actor, "resource.renewal_attempt", resource, about=resource.customer_id, failure=failure[:255])


def _open_main(resource: Resource) -> Resource:
    row = (
        Resource.objects.select_for_update(of=("self",))
        .select_related("product", "customer")
        .get(pk=resource.pk)
    )
    if row.main_resource is not None:
        raise NotMainResource(resource_id=row.resource_id, main_resource_id=row.main_resource.resource_id)
    if row.state is ResourceState.CLOSED:
        raise ResourceClosed(resource_id=row.resource_id)
    return row


def _set_policy(resource: Resource, policy: ExpirePolicy) -> None:
    now = clock.now()
    resource.expire_policy = policy
    Resource.objects.filter(pk=resource.pk).update(expire_policy=policy, updated_at=now)
    Resource.objects.filter(main_resource=resource).open().update(expire_policy=policy, updated_at=now)
    reschedule(resource)
