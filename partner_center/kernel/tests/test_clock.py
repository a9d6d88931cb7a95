"""The installation's clock: real time plus an offset, or a set moment."""

from datetime import UTC, datetime, timedelta

import pytest

from partner_center.kernel import clock


def test_it_stands_still_where_it_is_set_and_only_goes_forwards():
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with clock.at(noon):
        assert clock.now() == noon
        clock.move_to(noon + timedelta(days=1))
        assert clock.now() == noon + timedelta(days=1)
        with pytest.raises(AssertionError):
            clock.move_to(noon)
    assert abs(clock.machine_now() - datetime.now(UTC)) < timedelta(seconds=5)  # noqa: TID251


def test_the_machine_does_not_follow():
    with clock.at(datetime(2031, 1, 1, tzinfo=UTC)):
        assert clock.machine_now().year < 2031
