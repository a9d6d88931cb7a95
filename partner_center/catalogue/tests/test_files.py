"""The price book as a file: what goes out comes back, and a wrong line changes nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from partner_center.catalogue import sample, tables
from partner_center.catalogue.actions import import_prices, publish_draft
from partner_center.catalogue.errors import FileUnreadable
from partner_center.catalogue.imports import COLUMNS, check_prices, price_lines
from partner_center.catalogue.makers import MAKER, make_product
from partner_center.catalogue.models import DraftPrice, PriceDraft, PriceRow
from partner_center.kernel import clock

pytestmark = pytest.mark.django_db

SOON = clock.now()


def a_file(*lines: str, header: str = "") -> bytes:
    return "\n".join([header or ",".join(COLUMNS), *lines]).encode()


def a_line(price: str = "90.00", days: int = 10, **change: str) -> str:
    values = {
        "cloud_service_type": "hws.service.type.ec2",
        "resource_type": "hws.resource.type.vm",
        "resource_spec": "c6.large.2.linux",
        "region": "cn-north-1",
        "charge_mode": "period",
        "period_type": "month",
        "currency": "CNY",
        "begins_at": (SOON + timedelta(days=days)).isoformat(),
        "price": price,
    } | change
    return ",".join(f'"{values.get(column, "")}"' for column in COLUMNS)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_exported_price_book_comes_back_unchanged(file_format: str) -> None:
    sample.load(MAKER, regions=["cn-north-1"])
    rows = PriceRow.objects.select_related(
        "product__service", "product__resource_type", "product__region", "usage_type"
    )
    content = tables.write(COLUMNS, price_lines(rows), file_format)
    checked = check_prices(content, f"prices.{file_format}")
    assert (checked.entries, checked.rejections, checked.unchanged) == ((), (), PriceRow.objects.count())


def test_a_file_becomes_a_draft_and_the_draft_the_price() -> None:
    product = make_product(month="100")
    steps = '{""steps"": [{""upto"": ""10"", ""price"": ""0.2""}, {""upto"": null, ""price"": ""0.1""}]}'
    tiered = a_line(
        "0.2",
        charge_mode="on_demand",
        period_type="",
        usage_factor="DURATION",
        scheme="graduated",
        tiers=steps,
    )
    off_sale = a_line("", days=20, period_type="year")
    report = import_prices(MAKER, content=a_file(a_line(), tiered, off_sale), file_name="book.csv")
    assert (report.accepted, report.rejections) == (3, ())
    assert report.draft is not None
    publish_draft(MAKER, draft=report.draft)
    new = {row.charge_mode + row.period_type: row for row in PriceRow.objects.filter(draft=report.draft)}
    assert new["periodmonth"].unit_price == Decimal(90)
    assert new["periodyear"].unit_price is None
    assert new["on_demand"].tariff.amount(Decimal(15)) == Decimal("2.5")
    assert product.pk == new["on_demand"].product_id


WRONG = [
    ({"resource_spec": "c9.large"}, "no such product"),
    ({"region": "cn-south-1"}, "no such product"),
    ({"charge_mode": "barter"}, "charging mode"),
    ({"period_type": "fortnight"}, "term"),
    ({"usage_factor": "upflow"}, "billing factor"),
    ({"price": "ninety"}, "not a number"),
    ({"price": "-1"}, "negative"),
    ({"price": "NaN"}, "negative"),
    ({"begins_at": "tomorrow"}, "not a moment"),
    ({"begins_at": "2020-01-01"}, "past"),
    ({"currency": "RMB!"}, "currency"),
    ({"tiers": "[1]"}, "tiers"),
    ({"period_numbers": "one"}, "terms"),
]


def test_every_wrong_line_is_named_and_nothing_is_drafted() -> None:
    make_product(month="100")
    lines = [a_line(days=30 + n, **change) for n, (change, _reason) in enumerate(WRONG)]
    report = import_prices(MAKER, content=a_file(a_line(), *lines, a_line()), file_name="book.csv")
    assert report.draft is None
    assert report.accepted == 1
    reasons = {one.line: one.reason for one in report.rejections}
    for number, (_change, words) in enumerate(WRONG, start=3):
        assert words in reasons[number], f"line {number}"
    assert "same moment" in reasons[len(WRONG) + 3]
    assert not PriceDraft.objects.exists()
    assert not DraftPrice.objects.exists()


def test_wrong_lines_are_left_out_when_asked() -> None:
    make_product(month="100")
    content = a_file(a_line("ninety"), a_line("80.00", days=11))
    report = import_prices(MAKER, content=content, file_name="book.csv", skip_wrong=True)
    assert report.draft is not None
    assert [line.unit_price for line in report.draft.prices.all()] == [Decimal(80)]
    assert [one.line for one in report.rejections] == [2]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"colour,taste\nred,sweet\n", "other.csv"),
        (b"\x00\x01\x02", "binary.csv"),
        (b"not a zip", "book.xlsx"),
        (a_file(header="price,Price of everything"), "header.csv"),
    ],
)
def test_files_that_are_no_price_book(content: bytes, name: str) -> None:
    with pytest.raises(FileUnreadable):
        check_prices(content, name)


def test_chinese_files_in_either_encoding() -> None:
    for encoding in ("utf-8-sig", "gb18030"):
        (line,) = tables.read("name,city\n云港,北京\n".encode(encoding), "places.csv", ("name", "city"))
        assert (line.number, line["name"], line["city"]) == (2, "云港", "北京")


def test_a_formula_is_only_a_text() -> None:
    content = tables.write(("name",), [["=1+1"], ["@x"]], "csv")
    assert b"'=1+1" in content
    assert [line["name"] for line in tables.read(content, "a.csv", ("name",))] == ["=1+1", "@x"]
