"""A killed process leaves no half order (the short siege; `make torture` is the long one)."""

from __future__ import annotations

from tests.torture.siege import besiege


def test_ten_kills_under_load_lose_nothing_and_pay_nothing_twice(real_db, tmp_path):
    report = besiege(10, var=tmp_path)
    assert not report.faults, "\n".join([str(report), *report.faults[:20]])
    assert report.kills == 10 and report.paid > 20 and report.unanswered > 5, str(report)
