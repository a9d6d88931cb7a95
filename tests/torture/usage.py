"""The month that is besieged: who uses what, how the usage is delivered, billed and posted, and what is left of it.

Three customers, a tied one with plenty of money, one with a package, one whose money does not suffice; servers and a
disk that report every hour of January 2024, in a few files with some wrong records. In a stage the clock stands still.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings

from partner_center.billing.errors import RunBusy, RunInProgress, RunMovedOn
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.metering.errors import IntakeBusy
from partner_center.subscriptions.tests.living import beijing

OPERATOR = Actor.system("tests.torture")
MONTH = "2024-01"
OPENED = beijing("2024-01-01 00:30")
FILES, DAYS = 6, 31
REFUSALS = (RunBusy, RunInProgress, RunMovedOn, IntakeBusy)
"""What a second process at the same work may be told."""


def found(deliveries: Path) -> None:
    """Customers, resources, money and prices; and the files of their usage."""
    from partner_center.catalogue.makers import make_product
    from partner_center.customers.makers import make_customer
    from partner_center.customers.models import AssociationType
    from partner_center.funds.makers import make_money
    from partner_center.metering.makers import make_package, make_package_product
    from partner_center.partners.makers import make_solution_provider
    from partner_center.subscriptions.makers import make_on_demand

    with clock.at(OPENED):
        server = make_product(begins_at=OPENED, hour="0.2345678")
        disk = make_product(
            "GPSSD",
            hour="0.0013579",
            measure=17,
            sizes=(10, 1000, 10),
            service="hws.service.type.ebs",
            resource_type="hws.resource.type.volume",
            begins_at=OPENED,
        )
        rich = make_customer(make_solution_provider(), association_type=AssociationType.REFERRAL)
        packed, poor = make_customer(), make_customer()
        for one, amount in ((rich, "10000.00"), (packed, "500.00"), (poor, "77.77")):
            make_money(one, amount)
        hours = make_package_product(server, begins_at=OPENED, quantities=("300", "55"))
        make_package(packed, hours, begins_at=OPENED)
        resources = [
            make_on_demand(customer, product, size=size, name=f"{product.spec}-{number}")
            for customer in (rich, packed, poor)
            for number, (product, size) in enumerate(((server, None), (server, None), (disk, 40)))
        ]
    _deliver(deliveries, resources)


def _deliver(deliveries: Path, resources: list[Any]) -> None:
    """The month's hours over several files, each with a wrong record and one that an earlier file has brought."""
    from partner_center.metering.intake.records import FIELDS
    from partner_center.metering.tests.living import usage_of

    deliveries.mkdir(parents=True)
    begin = beijing("2024-01-01 01:00")
    hours = [begin + timedelta(hours=hour) for hour in range(DAYS * 24 - 1)]
    size = -(-len(hours) // FILES)
    for number in range(FILES):
        rows = [
            usage_of(resource, _text(hour), _text(hour + timedelta(hours=1)), value="1")
            for hour in hours[number * size : (number + 1) * size]
            for resource in resources
        ]
        first = resources[0]
        rows.append(usage_of(first, _text(hours[0]), _text(hours[1]), value="1"))
        rows.append(usage_of(first, _text(hours[0]), _text(hours[1]), usage_type="mistyped"))
        with (deliveries / f"usage-{number}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


def bring(deliveries: Path) -> None:
    """Import every file, as `usage import FOLDER` does."""
    from partner_center.metering.intake.files import delivery_of_file
    from partner_center.metering.intake.receiving import receive

    with clock.at(beijing("2024-02-01 00:20")):
        for path in sorted(deliveries.glob("*.csv")):
            receive(OPERATOR, delivery_of_file(path))


def rate(deliveries: Path) -> None:
    """The month's run, from wherever it stands up to its checks."""
    from partner_center.billing.models import BillRun
    from partner_center.billing.runs.actions import open_run
    from partner_center.billing.runs.working import carry_on

    with clock.at(beijing("2024-02-03 02:00")):
        run = BillRun.objects.filter(month=MONTH).first() or open_run(OPERATOR, month=MONTH)
        carry_on(OPERATOR, run)


def post(deliveries: Path) -> None:
    """The run is posted, a customer a transaction, so that there is something to be killed between."""
    from partner_center.billing.actions import post_rating
    from partner_center.billing.models import BillRun, BillRunState
    from partner_center.billing.runs import working
    from partner_center.billing.runs.actions import post_run
    from partner_center.billing.runs.working import carry_on

    one_by_one = partial(post_rating, chunk=1)
    with clock.at(beijing("2024-02-03 10:00")), patch.object(working, "post_rating", one_by_one):
        run = BillRun.objects.get(month=MONTH)
        if run.state is BillRunState.CHECKED:
            post_run(OPERATOR, run=run)
        carry_on(OPERATOR, run)


def learn_the_rating() -> None:
    """Compile here, once, what a rating of this month compiles: so kills meet work, and not a program that starts."""
    from partner_center.rating import features, inputs
    from partner_center.rating.script import script

    (snapshot,) = Path(settings.PARTNER_CENTER_STORE).glob(f"runs/{MONTH}/*/in")
    script(features.found_in(inputs.find(snapshot)), "duckdb")


WORK: dict[str, Callable[[Path], None]] = {"import": bring, "run": rate, "post": post}


def told() -> dict[str, list[Any]]:
    """Everything that the month has left, without the numbers that a database gives its rows."""
    from partner_center.foundation.laws import LAWS
    from partner_center.metering.intake.sweeping import sweep
    from partner_center.metering.tests.living import counted

    with clock.at(beijing("2024-02-10 00:00")):
        sweep(OPERATOR)
    batches = _batches()
    return {
        "usage": sorted([batches[row.pop("batch")], *map(str, row.values())] for row in counted()),
        **_tables(batches),
        **_ledger(),
        **_rated(batches),
        "stray files": _stray_files(),
        "laws": [f"{law.name}: {breach}" for law in LAWS.values() for breach in law.first_breaches()],
    }


def shortcomings(month: dict[str, list[Any]]) -> list[str]:
    """What an undisturbed month must have to be worth a siege: something of everything, and nothing broken."""
    from partner_center.billing.models import BillRunState

    found = [*month["laws"], *month["stray files"]]
    if {row["state"] for row in month["runs"]} != {str(BillRunState.POSTED)}:
        found.append(f"its run is not posted: {month['runs']}")
    if len(month["quarantine"]) != 2 * FILES:
        found.append(f"{len(month['quarantine'])} records in quarantine")
    if len(month["rated lines"]) != len(month["usage"]) or month["rated unrated"]:
        found.append(f"{len(month['usage'])} records, {len(month['rated lines'])} lines")
    if not month["rated coverage"] or not month["packages"]:
        found.append("no package was used")
    for name in ("cash", "debt"):
        if all(fee[name] == "0" for fee in month["fees"]):
            found.append(f"no fee was paid by {name}")
    return found


def _batches() -> dict[int, str]:
    from partner_center.metering.models import UsageBatch

    return dict(UsageBatch.objects.values_list("pk", "batch_id"))


def _tables(batches: dict[int, str]) -> dict[str, list[Any]]:
    from partner_center.billing.models import (
        BillRun,
        ChargedMonth,
        CustomerRating,
        FeeRecord,
        GroupSettlement,
        ParkedCustomer,
    )
    from partner_center.foundation.models import OutboxMessage, TrailEntry
    from partner_center.ledger.models import Entry
    from partner_center.metering.models import MeteredTime, PackageUse, QuarantinedRecord, UsageBatch

    entries = dict(Entry.objects.values_list("pk", "reference"))
    fees = _rows(FeeRecord, without={"id", "uuid", "rating_id", "entry_id"})
    for fee, entry in zip(
        fees, FeeRecord.objects.order_by("pk").values_list("entry_id", flat=True), strict=True
    ):
        fee["entry"] = entries.get(entry)
    return {
        "batches": _rows(UsageBatch),
        "quarantine": [
            {**row, "batch_id": batches[int(row["batch_id"])]} for row in _rows(QuarantinedRecord)
        ],
        "metered": _rows(MeteredTime, without={"id", "turn"}),
        "packages": _rows(PackageUse, without={"id", "run_id", "rating_id"}),
        "runs": _rows(BillRun, without={"id", "created_at", "manifest", "progress"}),
        "parked": _rows(ParkedCustomer),
        "ratings": _rows(CustomerRating, without={"id", "rating_id", "file_id"}),
        "charged": _rows(ChargedMonth, without={"id", "rating_id"}),
        "fees": fees,
        "groups": _rows(GroupSettlement),
        "trail": [
            list(row)
            for row in TrailEntry.objects.values_list("verb", "subject_type", "about_id", "happened_at")
        ],
        "outbox": [list(row) for row in OutboxMessage.objects.values_list("template", "about_id")],
    }


def _ledger() -> dict[str, list[Any]]:
    from partner_center.ledger.models import Account, Entry, Transfer

    moved = Transfer.objects.values_list(
        "entry__reference", "position", "source__address", "target__address", "amount_minor", "currency"
    )
    return {
        "accounts": [
            list(row) for row in Account.objects.values_list("address", "currency", "balance_minor")
        ],
        "entries": [list(row) for row in Entry.objects.values_list("reference", "kind", "about", "memo")],
        "transfers": [list(row) for row in moved],
    }


def _rated(batches: dict[int, str]) -> dict[str, list[Any]]:
    """What the run's files say, row by row."""
    import pyarrow.parquet as pq

    from partner_center.billing.models import BillRun
    from partner_center.billing.runs.folders import RunFolder

    run = BillRun.objects.filter(month=MONTH).first()
    if run is None:
        return {}
    out = RunFolder(run.folder).outgoing
    found = {}
    for table in ("lines", "groups", "coverage", "unrated", "customer_totals"):
        place = out / table if (out / table).is_dir() else out / f"{table}.parquet"
        rows = pq.read_table(place).to_pylist()
        found[f"rated {table}"] = [
            [batches.get(value, value) if name == "batch" else value for name, value in row.items()]
            for row in rows
        ]
    return found


def _stray_files() -> list[str]:
    """Files that count and are missing, and files of usage or lines that lie there and do not count."""
    from partner_center.billing.models import RatedFile
    from partner_center.metering.models import UsageFile
    from partner_center.metering.store import Store

    store = Store.configured()
    counting = {
        *UsageFile.objects.values_list("path", flat=True),
        *RatedFile.objects.values_list("path", flat=True),
    }
    folder = Path(store.location)
    lying = {
        path.relative_to(folder).as_posix()
        for pattern in ("usage/**/*", "runs/**/lines/*", "**/.*")
        for path in folder.glob(pattern)
        if path.is_file()
    }
    return [f"missing: {path}" for path in sorted(counting - lying)] + [
        f"left over: {path}" for path in sorted(lying - counting)
    ]


def _rows(model: Any, *, without: set[str] = frozenset({"id"})) -> list[dict[str, Any]]:
    """A model's rows by column, in the order of their making."""
    names = [one.attname for one in model._meta.concrete_fields if one.attname not in without]
    return [
        {name: str(value) for name, value in zip(names, row, strict=True)}
        for row in model.objects.order_by("pk").values_list(*names)
    ]


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
