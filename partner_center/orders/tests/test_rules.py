"""The arithmetic of docs/algorithms/orders.md, row by row, and the laws that hold for any figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING
from partner_center.orders.rules.change import difference, downgrade_refund
from partner_center.orders.rules.deadlines import is_too_late, payment_deadline
from partner_center.orders.rules.fees import FIVE_YEAR_PREPAID, FeeRow, fee_percent
from partner_center.orders.rules.refund import PaidPeriod, calendar_year, five_day_applies, refund_of


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)


def yuan(text: str) -> Money:
    return Money.of(text, "CNY")


def bought(begins: datetime, ends: datetime, cash: str, credit: str = "0.00", months: int = 1) -> PaidPeriod:
    return PaidPeriod("CS1", begins, ends, yuan(cash), yuan(credit), months)


class TestRefunds:
    documented = bought(beijing(2024, 1, 1, 10, 30), beijing(2024, 2, 1, 23, 59, 59), "758.00")

    def test_the_documented_example_counts_758_and_344_hours(self):
        refund = refund_of(self.documented, at=beijing(2024, 1, 15, 18, 40), in_full=False)
        assert (refund.used_hours, refund.total_hours) == (344, 758)
        assert refund.consumed == yuan("344.00")
        assert refund.refund == yuan("414.00")

    def test_within_five_days_everything_comes_back(self):
        refund = refund_of(
            bought(beijing(2024, 1, 1), beijing(2024, 2, 1), "80.00"), at=beijing(2024, 1, 2), in_full=True
        )
        assert (refund.refund, refund.consumed, refund.fee) == (yuan("80.00"), yuan("0.00"), yuan("0.00"))

    def test_what_has_not_begun_comes_back_without_a_fee(self):
        fees = [FeeRow(0, 1000, 50)]
        refund = refund_of(self.documented, at=beijing(2023, 12, 31), in_full=False, fees=fees)
        assert refund.rule == "not_effective"
        assert refund.refund == yuan("758.00")

    def test_of_what_is_over_nothing_comes_back(self):
        refund = refund_of(self.documented, at=beijing(2024, 2, 2), in_full=False)
        assert (refund.rule, refund.refund) == ("nothing_left", yuan("0.00"))

    def test_a_fee_is_kept_but_never_more_than_is_left(self):
        fees = [FeeRow(bought_months=1, used_months_up_to=2, percent=60)]
        refund = refund_of(self.documented, at=beijing(2024, 1, 15, 18, 40), in_full=False, fees=fees)
        assert (refund.fee, refund.refund) == (yuan("414.00"), yuan("0.00"))

    def test_a_refund_goes_back_to_cash_and_credit_as_they_paid(self):
        period = bought(beijing(2024, 1, 1, 10, 30), beijing(2024, 2, 1, 23, 59, 59), "500.00", "258.00")
        refund = refund_of(period, at=beijing(2024, 1, 15, 18, 40), in_full=False)
        assert (refund.cash, refund.credit) == (yuan("273.08"), yuan("140.92"))

    @given(
        cash=st.integers(0, 10**9),
        credit=st.integers(0, 10**9),
        hours=st.integers(1, 24 * 366 * 3),
        after=st.integers(-100, 24 * 366 * 4),
        percent=st.integers(0, 100),
        in_full=st.booleans(),
    )
    def test_refund_consumed_and_fee_are_always_what_was_paid(
        self, cash, credit, hours, after, percent, in_full
    ):
        begins = datetime(2024, 1, 1, tzinfo=UTC)
        period = PaidPeriod(
            "CS1", begins, begins + timedelta(hours=hours), Money(cash, "CNY"), Money(credit, "CNY"), 12
        )
        fees = [FeeRow(0, 10_000, percent)]
        refund = refund_of(period, at=begins + timedelta(hours=after), in_full=in_full, fees=fees)
        assert refund.refund + refund.consumed + refund.fee == period.paid
        assert refund.cash + refund.credit == refund.refund
        assert Money.zero("CNY") <= refund.refund <= period.paid
        assert Money.zero("CNY") <= refund.cash <= period.cash
        assert Money.zero("CNY") <= refund.credit <= period.credit
        assert refund.fee.minor >= 0 and refund.consumed.minor >= 0


class TestFiveDays:
    @pytest.mark.parametrize(
        ("changed", "applies"),
        [
            ({}, True),
            ({"site": "intl"}, False),
            ({"is_new_purchase": False}, False),
            ({"at": beijing(2024, 1, 6, 9, 59, 59)}, True),
            ({"at": beijing(2024, 1, 6, 10, 0)}, False),
            ({"used_this_year": 9}, True),
            ({"used_this_year": 10}, False),
        ],
    )
    def test_who_may_return_without_a_reason(self, changed, applies):
        facts = {
            "site": "cn",
            "is_new_purchase": True,
            "opened_at": beijing(2024, 1, 1, 10, 0),
            "at": beijing(2024, 1, 2),
            "used_this_year": 0,
            "hours": 120,
            "quota": 10,
        }
        assert five_day_applies(**(facts | changed)) is applies

    def test_the_year_is_beijings(self):
        assert calendar_year(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == 2026
        assert calendar_year(datetime(2025, 12, 31, 15, 59, tzinfo=UTC)) == 2025


class TestFees:
    @pytest.mark.parametrize(
        ("bought_months", "used_months", "percent"),
        [
            (60, 0, 30),
            (60, 12, 30),
            (60, 13, 40),
            (60, 24, 40),
            (60, 59, 70),
            (36, 1, 0),
            (12, 1, 0),
            (1, 0, 0),
        ],
    )
    def test_only_five_years_prepaid_have_a_documented_fee(self, bought_months, used_months, percent):
        assert (
            fee_percent(FIVE_YEAR_PREPAID, bought_months=bought_months, used_hours=used_months * 720)
            == percent
        )

    def test_the_longest_fitting_purchase_decides(self):
        fees = [FeeRow(1, 100, 5), FeeRow(12, 6, 10), FeeRow(12, 12, 20)]
        assert fee_percent(fees, bought_months=12, used_hours=720) == 10
        assert fee_percent(fees, bought_months=12, used_hours=7 * 720) == 20
        assert fee_percent(fees, bought_months=6, used_hours=720) == 5


class TestChanges:
    def test_half_of_the_time_costs_half_of_the_difference(self):
        due = difference(
            old_official=yuan("100.00"), new_official=yuan("160.00"), remaining_hours=372, total_hours=744
        )
        assert due == yuan("30.00")

    def test_a_downgrade_gives_back_at_the_rate_that_was_paid(self):
        less = difference(
            old_official=yuan("160.00"), new_official=yuan("100.00"), remaining_hours=372, total_hours=744
        )
        assert less == yuan("-30.00")
        back = downgrade_refund(
            difference=less, old_official=yuan("160.00"), paid=yuan("144.00"), unused=yuan("72.00")
        )
        assert back == yuan("27.00")

    @given(
        old=st.integers(0, 10**8),
        new=st.integers(0, 10**8),
        rest=st.integers(0, 9000),
        total=st.integers(1, 9000),
        paid=st.integers(0, 10**8),
    )
    def test_a_downgrade_never_gives_back_more_than_is_unused(self, old, new, rest, total, paid):
        due = difference(
            old_official=Money(old, "CNY"),
            new_official=Money(new, "CNY"),
            remaining_hours=rest,
            total_hours=total,
        )
        assert due <= Money(max(new - old, 0), "CNY")
        if due.minor <= 0:
            whole = Money(min(paid, old), "CNY")
            unused = whole - whole.share(total - min(rest, total), total)
            back = downgrade_refund(difference=due, old_official=Money(old, "CNY"), paid=whole, unused=unused)
            assert Money.zero("CNY") <= back <= unused


class TestDeadlines:
    def test_the_documented_examples(self):
        placed = beijing(2018, 11, 26, 23, 12, 32)
        assert payment_deadline(placed, days=7) == beijing(2018, 12, 3, 23, 12, 32)
        coupon_ends = beijing(2018, 11, 30, 23, 59, 59)
        assert payment_deadline(placed, days=7, expiries=[coupon_ends]) == coupon_ends

    def test_a_later_expiry_changes_nothing(self):
        placed = beijing(2018, 11, 26)
        assert payment_deadline(placed, days=7, expiries=[beijing(2019, 1, 1)]) == beijing(2018, 12, 3)

    def test_the_deadline_itself_is_too_late(self):
        deadline = beijing(2018, 12, 3)
        assert is_too_late(deadline, deadline)
        assert not is_too_late(deadline - timedelta(seconds=1), deadline)
        assert not is_too_late(deadline, None)
