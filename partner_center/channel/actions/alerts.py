"""Alerts: found every day, handled by whoever is in charge of the customer, told to whom it may concern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from partner_center.channel.errors.alerts import NotItsOwner, ResultDoesNotFit, ThresholdOutOfRange
from partner_center.channel.models.alerts import (
    SEES_ALL,
    AlertResult,
    AlertSetting,
    AlertState,
    AlertSubscription,
    CustomerAlert,
    Scene,
)
from partner_center.channel.queries.alerts import Finding, findings
from partner_center.channel.rules.alerts import results_of
from partner_center.customers.models import Customer
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.errors import WrongState
from partner_center.foundation.outbox import send
from partner_center.foundation.permissions import permission
from partner_center.foundation.steps import advance
from partner_center.identity.door import actor_of
from partner_center.identity.models import User
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.partners.errors import NotAPartner
from partner_center.partners.models import Partner

LARGEST_THRESHOLD = 100_000_000
"""In whole currency units."""

permission("customers.view_alerts", _("View customer alerts"))
permission(SEES_ALL, _("View the alerts of all customers"))


@action("channel.find_alerts", label=_("Look for customer alerts"))
def find_alerts(actor: Actor, *, customer_ids: Sequence[str]) -> dict[str, int]:
    """Bring the alerts of these customers up to date: new causes are found, causes that are gone are over.

    A repeat finds nothing new: each cause stands once, handled or not, until it is gone.
    """
    # The customers are locked in order, so that a cause is not written for a partner that has just lost one of them.
    list(
        Customer.objects.select_for_update(no_key=True)
        .filter(pk__in=customer_ids)
        .order_by("pk")
        .values("pk")
    )
    found = {_identity(one): one for one in findings(customer_ids)}
    standing = {
        (one.customer_id, one.partner_id, one.category, one.key): one
        for one in CustomerAlert.objects.standing().filter(customer_id__in=customer_ids)
    }
    over = [alert for identity, alert in standing.items() if identity not in found]
    for alert in over:
        _end(actor, alert)
    fresh = [one for identity, one in found.items() if identity not in standing]
    CustomerAlert.objects.bulk_create([_alert(one) for one in fresh], ignore_conflicts=True)
    for identity, alert in standing.items():
        if identity in found and alert.facts != found[identity].facts:
            open_still = CustomerAlert.objects.filter(pk=alert.pk, state=AlertState.OPEN)
            open_still.update(facts=found[identity].facts)
    return {"found": len(fresh), "over": len(over)}


@action("channel.lapse_alert", takes=AlertState.lapse)
def lapse_alert(actor: Actor, *, alert: CustomerAlert) -> None:
    """Its cause is gone before anybody handled it."""
    advance(actor, alert, AlertState.lapse, over_at=clock.now())


@action("channel.handle_alert", takes=AlertState.handle)
def handle_alert(actor: Actor, *, alert: CustomerAlert, result: str, note: str = "") -> None:
    """Say what became of it. Its one owner does: the customer's account manager, without one the administrator.

    Raises NotItsOwner, ResultDoesNotFit (a customer is lost or not lost; other causes are solved or need nothing),
    WrongState when it has been handled, or its cause is gone.
    """
    _require_owner(actor, alert)
    if result not in results_of(alert.scene):
        raise ResultDoesNotFit(result=str(dict(AlertResult.choices).get(result, result)))
    advance(
        actor,
        alert,
        AlertState.handle,
        result=AlertResult(result),
        note=note[:256],
        handled_by_id=actor.user_id,
        handled_at=clock.now(),
    )


@action("channel.set_alert_thresholds", label=_("Set alert thresholds"))
def set_alert_thresholds(actor: Actor, *, low_balance: Money, churn_percent: int) -> AlertSetting:
    """From when on the acting partner is alerted of its customers. Raises NotAPartner, ThresholdOutOfRange."""
    if actor.kind != "partner":
        raise NotAPartner()
    largest = Money.of(LARGEST_THRESHOLD, low_balance.currency)
    if not Money.zero(low_balance.currency) <= low_balance <= largest:
        raise ThresholdOutOfRange(maximum=str(largest))
    if not 1 <= churn_percent <= 100:
        raise ThresholdOutOfRange(maximum="100")
    setting, _is_new = AlertSetting.objects.update_or_create(
        partner_id=actor.account_id,
        defaults={
            "currency": low_balance.currency,
            "low_balance": low_balance,
            "churn_percent": churn_percent,
        },
    )
    partner = Partner.objects.get(pk=actor.account_id)
    record(
        actor,
        "channel.set_alert_thresholds",
        partner,
        about=partner.pk,
        balance=str(low_balance),
        percent=churn_percent,
    )
    return setting


@action("channel.subscribe_to_alerts", permission="customers.view_alerts", label=_("Subscribe to alerts"))
def subscribe_to_alerts(actor: Actor, *, by_mail: Iterable[str], by_sms: Iterable[str]) -> None:
    """From now on the acting user is told once a day of new alerts of these scenes, in these ways; of no others."""
    mails, texts = {Scene(one) for one in by_mail}, {Scene(one) for one in by_sms}
    user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
    AlertSubscription.objects.filter(user=user).delete()
    AlertSubscription.objects.bulk_create(
        AlertSubscription(user=user, scene=scene, by_mail=scene in mails, by_sms=scene in texts)
        for scene in Scene
        if scene in mails | texts
    )
    record(
        actor,
        "channel.subscribe_to_alerts",
        user,
        about=actor.account_id,
        mail=sorted(str(one) for one in mails),
        sms=sorted(str(one) for one in texts),
    )


@action("channel.tell_of_alerts", label=_("Tell subscribers of new alerts"))
def tell_of_alerts(actor: Actor, *, user: User, since: datetime) -> int:
    """Tell one subscriber how many alerts it may see were found since then. How many those are."""
    reader = actor_of(user)
    if not reader.may("customers.view_alerts"):
        return 0
    wanted = list(AlertSubscription.objects.filter(user=user))
    rows = CustomerAlert.objects.visible_to(reader).open()
    rows = rows.filter(partner_id=user.account_id, created_at__gte=since)
    told = 0
    for channel, address, scenes in (
        ("mail", user.email, [one.scene for one in wanted if one.by_mail]),
        ("sms", user.mobile, [one.scene for one in wanted if one.by_sms]),
    ):
        count = rows.filter(scene__in=scenes).count() if address and scenes else 0
        if not count:
            continue
        with translation.override(user.language):
            named = ", ".join(str(Scene(one).label) for one in scenes)
        send(
            channel=channel,  # type: ignore[arg-type]
            to=address,
            template="channel.alerts_found",
            language=user.language,
            about=user.account_id,
            count=count,
            scenes=named,
        )
        told = max(told, count)
    return told


def _identity(one: Finding) -> tuple[str, str, str, str]:
    return one.customer_id, one.partner_id, one.category, one.key


def _alert(one: Finding) -> CustomerAlert:
    return CustomerAlert(
        customer_id=one.customer_id,
        partner_id=one.partner_id,
        scene=one.scene,
        category=one.category,
        key=one.key,
        facts=one.facts,
    )


def _end(actor: Actor, alert: CustomerAlert) -> None:
    if alert.state is AlertState.OPEN:
        try:
            lapse_alert(actor, alert=alert)
        except WrongState:
            alert.state = AlertState.HANDLED  # somebody has just handled it
    if alert.state is not AlertState.LAPSED:
        CustomerAlert.objects.filter(pk=alert.pk, over_at__isnull=True).update(over_at=clock.now())


def _require_owner(actor: Actor, alert: CustomerAlert) -> None:
    customer = Customer.objects.only("account_manager_id", "partner_id").get(pk=alert.customer_id)
    own = actor.kind == "partner" and alert.partner_id == actor.account_id == customer.partner_id
    if customer.account_manager_id is None:
        in_charge = actor.may("*")
    else:
        in_charge = customer.account_manager_id == actor.user_id
    if not (own and in_charge):
        raise NotItsOwner()
