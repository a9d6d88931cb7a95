"""What must hold of every rating, asked of the files it wrote. Each expression is one row of counts of violations."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import BooleanValue, NumericValue, Table

from partner_center.rating.decimals import AMOUNT, EXACT, WIDE_QUANTITY, number, typed
from partner_center.rating.schemas import GROUP_KEY
from partner_center.rating.steps.amortisation import MEANS
from partner_center.rating.steps.packages import HOUR

_WIDE = dt.Decimal(38, 10)


def of_lines(lines: Table) -> Table:
    """Identities of every line (spec/api/flows.md §10.1-5, as far as rating decides them), and what lines add up to."""
    usage = lines.source == "usage"
    unit = number("0.0000000001", dt.Decimal(11, 10))
    cut_off = typed(lines.list_exact - typed(lines.official, EXACT), EXACT)
    parts = typed(
        typed(lines.free_quantity + lines.package_quantity, WIDE_QUANTITY) + lines.charged_quantity,
        WIDE_QUANTITY,
    )
    return lines.aggregate(
        lines=_count(usage),
        fees=_count(~usage),
        fees_payable=_fees_payable(lines),
        official_is_discount_and_payable=_count(usage & (lines.official != lines.discount + lines.payable)),
        official_is_list_cut_at_ten_places=_count(
            usage
            & (
                ((lines.official >= 0) & ((cut_off < 0) | (cut_off >= unit)))
                | ((lines.official < 0) & ((cut_off > 0) | (cut_off <= -unit)))
            )
        ),
        discount_stays_within_official=_count(
            usage
            & (
                ((lines.official >= 0) & ((lines.discount < 0) | (lines.discount > lines.official)))
                | ((lines.official < 0) & ((lines.discount > 0) | (lines.discount < lines.official)))
            )
        ),
        quantity_is_free_package_and_charged=_count(usage & (lines.quantity != parts)),
        no_part_of_a_quantity_is_negative=_count(
            usage & ((lines.free_quantity < 0) | (lines.package_quantity < 0) | (lines.charged_quantity < 0))
        ),
        nothing_charged_costs_nothing=_count(
            usage
            & (lines.charged_quantity == 0)
            & (lines.payable != 0)
            & ~(lines.late & (lines.scheme == "volume"))
        ),
    )


def of_priced(lines: Table) -> Table:
    """What holds of records of which only the prices are told."""
    usage = lines.source == "usage"
    return lines.aggregate(
        lines=_count(usage),
        fees=_count(~usage),
        fees_payable=_fees_payable(lines),
        official_is_discount_and_payable=_count(usage & (lines.official != lines.discount + lines.payable)),
    )


def of_groups(lines: Table, groups: Table, minor_digits: Mapping[str, int]) -> Table:
    """Groups against the lines they are made of."""
    usage = lines.filter(lines.source == "usage")
    sums = usage.group_by(list(GROUP_KEY)).aggregate(
        n=usage.count(),
        official_sum=typed(usage.official.sum(), _WIDE),
        discount_sum=typed(usage.discount.sum(), _WIDE),
        payable_sum=typed(usage.payable.sum(), _WIDE),
        first=typed(usage.before.min(), _WIDE),
        last=typed((usage.before + usage.payable).max(), _WIDE),
        lowest=typed(usage.payable.min(), _WIDE),
    )
    sums = sums.select(**{f"s_{name}": sums[name] for name in sums.columns})
    met = groups.outer_join(sums, [groups[name] == sums[f"s_{name}"] for name in GROUP_KEY])
    alone = met.customer_id.isnull() | met.s_customer_id.isnull()
    equal = (
        (met.lines == met.s_n)
        & (typed(met.official, _WIDE) == met.s_official_sum)
        & (typed(met.discount, _WIDE) == met.s_discount_sum)
        & (typed(met.payable, _WIDE) == met.s_payable_sum)
    )
    charged: NumericValue = typed(ibis.literal(0), _WIDE)
    unit: NumericValue = typed(ibis.literal(1), _WIDE)
    for name, digits in minor_digits.items():
        one = number("1" if digits == 0 else f"0.{'0' * (digits - 1)}1", _WIDE)
        charged = ibis.cases((met.currency == name, typed(met.payable_minor * one, _WIDE)), else_=charged)
        unit = ibis.cases((met.currency == name, one), else_=unit)
    off = typed(met.cut_off, _WIDE)
    whole = (typed(met.payable, _WIDE) == typed(charged + off, _WIDE)) & (
        ((met.payable >= 0) & (off >= 0) & (off < unit)) | ((met.payable < 0) & (off <= 0) & (off > -unit))
    )
    tiled = (met.s_lowest < 0) | ((met.s_first == 0) & (met.s_last == met.s_payable_sum))
    return met.aggregate(
        groups_are_their_lines=_count(alone | ~equal),
        group_official_is_discount_and_payable=_count(met.official != met.discount + met.payable),
        payable_is_minor_units_and_cut_off=_count(alone | ~whole),
        before_tiles_the_group=_count(alone | ~tiled),
    )


def of_buckets(coverage: Table, lines: Table, buckets: Table) -> Table:
    """What was taken from each bucket (in each clock hour) against its capacity."""
    hours = lines.filter(lines.source == "usage").select("batch", "position", begun=lines.begin_at)
    met = coverage.inner_join(
        hours, [coverage.batch == hours.batch, coverage.position == hours.position]
    ).select("bucket_id", "quantity", "begun")
    side = buckets.select("capacity", "per_hour", known=buckets.bucket_id)
    met = met.inner_join(side, met.bucket_id == side.known)
    met = met.mutate(hour=ibis.cases((met.per_hour, met.begun - met.begun % HOUR), else_=0))
    used = met.group_by(["bucket_id", "hour"]).aggregate(
        used=typed(met.quantity.sum(), WIDE_QUANTITY), capacity=met.capacity.max()
    )
    return used.aggregate(no_bucket_gives_more_than_it_holds=_count(used.used > used.capacity))


def of_packages(coverage: Table, lines: Table) -> Table:
    """Each line's package quantity is what coverage says was taken for it."""
    taken = coverage.group_by(["batch", "position"]).aggregate(
        taken=typed(coverage.quantity.sum(), WIDE_QUANTITY)
    )
    taken = taken.select("taken", b=taken.batch, p=taken.position)
    some = lines.filter((lines.source == "usage") & (lines.package_quantity > 0)).select(
        "batch", "position", "package_quantity"
    )
    met = some.outer_join(taken, [some.batch == taken.b, some.position == taken.p])
    equal = (met.package_quantity == met.taken) & met.batch.notnull() & met.b.notnull()
    return met.aggregate(packages_cover_what_lines_say=_count(equal.isnull() | ~equal))


def of_amortised(amortised: Table, periods: Table) -> Table:
    """Past, current and future add up to the whole, and the means of payment never exceed what was consumed."""
    whole = periods.select(**{f"whole_{name}": periods[name] for name in periods.columns})
    met = amortised.outer_join(whole, amortised.item_id == whole.whole_item_id)
    wrong: BooleanValue = met.item_id.isnull() | met.whole_item_id.isnull()
    for name in ("official", "discount", "consume", *MEANS):
        wrong = wrong | (
            met[f"past_{name}"] + met[f"current_{name}"] + met[f"future_{name}"] != met[f"whole_{name}"]
        )
    paid = wrong & ibis.literal(False)
    means = [met[f"whole_{name}"] for name in MEANS]
    complete = met.whole_consume == sum(means[1:], means[0])
    for when in ("past", "current", "future"):
        shares = [met[f"{when}_{name}"] for name in MEANS]
        paid = paid | (complete & (met[f"{when}_consume"] != sum(shares[1:], shares[0])))
    return met.aggregate(
        past_current_and_future_are_the_whole=_count(wrong),
        means_of_payment_are_what_was_consumed=_count(paid),
    )


def _fees_payable(lines: Table) -> NumericValue:
    zero = typed(ibis.literal(0), AMOUNT)
    return typed(ibis.cases((lines.source != "usage", lines.payable), else_=zero).sum(), _WIDE)


def _count(condition: BooleanValue) -> NumericValue:
    """How often `condition` holds; an unknown one counts as a violation is counted by its caller."""
    return typed(ibis.cases((condition, 1), else_=0).sum(), dt.int64)
