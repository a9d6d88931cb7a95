"""Every identity that bills must satisfy (spec/api/flows.md §10), checked from outside over a whole month."""

from __future__ import annotations

from decimal import Decimal

from partner_center.billing.models import CustomerRating, FeeRecord, GroupSettlement
from partner_center.billing.models.fees import MEANS, RATED
from partner_center.billing.reading import Line, Scope, Statistic, lines_of
from partner_center.billing.reading.coverage import deductions_of
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.foundation.laws import LAWS
from partner_center.kernel.period import BillMonth
from partner_center.metering.models import PackageItem, PackageUse
from partner_center.metering.queries import left_of
from partner_center.orders.models import Order

HOUSE = Actor.system("journey")


def every_identity_holds(month: BillMonth) -> None:
    """Of each row of the month, of its sums, between lines, records and ledger, and every law of the installation."""
    for record in FeeRecord.objects.of_month(month):
        _record(record)
    for customer in Customer.objects.all():
        _lines_are_what_was_charged(customer, month)
    _partners_lines_are_their_customers(month)
    _packages(month)
    breaches = {name: found for name, law in LAWS.items() if (found := law.first_breaches())}
    assert not breaches, breaches


def lines(customer: Customer, month: BillMonth, statistic: Statistic = Statistic.DETAIL) -> list[Line]:
    found: list[Line] = []
    while True:
        page = lines_of(
            HOUSE, Scope((customer.pk,)), month, statistic=statistic, offset=len(found), limit=100
        )
        found += page.lines
        if len(found) >= page.total:
            return found


def _record(row: FeeRecord) -> None:
    """§10.1, §10.2, §10.13, §10.15."""
    assert row.official == row.discount + row.erase + row.consume, row
    assert row.consume.minor == sum(getattr(row, name).minor for name in MEANS), row
    if row.consume.minor < 0:
        amounts = ("official", "discount", *MEANS)
        assert all(getattr(row, name).minor <= 0 for name in amounts if name != "discount"), row
    if row.order_number:
        assert Order.objects.filter(number=row.trade_id, customer=row.customer).exists(), row


def _lines_are_what_was_charged(customer: Customer, month: BillMonth) -> None:
    """§10.3, §10.4, §10.12: each line by itself, and their sum against records, settlements and the rating."""
    told = lines(customer, month)
    for line in told:
        assert line.official - line.discount - line.cut_off == line.amount, line
        assert line.amount == sum(line.means.values(), Decimal(0)), line
    records = FeeRecord.objects.of_month(month).filter(customer=customer)
    charged = sum((row.consume.decimal for row in records), Decimal(0))
    usage = [line for line in told if line.is_usage]
    settled = GroupSettlement.objects.of_month(month).filter(customer=customer)
    assert sum((row.consume.decimal for row in settled), Decimal(0)) == sum(
        (row.consume.decimal for row in records.filter(bill_type__in=RATED)), Decimal(0)
    )
    if CustomerRating.objects.filter(customer=customer, month=str(month)).exists():
        rating = CustomerRating.objects.get(customer=customer, month=str(month))
        assert rating.rows >= len(usage)
        assert sum((line.amount for line in told), Decimal(0)) == charged, customer
    for statistic in (Statistic.DAY, Statistic.CYCLE):
        grouped = lines(customer, month, statistic)
        for name in ("official", "discount", "cut_off", "amount"):
            assert sum((getattr(one, name) for one in grouped), Decimal(0)) == sum(
                (getattr(one, name) for one in told), Decimal(0)
            ), (customer, statistic, name)


def _partners_lines_are_their_customers(month: BillMonth) -> None:
    """A partner's sum is over the lines of its customers while they were its own: no cent more or less."""
    rows = FeeRecord.objects.of_month(month)
    for partner_id in {row.partner_id for row in rows}:
        mine = [row for row in rows if row.partner_id == partner_id]
        told = sum(
            (
                line.amount
                for customer in Customer.objects.filter(pk__in={row.customer_id for row in mine})
                for line in lines(customer, month)
                if line.partner_id == partner_id
            ),
            Decimal(0),
        )
        assert told == sum((row.consume.decimal for row in mine), Decimal(0)), partner_id


def _packages(month: BillMonth) -> None:
    """What a package gave is what its deductions took; no item gave more than it had."""
    first, last = month.period.start, month.period.end
    for item in PackageItem.objects.select_related("package"):
        uses = PackageUse.objects.filter(item=item)
        if not item.per_hour:
            for cycle in {use.cycle for use in uses}:
                assert sum((use.quantity for use in uses if use.cycle == cycle), Decimal(0)) <= item.quantity
        days = (first.date(), last.date())
        page = deductions_of(item.package.customer_id, *days, item_ids=[item.pk], limit=10_000)
        for one in page.deductions:
            assert one.available - one.quantity == one.remaining >= 0
        taken = sum((one.quantity for one in page.deductions if _within(one.begins_at, month)), Decimal(0))
        assert taken == sum((use.quantity for use in uses if use.month == str(month)), Decimal(0)), item
    items = list(PackageItem.objects.select_related("package"))
    assert all(left.remaining >= 0 for left in left_of(items, last).values())


def _within(moment: object, month: BillMonth) -> bool:
    return BillMonth.of(moment) == month  # type: ignore[arg-type]
