"""Plausible orders for tests and the sample world, built through the actions."""

from __future__ import annotations

from typing import Any

from partner_center.catalogue.models import Product
from partner_center.customers.makers import as_customer
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.orders import jobs
from partner_center.orders.actions import pay_order, place_order, renew_resource
from partner_center.orders.models import Order
from partner_center.orders.quoting import Wish
from partner_center.subscriptions.models import Resource
from partner_center.subscriptions.rules import Term

MAKER = Actor.system("orders.makers")


def wish_for(product: Product, **more: Any) -> Wish:
    """One month of a product, in its smallest size; `more` are other facts of a Wish."""
    return Wish(
        **{
            "cloud_service_type": product.service.code,
            "resource_type": product.resource_type.code,
            "resource_spec": product.spec,
            "region": product.region.code,
            "period_type": 2,
            "period_num": 1,
            "resource_size": product.least_size if product.is_linear else None,
            **more,
        }
    )


def make_order(
    customer: Customer, *products: Product, wishes: list[Wish] | None = None, **more: Any
) -> Order:
    """An order that awaits payment: a month of each product, or `wishes`. `more` goes to place_order."""
    return place_order(
        as_customer(customer),
        customer=customer,
        wishes=wishes if wishes is not None else [wish_for(product) for product in products],
        **more,
    )


def make_paid_order(customer: Customer, *products: Product, **more: Any) -> Order:
    """The same, paid with its best discount and delivered."""
    order = make_order(customer, *products, **({"best_offer": True} | more))
    pay_order(as_customer(customer), order=order)
    return delivered(order)


def renew(resource: Resource, *, unit: str = "month", number: int = 1, **more: Any) -> Order:
    """A renewal by the customer, paid and delivered."""
    actor = as_customer(resource.customer)
    order = renew_resource(actor, resource=resource, term=Term(unit, number), best_offer=True, **more)  # type: ignore[arg-type]
    pay_order(actor, order=order)
    return delivered(order)


def delivered(order: Order) -> Order:
    """The order after the platform has done what is due."""
    jobs.fulfil()
    return Order.objects.select_related("customer__account", "customer__partner").get(pk=order.pk)


def resource_of(order: Order) -> Resource:
    """The first resource that an order for something new has opened."""
    opened = Resource.objects.select_related("customer__account", "product", "main_resource")
    return opened.filter(order_number=order.number).order_by("pk")[0]
