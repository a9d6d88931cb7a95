"""The checks of a run: what the rating checked of itself, and the same sums from the other side.

Each is {"name", "ok", "detail", "facts"}; a run with one that fails goes no further. What concerns single customers
does not fail the run: it parks them (parking.py).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import F, Sum

from partner_center.billing.models import BillRun, ChargedMonth, FeeRecord
from partner_center.billing.models.fees import RATED
from partner_center.billing.runs.engine import Reader, reading
from partner_center.billing.runs.folders import RunFolder, refusing, verify
from partner_center.metering.models import UsageBatch, UsageFile
from partner_center.rating.schemas import GROUP_KEY

Check = dict[str, Any]

_KEY = ", ".join(GROUP_KEY)
_SAME_KEY = " AND ".join(f"l.{name} IS NOT DISTINCT FROM g.{name}" for name in GROUP_KEY)
_SEEN = "hash(batch, position)::HUGEINT"


def check_all(run: BillRun, folder: RunFolder) -> list[Check]:
    """Every check of a rated run, in order. Raises RunFilesCorrupt where a file is not what it was."""
    manifest = verify(folder.incoming, digest=run.manifest)
    found = list(_own_checks(folder))
    with reading(
        usage=folder.came_in("usage"),
        usage_types=folder.came_in("usage_types"),
        lines=folder.came_out("lines"),
        unrated=folder.came_out("unrated"),
        peaks=folder.came_out("peaks"),
        groups=folder.came_out("groups"),
        customer_totals=folder.came_out("customer_totals"),
    ) as files:
        found += [
            _intake(run, manifest["tables"].get("usage", {}).get("rows", 0)),
            _records(files),
            _sums(files),
            _truncation(files),
            _partners(files),
            _customers(files),
            _fees(run, files),
        ]
    return found


def posted_check(run: BillRun, folder: RunFolder, left_out: Collection[str]) -> Check:
    """After posting: the fee records of each customer's usage are the sums of its groups, to the minor unit.

    Of a month that goes on, customers charged by a newer rating meanwhile are not compared.
    """
    with reading(groups=folder.came_out("groups")) as files:
        wanted = {
            (customer_id, currency): int(minor)
            for customer_id, currency, minor in files.rows(
                "SELECT customer_id, currency, sum(payable_minor) FROM groups GROUP BY ALL"
            )
            if customer_id not in left_out
        }
    rows = FeeRecord.objects.of_month(run.month).filter(bill_type__in=RATED)
    charged = {
        (customer_id, currency): int(consume or 0)
        for customer_id, currency, consume in rows.values_list("customer_id", "currency").annotate(
            consumed=Sum("consume")
        )
    }
    newer = set(
        ChargedMonth.objects.filter(month=run.month, rated_at__gt=run.snapshot_at).values_list(
            "customer_id", flat=True
        )
    )
    wrong = sorted(
        key[0] for key, minor in wanted.items() if charged.get(key, 0) != minor and key[0] not in newer
    )
    return said("ledger", not wrong, {"customers": len(wanted), "different": wrong[:20]})


def _own_checks(folder: RunFolder) -> Iterator[Check]:
    with refusing("checks.json"):
        checks = json.loads((folder.outgoing / "checks.json").read_text())
    for one in checks:
        yield said(one["name"], one["ok"], {"violations": one.get("violations", 0)})


def _intake(run: BillRun, frozen: int) -> Check:
    """Every batch's accepted records stand in its files, and the snapshot holds every file of the month."""
    torn = (
        UsageBatch.objects.filter(files__month=run.month, state="received")
        .annotate(held=Sum("files__rows"))
        .exclude(held=F("accepted"))
    )
    short = list(_whole(torn)) if not run.is_supplement else []
    held = UsageFile.objects.filter(month=run.month, created_at__lte=run.snapshot_at).aggregate(
        rows=Sum("rows")
    )
    accepted = int(held["rows"] or 0)
    ok = not short and (run.is_supplement or not run.closes or accepted == frozen)
    return said("intake", ok, {"accepted": accepted, "in the snapshot": frozen, "batches": short[:20]})


def _whole(torn: Any) -> Iterator[str]:
    """Batches whose files over all months do not hold what was accepted."""
    for batch in torn:
        held = batch.files.aggregate(rows=Sum("rows"))["rows"] or 0
        if held != batch.accepted:
            yield batch.batch_id


def _records(files: Reader) -> Check:
    """Every record is in exactly one line, in exactly one peak, or listed with its reason."""
    summed = "usage_type_id NOT IN (SELECT usage_type_id FROM usage_types WHERE method <> 'sum')"
    came, came_sum = files.one(f"SELECT count(*), sum({_SEEN}) FROM usage WHERE {summed}")
    lines, lines_sum = files.one(
        f"SELECT count(*), sum({_SEEN}) FROM lines WHERE source = 'usage' AND ({summed})"
    )
    left, left_sum = files.one(
        f"SELECT count(*), sum(hash(x.batch, x.position)::HUGEINT) FROM unrated x JOIN usage u "
        f"ON u.batch = x.batch AND u.position = x.position WHERE u.{summed}"
    )
    points, in_peaks, points_left = (
        files.one(f"SELECT count(*) FROM usage WHERE NOT ({summed})")[0],
        files.one("SELECT coalesce(sum(points), 0) FROM peaks")[0],
        files.one("SELECT count(*) FROM unrated")[0] - left,
    )
    ok = (
        came == lines + left
        and (came_sum or 0) == (lines_sum or 0) + (left_sum or 0)
        and points == in_peaks + points_left
    )
    facts = {
        "records": came,
        "lines": lines,
        "points": points,
        "in peaks": int(in_peaks),
        "not rated": left + points_left,
    }
    return said("records", ok, facts)


def _sums(files: Reader) -> Check:
    """Lines add up to groups, in every column, and every line has its group."""
    wrong = files.one(
        f"""
        WITH l AS (
            SELECT {_KEY}, count(*) AS lines, sum(official) AS official, sum(discount) AS discount,
                   sum(payable) AS payable
            FROM lines WHERE source = 'usage' GROUP BY {_KEY}
        )
        SELECT count(*) FROM l FULL JOIN groups g ON {_SAME_KEY}
        WHERE l.lines IS DISTINCT FROM g.lines OR l.official IS DISTINCT FROM g.official
           OR l.discount IS DISTINCT FROM g.discount OR l.payable IS DISTINCT FROM g.payable
        """
    )[0]
    count = files.one("SELECT count(*) FROM groups")[0]
    return said("groups", wrong == 0, {"groups": count, "different": wrong})


def _truncation(files: Reader) -> Check:
    """Groups are their amount cut to the minor unit, toward zero, and the rest is what was cut off."""
    wrong = files.one(
        """
        SELECT count(*) FROM groups
        WHERE official - discount <> payable OR abs(cut_off) >= 0.01 OR cut_off * payable < 0
           OR payable_minor * 0.01::DECIMAL(3, 2) + cut_off <> payable
        """
    )[0]
    return said("truncation", wrong == 0, {"different": wrong})


def _partners(files: Reader) -> Check:
    """What the partners' bills add up to, with the customers of nobody, is what the customers' add up to."""
    by_partner = dict(
        files.rows("SELECT partner_id, sum(payable) FROM lines WHERE source = 'usage' GROUP BY partner_id")
    )
    by_group = dict(files.rows("SELECT partner_id, sum(payable) FROM groups GROUP BY partner_id"))
    whole = files.one("SELECT coalesce(sum(payable), 0) FROM customer_totals")[0]
    ok = by_partner == by_group and sum(by_partner.values()) == whole
    return said("partners", ok, {"partners": len([one for one in by_partner if one])})


def _customers(files: Reader) -> Check:
    """Each customer stands once, and its total is that of its groups."""
    wrong = files.one(
        """
        WITH g AS (SELECT customer_id, sum(payable) AS payable, sum(lines) AS lines FROM groups GROUP BY customer_id)
        SELECT count(*) FROM customer_totals c FULL JOIN g ON g.customer_id = c.customer_id
        WHERE coalesce(c.payable, 0) <> coalesce(g.payable, 0)
        """
    )[0]
    twice = files.one("SELECT count(*) - count(DISTINCT customer_id) FROM customer_totals")[0]
    return said("customers", wrong == 0 and twice == 0, {"different": wrong, "twice": twice})


def _fees(run: BillRun, files: Reader) -> Check:
    """The fees that passed through are the fee records of the month as they were at the snapshot."""
    lines, numbers = files.one(
        "SELECT count(*), coalesce(sum(position), 0)::BIGINT FROM lines WHERE source = 'fee'"
    )
    rows = FeeRecord.objects.of_month(run.month).exclude(bill_type__in=RATED)
    rows = rows.filter(created_at__lte=run.snapshot_at)
    if run.is_supplement:
        rows = rows.filter(customer_id__in=run.customer_ids)
    there, ids = rows.count(), int(rows.aggregate(ids=Sum("id"))["ids"] or 0)
    return said("fees", (lines, numbers) == (there, ids), {"lines": lines, "fee records": there})


def said(name: str, ok: bool, facts: dict[str, Any]) -> Check:
    """One check: its name, whether it holds, the figures behind it, and the same as a sentence."""
    detail = ", ".join(f"{key}: {_plain(value)}" for key, value in facts.items())
    return {"name": name, "ok": bool(ok), "detail": detail, "facts": facts}


def _plain(value: Any) -> str:
    return ", ".join(value) or "–" if isinstance(value, list) else str(value)
