"""Alerts and budgets: a partner abroad whose customers use up their budgets, and account managers at their alerts.

At the end one customer has used nine tenths of its budget, one has used it up and is frozen for it, one is frozen with
its resources by its partner, and a renewal ordered for a customer waits for its word. Account managers have handled
alerts of their customers; others wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from partner_center.channel.actions.alerts import handle_alert, set_alert_thresholds, subscribe_to_alerts
from partner_center.channel.actions.alerts_balances import set_balance_alert
from partner_center.channel.models.alerts import CustomerAlert
from partner_center.channel.rules.alerts import results_of
from partner_center.customers.actions import freeze_customer_with_resources, set_budget, set_label
from partner_center.customers.makers import People, as_customer, make_customer
from partner_center.customers.models import BudgetType, Customer, WhenUsedUp
from partner_center.funds.makers import make_credit
from partner_center.identity.door import actor_of
from partner_center.identity.models import User
from partner_center.kernel.money import Money
from partner_center.orders.actions import pay_order, place_order, renew_resource
from partner_center.orders.quoting import quote
from partner_center.partners.makers import as_partner, make_account_manager, make_solution_provider
from partner_center.partners.models import Partner, Settlement
from partner_center.project.sample_world.deeds import server
from partner_center.subscriptions.models import Resource
from partner_center.subscriptions.rules import Term

Deeds = Iterator[tuple[datetime, Callable[[], object]]]

SERVER = [server("s6.large.2.linux", months=1, name="kitchen", region="ap-southeast-1")]
"""What each of the customers buys."""


def deeds(people: People, end: datetime) -> Deeds:
    """Everything here lies within the last forty days."""
    scene = Scene(people)
    for days, deed in (
        (39.5, scene.a_partner_comes),
        (39, scene.its_customers_come),
        (30, scene.people_want_to_be_told),
        (6.2, scene.budgets_are_set),
        (6, scene.customers_buy),
        (3, scene.one_is_frozen),
        (1.2, scene.a_renewal_is_ordered),
        (0.5, scene.managers_handle_alerts),
    ):
        yield end - timedelta(days=days), deed


class Scene:
    """The deeds, and whom they are about."""

    partner: Partner
    manager: User

    def __init__(self, people: People) -> None:
        self.people = people
        self.customers: dict[str, Customer] = {}

    def a_partner_comes(self) -> None:
        self.partner = make_solution_provider(
            "quayside-cloud",
            company="Quayside Cloud Ltd",
            site="intl",
            email="contact@quayside.example",
            settlement=Settlement.POSTPAID,
        )
        make_credit(self.partner, "5000.00")
        self.manager = make_account_manager(self.partner, "quayside-sales-1", name="Quayside Sales One")

    def its_customers_come(self) -> None:
        for name, company, country in (
            ("copper-kettle", "Copper Kettle Foods", "SG"),
            ("tin-roof-studio", "Tin Roof Studio", "TH"),
            ("slow-river-press", "Slow River Press", "MY"),
        ):
            self.customers[name] = make_customer(
                self.partner,
                name=name,
                company=company,
                country=country,
                email=f"it@{name}.example",
                authorised=True,
                manager=self.manager,
            )
            set_label(as_partner(self.partner), customer=self.customers[name], label="Small business")

    def people_want_to_be_told(self) -> None:
        provider = self.people.solution_provider
        set_alert_thresholds(as_partner(provider), low_balance=Money.of("500", "CNY"), churn_percent=40)
        set_balance_alert(
            as_partner(provider),
            account=provider.account,
            threshold=Money.of("10000", "CNY"),
            receivers=["finance@qiming.example"],
        )
        for manager in self.people.managers[:2]:
            subscribe_to_alerts(actor_of(manager), by_mail=["arrears", "expiring", "churn"], by_sms=[])

    def budgets_are_set(self) -> None:
        """By what a server costs at list price: nine tenths of one budget, the whole of another."""
        price = quote(SERVER, customer_id=self.customers["copper-kettle"].pk).official
        for name, amount, when_used_up in (
            ("copper-kettle", price.share(100, 92), WhenUsedUp.MANUAL),
            ("tin-roof-studio", price, WhenUsedUp.FREEZE),
            ("slow-river-press", Money.of("2000", "USD"), WhenUsedUp.MANUAL),
        ):
            set_budget(
                as_partner(self.partner),
                customer=self._customer(name),
                amount=amount,
                budget_type=BudgetType.PACKAGE,
                when_used_up=when_used_up,
                lift_freeze=True,
            )

    def customers_buy(self) -> None:
        for name in self.customers:
            customer = self._customer(name)
            order = place_order(as_customer(customer), customer=customer, wishes=SERVER, best_offer=True)
            pay_order(as_customer(customer), order=order)

    def one_is_frozen(self) -> None:
        freeze_customer_with_resources(
            as_partner(self.partner),
            customer=self._customer("slow-river-press"),
            reason="Three invoices are not paid",
        )

    def a_renewal_is_ordered(self) -> None:
        resource = Resource.objects.main().filter(customer=self.customers["copper-kettle"]).first()
        assert resource is not None, "it has been delivered"
        renew_resource(as_partner(self.partner), resource=resource, term=Term("month", 1))

    def managers_handle_alerts(self) -> None:
        """Each that has something to handle handles the oldest."""
        for manager in (*self.people.managers, self.manager):
            actor = actor_of(User.objects.select_related("account").get(pk=manager.pk))
            alert = CustomerAlert.objects.to_handle_by(actor).order_by("created_at", "pk").first()
            if alert is not None:
                note = "已联系客户" if manager.account.site == "cn" else "Called them; all is well"
                handle_alert(actor, alert=alert, result=results_of(alert.scene)[0], note=note)

    def _customer(self, name: str) -> Customer:
        return Customer.objects.select_related("account", "partner__account").get(pk=self.customers[name].pk)
