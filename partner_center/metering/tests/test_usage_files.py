"""Usage from files: every format says the same, what cannot be read is refused whole, real bills are rated right."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

from partner_center.catalogue.models import PriceRow
from partner_center.customers.makers import make_customer
from partner_center.metering.errors import StoreUnavailable, UsageFileUnreadable
from partner_center.metering.intake.adapters import Meanings, delivery_of, usage_files_in
from partner_center.metering.intake.focus_check import check_focus
from partner_center.metering.intake.receiving import receive
from partner_center.metering.models import MeteredTime, PendingFile, QuarantinedRecord, UsageBatch
from partner_center.metering.store import Store
from partner_center.metering.tests.living import OPERATOR, counted, usage_of
from partner_center.partners.makers import make_solution_provider
from partner_center.project.cli import main
from partner_center.subscriptions.models import OnDemandResource

BILLS = Path(__file__).parent / "focus_lines.csv"
"""Lines of the FOCUS Sample Data of the FinOps Foundation, licensed CC BY 4.0; columns that are not read left out."""


@pytest.fixture
def records(vm, volume, later):
    return [
        usage_of(vm, "2024-01-02T00:00:00Z", "2024-01-02T01:00:00Z", value="0.123456789012"),
        usage_of(vm, "2024-01-02T01:00:00+00:00", "2024-01-02T10:00:00+08:00", value="2"),
        usage_of(volume, "2024-02-02T00:00:00Z", "2024-02-02T01:00:00Z", value="-3"),
    ]


def write_csv(path, rows):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_ndjson(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_parquet(path, rows):
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("begin_time", "end_time"):
        moments = [datetime.fromisoformat(text) for text in columns[name]]
        columns[name] = pa.array(moments, pa.timestamp("us", tz="UTC"))
    columns["usage_value"] = pa.array(
        [Decimal(value) for value in columns["usage_value"]], pa.decimal128(38, 18)
    )
    pq.write_table(pa.table(columns), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("usage.csv", write_csv),
        ("usage.csv.gz", write_csv),
        ("usage.ndjson", write_ndjson),
        ("usage.parquet", write_parquet),
    ],
)
def test_every_format_says_the_same_and_counts_once_under_any_name(tmp_path, records, name, write):
    path = tmp_path / name
    write(path, records)
    batch = receive(OPERATOR, delivery_of(path, None, Meanings()))
    assert (batch.accepted, batch.rejected, batch.file_name) == (2, 1, name)
    assert [(row["quantity"], row["end_at"] - row["begin_at"]) for row in counted()] == [
        (Decimal("0.123456789012"), 3600),
        (Decimal(2), 3600),
    ]
    refused = QuarantinedRecord.objects.get()
    assert refused.code == "USAGE.NEGATIVE" and records[2]["resource_id"] in refused.line
    renamed = path.rename(tmp_path / f"again-{name}")
    assert receive(OPERATOR, delivery_of(renamed, None, Meanings())) == batch
    assert len(counted()) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "it is empty"),
        ("columns.csv", b"customer_id,resource_id\n1,2\n", "it has no column cloud_service_type"),
        ("binary.csv", b"\xff\xfe\x00\x01", "can't decode"),
        ("usage.ndjson", b'{"customer_id": "1"}\n{"customer_id": \n', "line 2 is no JSON object"),
        ("usage.parquet", b"PAR1 not really PAR1", "usage.parquet cannot be read"),
        ("cut.csv.gz", gzip.compress(b"customer_id\n" * 999, mtime=0)[:40], "cut.csv.gz cannot be read"),
        ("measures.json", b"[1]", "it is no JSON object"),
        ("usage.xlsx", b"PK", "neither CSV, Parquet nor NDJSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(tmp_path, db, store, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageFileUnreadable, match=said):
        receive(OPERATOR, delivery_of(path, None, Meanings()))
    assert not UsageBatch.objects.exists() and not PendingFile.objects.exists()


def test_a_file_that_breaks_off_takes_back_what_was_read_before(tmp_path, records, monkeypatch):
    monkeypatch.setattr("partner_center.metering.intake.files.CHUNK_ROWS", 1)
    monkeypatch.setattr("partner_center.metering.intake.gathering.ROWS_A_FILE", 1)
    path = tmp_path / "usage.csv"
    write_csv(path, records)
    whole = path.read_text()
    path.write_text(whole + "one,column,short\n")
    with pytest.raises(UsageFileUnreadable, match="line 5 has 3 columns instead of 11"):
        receive(OPERATOR, delivery_of(path, None, Meanings()))
    assert not UsageBatch.objects.exists() and not MeteredTime.objects.exists()
    assert not list(Path(Store.configured().location).rglob("*.parquet"))
    path.write_text(whole)
    assert receive(OPERATOR, delivery_of(path, None, Meanings())).accepted == 2


def test_the_command_imports_a_folder_and_says_what_became_of_it(tmp_path, records, capsys):
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    write_csv(folder / "a.csv", records)
    write_ndjson(folder / "deeper/b.ndjson", records[:1])
    (folder / "c.parquet").write_bytes(b"no parquet")
    (folder / "notes.txt").write_text("nothing")
    assert [path.name for path in usage_files_in(folder)] == ["a.csv", "c.parquet", "b.ndjson"]
    assert main(["usage", "import", str(folder)]) == 1
    told = capsys.readouterr()
    assert "a.csv: 2 accepted, 1 rejected" in told.out and "USAGE.NEGATIVE" in told.out
    assert "b.ndjson: 0 accepted, 1 rejected" in told.out and "USAGE.OVERLAP" in told.out
    assert "c.parquet cannot be read" in told.err
    assert len(counted()) == 2
    assert main(["usage", "import", str(folder / "a.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["codes"] == {"USAGE.NEGATIVE": 1}
    assert main(["usage", "import", str(tmp_path / "absent.csv")]) == 1


def test_gnocchi_measures_are_completed_from_the_resource(tmp_path, vm, volume, later):
    path = tmp_path / "measures.json"
    points = [["2024-01-02T00:00:00+00:00", 3600.0, 0.5], ["2024-01-02T01:00:00", 3600.0, 1e-12]]
    given = {
        "references": [
            {"id": "their-vm", "project_id": "p1"},
            {"id": volume.resource_id, "project_id": "p2"},
        ],
        "measures": {
            "their-vm": {"vcpus": {"mean": points}},
            volume.resource_id: {
                "duration": {"mean": [["2024-01-02T00:00:00", 300, 60], ["nonsense", 300, 1]]}
            },
        },
    }
    path.write_text(json.dumps(given))
    meanings = tmp_path / "map.txt"
    meanings.write_text(
        json.dumps(
            {
                "customers": {"p1": vm.customer_id},
                "resources": {"their-vm": vm.resource_id},
                "usage": {"vcpus": {"usage_type": "Duration", "usage_measure_id": 4}},
            }
        )
    )
    assert main(["usage", "import", str(path), "--map", str(meanings)]) == 0
    assert {
        (row["resource_id"], row["product_id"], row["quantity"], row["end_at"] - row["begin_at"])
        for row in counted()
    } == {
        (vm.resource_id, vm.product_id, Decimal("0.5"), 3600),
        (vm.resource_id, vm.product_id, Decimal("1E-12"), 3600),
        (volume.resource_id, volume.product_id, Decimal(60), 300),
    }
    assert [one.code for one in QuarantinedRecord.objects.all()] == ["USAGE.MALFORMED_FIELD"]


def test_a_focus_file_of_our_own_resources_is_usage(tmp_path, vm, later):
    path = tmp_path / "export.csv"
    line = {
        "ChargePeriodStart": "2024-01-02 00:00:00",
        "ChargePeriodEnd": "2024-01-02 01:00:00",
        "ListCost": "0.2",
        "ListUnitPrice": "0.2",
        "PricingQuantity": "1.00000",
        "PricingUnit": "Hours",
        "ServiceName": "Compute",
        "SkuId": "sku-1",
        "SubAccountId": "sub",
        "ResourceId": vm.resource_id,
    }
    write_csv(path, [line, {**line, "SkuId": "sku-2", "ChargePeriodStart": "NULL"}])
    meanings = Meanings(customers={"sub": vm.customer_id}, usage={"sku-1": {"usage_type": "Duration"}})
    batch = receive(OPERATOR, delivery_of(path, None, meanings))
    assert (batch.source, batch.accepted) == ("focus", 1)
    assert [row["quantity"] for row in counted()] == [Decimal(1)]
    assert "sku-2" in QuarantinedRecord.objects.get().line


def test_real_bills_are_rated_as_their_providers_did_and_what_differs_has_its_reason(tmp_path):
    found = check_focus(BILLS, tmp_path)
    reasons = {one.line: one.reason for one in found.differences}
    lines = list(csv.DictReader(BILLS.open()))
    for number, line in enumerate(lines, start=2):
        wrong = reasons.get(number)
        quantity, cost = Decimal(line["PricingQuantity"]), Decimal(line["ListCost"])
        if line["ListUnitPrice"] == "NULL":
            assert wrong == "The line has no list price (ListUnitPrice); its charge category is Credit."
        elif abs(quantity * Decimal(line["ListUnitPrice"]) - cost) > Decimal("5e-11"):
            assert wrong and "disagree; its cost is ConsumedQuantity" in wrong
        else:
            assert wrong is None, f"line {number}"
    assert (found.equal + len(found.differences), len(found.differences)) == (len(lines), 5)
    assert found.to_the_digit < found.equal


def test_focus_check_reports_as_documented(tmp_path, capsys):
    parquet = tmp_path / "bills.parquet"
    rows = list(csv.DictReader(BILLS.open()))
    pq.write_table(pa.table({name: [row[name] for row in rows] for name in rows[0]}), parquet)
    assert main(["focus", "check", str(parquet), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"equal", "different", "differences"}
    assert (report["equal"], report["different"]) == (len(rows) - 5, 5)
    assert [set(one) for one in report["differences"]] == [{"line", "expected", "actual", "reason"}] * 5
    assert main(["focus", "check", str(tmp_path / "absent.csv")]) == 2
    assert "absent.csv cannot be read" in capsys.readouterr().err


def test_a_clouds_bill_is_taken_in_as_price_book_resources_and_usage(db, store, capsys):
    abroad = make_customer(make_solution_provider(site="intl"), site="intl", budget="5000")
    assert main(["focus", "load", str(BILLS), "--customer", abroad.pk]) == 0
    assert main(["focus", "load", str(BILLS), "--customer", abroad.pk]) == 0
    once, again = capsys.readouterr().out.splitlines()
    lines = list(csv.DictReader(BILLS.open()))
    assert once == again and UsageBatch.objects.get().accepted == len(counted()) > 40
    assert {one.code for one in QuarantinedRecord.objects.all()} == {
        "USAGE.NEGATIVE",
        "USAGE.UNKNOWN_RESOURCE",
    }
    costs = [
        row["quantity"]
        * PriceRow.objects.in_force(datetime.fromtimestamp(row["begin_at"], UTC))
        .get(product=row["product_id"], usage_type=row["usage_type_id"], currency="USD")
        .unit_price
        for row in counted()
    ]
    priced = [
        line for line in lines if line["ListUnitPrice"] != "NULL" and Decimal(line["PricingQuantity"]) >= 0
    ]
    assert sorted(costs) == sorted(
        Decimal(line["PricingQuantity"]) * Decimal(line["ListUnitPrice"]) for line in priced
    )
    assert set(OnDemandResource.objects.values_list("customer_id", flat=True)) == {abroad.pk}


def test_a_bill_in_another_currency_is_not_taken_in(lin, store, capsys):
    assert main(["focus", "load", str(BILLS), "--customer", lin.pk]) == 2
    assert "pays in CNY, the file in USD" in capsys.readouterr().err
    assert not UsageBatch.objects.exists() and not OnDemandResource.objects.exists()


def test_a_bucket_far_away_holds_files_as_a_folder_does(tmp_path, settings, monkeypatch):
    settings.VAR = tmp_path / "var"
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    monkeypatch.setattr(Store, "_filesystem", lambda self: (pyarrow.fs.LocalFileSystem(), str(bucket)))
    far = Store("s3://bucket/prefix")
    (bucket / "usage").mkdir()
    written = far.write("usage/a.parquet", pa.table({"n": [1, 2, 3]}))
    assert (written.rows, far.exists("usage/a.parquet"), far.exists("usage/b.parquet")) == (3, True, False)
    assert pq.read_table(far.open("usage/a.parquet"))["n"].to_pylist() == [1, 2, 3]
    for copy in (tmp_path / "var/store-copies").rglob("*.parquet"):
        copy.unlink()
    assert pq.read_table(far.local("usage/a.parquet")).num_rows == 3
    assert [path.name for path in far.local("usage").iterdir()] == ["a.parquet"]
    far.delete("usage/a.parquet")
    assert not list(bucket.rglob("*.parquet")) and not list((tmp_path / "var").rglob("*.parquet"))
    with pytest.raises(StoreUnavailable):
        far.open("usage/a.parquet")
