"""Keeping the dictionaries and the working calendar."""

from __future__ import annotations

from datetime import date

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.reference import dictionaries
from partner_center.reference.errors import YearOutOfRange
from partner_center.reference.models import CalendarDay, CalendarYear

FIRST_YEAR, LAST_YEAR = 2004, 2199
"""2004 is the first year that the official calendar knows."""


@action("reference.load_dictionaries", label=_("Load the dictionaries"))
def load_dictionaries(actor: Actor) -> None:
    """Bring measures, conversions and places up to the files of this release. Doing it again changes nothing."""
    dictionaries.load(apps)


@action("reference.set_calendar_day", label=_("Set a working day or holiday"))
def set_calendar_day(actor: Actor, *, day: date, works: bool, note: str = "") -> CalendarDay:
    """State that people work, or do not work, on `day`. Raises YearOutOfRange."""
    _check_year(day.year)
    row, _is_new = CalendarDay.objects.update_or_create(day=day, defaults={"works": works, "note": note})
    record(actor, "calendarday.set", row, works=works)
    return row


@action("reference.confirm_calendar_year", label=_("Confirm the calendar of a year"))
def confirm_calendar_year(actor: Actor, *, year: int) -> CalendarYear:
    """State that every holiday and make-up day of `year` has been entered. Raises YearOutOfRange."""
    _check_year(year)
    row, is_new = CalendarYear.objects.get_or_create(year=year)
    if is_new:
        record(actor, "calendaryear.confirmed", row)
    return row


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRange(year=year, first=FIRST_YEAR, last=LAST_YEAR)
