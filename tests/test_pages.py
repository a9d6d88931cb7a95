"""What every page of the console keeps, whoever declared it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from partner_center.console.columns import Masked
from partner_center.console.detail import DetailPage
from partner_center.console.filters import bind, narrow
from partner_center.console.formpage import FormPage
from partner_center.console.listing import ListPage
from partner_center.console.navigation import HOME, MENU
from partner_center.console.page import Page
from partner_center.console.panels import ListPanel
from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor
from partner_center.identity.door import actor_of
from partner_center.identity.models import User
from tests import database
from tests.pages import as_reader, crawl

LISTS = sorted(name for name, page in PAGES.items() if issubclass(page, ListPage))
DETAILS = sorted(name for name, page in PAGES.items() if issubclass(page, DetailPage))
WITH_ROWS_TO_OPEN = sorted(name for name in LISTS if PAGES[name].opens)  # type: ignore[attr-defined]
NONSENSE = (
    "x", "'", '"><b>', "%", "\x00", "-1", "0", "99999999999999999999999", "2026-13-45", "0001-01-01",
    "9999-12-31", "２０２６", "NaN", "Infinity", "1e400", "ü" * 300, "{}", "null", "a=b&c",
)  # fmt: skip


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Actor]]:
    """One actor of each part in the sample world, on a copy that this module's tests share."""
    with django_db_blocker.unblock():
        with database.copied_world() as accounts:
            found: dict[str, Actor] = {}
            for account in accounts:
                user = User.objects.select_related("account").get(login=account["login"])
                part = "-".join(
                    filter(None, (account["role"], account.get("association_type"), account["site"]))
                )
                found.setdefault(part, replace(actor_of(user), door="console"))
            yield found


@pytest.fixture(autouse=True)
def _undone(people: dict[str, Actor]) -> Iterator[None]:
    """Nothing that a test does stays."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "of_each"), [("en", 2), ("zh-hans", 1)])
def test_every_page_is_reached_by_somebody_and_renders_in_both_languages(
    people: dict[str, Actor], language: str, of_each: int
) -> None:
    broken, reached = [], set()
    for part, actor in people.items():
        with as_reader(actor, language) as reader:
            for name, address, answer in crawl(reader, of_each=of_each):
                reached.add(name)
                if answer.status_code not in (200, 302):
                    broken.append((part, name, address, answer.status_code))
                elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                    html = answer.content.decode()
                    if f'lang="{"en" if language == "en" else "zh-Hans"}"' not in html:
                        broken.append((part, name, address, "language"))
                    if "style=" in html or "onclick=" in html or "<script>" in html:
                        broken.append((part, name, address, "inline script or style"))
                    if "Content-Security-Policy" not in answer.headers:
                        broken.append((part, name, address, "no CSP"))
    after_a_deed = {name for name, page in PAGES.items() if page.public or issubclass(page, FormPage)}
    assert not broken
    unreached = PAGES.keys() - reached - after_a_deed - {"export-file", "batch"}
    assert not unreached, f"nobody in the sample world can open {sorted(unreached)}"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_who_has_not_signed_in_is_sent_to_the_login(people: dict[str, Actor], name: str) -> None:
    page = PAGES[name]
    if page.public:
        return
    address = page.url(**dict.fromkeys(page.parameters(), "1"))
    with as_reader(Actor.nobody()) as reader:
        answer = reader.client.get(address)
        assert answer.status_code == 302 and "/login/" in answer["Location"]
        assert reader.client.post(address).status_code == 302


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_refused_without_its_permission_and_to_other_kinds(
    people: dict[str, Actor], name: str
) -> None:
    page = PAGES[name]
    address = page.url(**dict.fromkeys(page.parameters(), "1"))
    for actor in people.values():
        if page.permission is not None:
            refused = replace(actor, permissions=frozenset())
        elif page.kinds is not None and actor.kind not in page.kinds:
            refused = actor
        else:
            continue
        with as_reader(refused) as reader:
            assert reader.client.get(address).status_code == 403
            assert reader.client.post(address).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_queries_do_not_grow_with_rows(
    people: dict[str, Actor], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page: Any = PAGES[name]
    actor = _who_sees_most(page, people)
    if actor is None:
        return
    counts = []
    with as_reader(actor) as reader:
        reader.get(name, htmx=True)
        for size in (3, 20):
            monkeypatch.setattr(page, "per_page", size)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = reader.get(name, htmx=True)
            counts.append((len(queries), answer.content.count(b"<tr"), [query["sql"] for query in queries]))
    (few, rows_before, _), (many, rows_after, statements) = counts
    grown = rows_after - rows_before
    assert many - few <= max(2, grown // 5), f"{few} → {many} queries for {grown} more rows:\n" + "\n".join(
        statements
    )


@pytest.mark.parametrize("name", LISTS)
def test_nonsense_in_the_address_is_survived(people: dict[str, Actor], name: str) -> None:
    page: Any = PAGES[name]
    actor = _who_sees_most(page, people) or _who_may_open(page, people)
    everything = page.ask_source(actor)
    for value in NONSENSE:
        query = QueryDict(mutable=True)
        for one in page.filters:
            query[one.name] = value
        bound = bind(page.filters, query, actor, everything.model)
        for one in bound:
            list(narrow(everything, [one], actor)[:1])
    with as_reader(actor) as reader:
        for value in NONSENSE[:6]:
            everywhere = dict.fromkeys(
                [*(one.name for one in page.filters), "sort", "page", "per", "embed"], value
            )
            assert reader.get(name, htmx=True, **everywhere).status_code == 200, value


@pytest.mark.parametrize("name", LISTS)
def test_every_choice_of_every_filter_narrows_and_every_column_sorts(
    people: dict[str, Actor], name: str
) -> None:
    page: Any = PAGES[name]
    actor = _who_sees_most(page, people) or _who_may_open(page, people)
    everything = page.ask_source(actor)
    total = everything.count()
    for one in page.filters:
        for value, _words in one.choices(actor):
            query = QueryDict(mutable=True)
            query[one.name] = value
            assert narrow(everything, bind([one], query, actor, everything.model), actor).count() <= total
    with as_reader(actor) as reader:
        for header in reader.get(name).context["page"].headers:
            if header.sort_query:
                for direction in ("", "-"):
                    answer = reader.get(name, htmx=True, sort=direction + header.column.name, per="20")
                    assert answer.status_code == 200 and answer.context["page"].total == total


@pytest.mark.parametrize("name", WITH_ROWS_TO_OPEN)
def test_what_a_list_does_not_show_its_detail_page_does_not_show_either(
    people: dict[str, Actor], name: str
) -> None:
    page: Any = PAGES[name]
    detail = PAGES[page.opens]
    rows_of = {part: page.ask_source(actor) for part, actor in people.items() if page.open_to(actor)}
    for actor_part, mine in rows_of.items():
        if not detail.open_to(people[actor_part]):
            continue
        seen = set(mine.values_list("pk", flat=True))
        with as_reader(people[actor_part]) as reader:
            for part, theirs in rows_of.items():
                for row in [one for one in theirs[:50] if one.pk not in seen][:3]:
                    about = row
                    for step in filter(None, page.opens_with.split("__")):
                        about = getattr(about, step)
                    if page.opens_with:
                        continue
                    answer = reader.client.get(detail.url_for(about))
                    assert answer.status_code == 404, f"{actor_part} sees {row} of {part}"


@pytest.mark.parametrize("name", LISTS)
def test_deeds_do_not_touch_foreign_rows(people: dict[str, Actor], name: str) -> None:
    page: Any = PAGES[name]
    readers = {part: actor for part, actor in people.items() if page.open_to(actor)}
    for part, actor in readers.items():
        seen = set(page.ask_source(actor).values_list("pk", flat=True))
        foreign = next(
            (row for other in readers.values() for row in page.ask_source(other)[:50] if row.pk not in seen),
            None,
        )
        if foreign is None:
            continue
        with as_reader(actor) as reader:
            for deed in (*page.row_actions, *page.batches):
                if deed.page or not deed.permitted(actor):
                    continue
                assert reader.dialog(name, deed.name, foreign).status_code == 404, (part, deed.name)
                assert reader.post(name, deed=deed.name, row=foreign.pk).status_code == 404, (part, deed.name)
            for column in page.columns:
                if isinstance(column, Masked):
                    answer = reader.post(name, htmx=True, reveal=column.name, row=foreign.pk)
                    assert answer.status_code == 404, (part, column.name)


@pytest.mark.parametrize("name", LISTS)
def test_personal_data_is_hidden_until_the_eye_is_opened_and_in_exports(
    people: dict[str, Actor], name: str
) -> None:
    page: Any = PAGES[name]
    masked = [column for column in page.columns if isinstance(column, Masked)]
    actor = _who_sees_most(page, people)
    if not masked or actor is None:
        return
    with as_reader(actor) as reader:
        html = reader.get(name).content.decode()
        shown = reader.get(name).context["page"]
        for column in masked:
            for line in shown.lines:
                value = column.value(line.row)
                if value and column.seen_by(actor):
                    assert escape(str(value)) not in column.html(line.row, actor)
                    assert str(column.plain(line.row)) != str(value)
                    opened = reader.post(name, htmx=True, reveal=column.name, row=line.key)
                    assert (escape(str(value)) in opened.content.decode()) or opened.status_code == 403
                    break
        assert html


@pytest.mark.parametrize("name", LISTS)
def test_a_list_exports_what_it_shows(
    people: dict[str, Actor], name: str, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page: Any = PAGES[name]
    actor = _who_sees_most(page, people)
    if actor is None or not page.exportable:
        return
    with as_reader(actor) as reader:
        shown = reader.get(name).context["page"]
        if shown.total > 1000:
            return
        answer = reader.post(name, export="csv")
        assert answer.status_code == 200
        lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert len(lines) == shown.total + 1
        assert len({len(line) for line in lines}) == 1
        assert not [
            cell for line in lines for cell in line if cell.startswith(("=", "+", "@")) or cell == "None"
        ]
        assert b"".join(reader.post(name, export="xlsx").streaming_content)[:2] == b"PK"


@pytest.mark.parametrize("name", DETAILS)
def test_panels_filter_by_what_the_other_list_declares(name: str) -> None:
    page: Any = PAGES[name]
    for panel in (*page.left, *page.right, *page.bottom):
        if isinstance(panel, ListPanel) and panel.page in PAGES:
            target: Any = PAGES[panel.page]
            assert issubclass(target, ListPage)
            declared = {one.name for one in target.filters}
            assert panel.filters.keys() <= declared, (
                f"{panel.page} has no filter {panel.filters.keys() - declared}"
            )


@pytest.mark.parametrize("name", LISTS)
def test_opened_pages_and_linked_pages_exist(name: str) -> None:
    page: Any = PAGES[name]
    assert page.opens is None or page.opens in PAGES
    for deed in (*page.row_actions, *page.batches):
        assert not deed.page or deed.page in PAGES, deed.name
    for link in page.links:
        assert link.page in PAGES
    names = [deed.name for deed in (*page.row_actions, *page.batches) if not deed.page]
    assert len(names) == len(set(names)), "two deeds of one page have one name"


def test_lists_are_in_the_menu_and_the_menu_names_pages() -> None:
    named = {name for group in MENU for name in group.pages}
    lost = {name for name in LISTS if not PAGES[name].parameters() and not PAGES[name].parent} - named
    assert not lost, f"lists without a place in the menu: {lost}"
    assert not (named | set(HOME)) - PAGES.keys(), "names without a page"


def test_a_form_from_elsewhere_is_refused(people: dict[str, Actor]) -> None:
    with as_reader(people["operator-cn"]) as reader:
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(PAGES["trail"].url(), {"export": "csv"}).status_code == 403
        assert strict.post(PAGES["login"].url(), {"login": "x", "password": "y"}).status_code == 403
        assert reader.get("trail").status_code == 200


def _who_may_open(page: type[Page], people: dict[str, Actor]) -> Actor:
    return next(actor for actor in people.values() if page.open_to(actor))


def _who_sees_most(page: Any, people: dict[str, Actor]) -> Actor | None:
    """Whoever sees the most rows of a list; None when nobody sees three."""
    counted = [
        (page.ask_source(actor).count(), part) for part, actor in people.items() if page.open_to(actor)
    ]
    most, part = max(counted, default=(0, ""))
    return people[part] if most > 2 else None
