"""A killed process leaves nothing half done (the short sieges; `make torture` has the long ones)."""

from __future__ import annotations

import pytest

from tests.torture import months
from tests.torture.siege import besiege


@pytest.mark.slow
def test_ten_kills_under_load_lose_nothing_and_pay_nothing_twice(real_db, tmp_path):
    report = besiege(10, var=tmp_path)
    assert not report.faults, "\n".join([str(report), *report.faults[:20]])
    assert report.kills == 10 and report.paid > 20 and report.unanswered > 5, str(report)


@pytest.mark.slow
def test_a_month_that_is_killed_ten_times_ends_as_one_that_nobody_disturbed(real_db, tmp_path):
    report = months.besiege(10, var=tmp_path)
    assert not report.faults, "\n".join([str(report), *report.faults[:20]])
    assert report.killed == 10 and all(report.kills.values()), str(report)
