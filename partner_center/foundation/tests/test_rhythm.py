"""Rhythms name the moments at which work falls due."""

from datetime import UTC, datetime, timedelta

import pytest

from partner_center.foundation.rhythm import Rhythm

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "name", "moment"),
    [
        ("10 minutes", "2026-01-01T00:10Z", datetime(2026, 1, 1, 0, 10, tzinfo=UTC)),
        ("hour", "2026-01-01T01:00Z", datetime(2026, 1, 1, 1, tzinfo=UTC)),
        ("hour at :05", "2026-01-01T00:05Z", datetime(2026, 1, 1, 0, 5, tzinfo=UTC)),
        ("day at 03:00 Asia/Shanghai", "2026-01-02", datetime(2026, 1, 1, 19, tzinfo=UTC)),
        ("day 3 of month at 02:00 Asia/Shanghai", "2026-01", datetime(2026, 1, 2, 18, tzinfo=UTC)),
        ("day 31 of month at 00:00", "2026-01", datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_the_next_slot(words, name, moment):
    slot = Rhythm.parse(words).next_after(NEW_YEAR)
    assert (slot.name, slot.moment) == (name, moment)


@pytest.mark.parametrize(
    "words", ["10 minutes", "hour", "day at 03:00 Asia/Shanghai", "day 31 of month at 02:00"]
)
def test_slots_neither_repeat_nor_stand_still(words):
    slots = list(
        Rhythm.parse(words).between(NEW_YEAR, NEW_YEAR + timedelta(days=400 if "day" in words else 3))
    )

    assert len({slot.name for slot in slots}) == len(slots) > 10
    assert all(one.moment < two.moment for one, two in zip(slots, slots[1:], strict=False))


@pytest.mark.parametrize("words", ["sometimes", "day at 3", "day at 03:00 Atlantis/Nowhere", "minutes 10"])
def test_other_words_are_refused(words):
    with pytest.raises((ValueError, KeyError)):
        Rhythm.parse(words)
