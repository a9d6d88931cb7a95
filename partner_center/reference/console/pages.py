"""Dictionaries and the working calendar in the console."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Link
from partner_center.console.columns import Day, Flag, Number, Text
from partner_center.console.filters import Equal, Search, Since, Until
from partner_center.console.forms import ActionForm
from partner_center.console.pages import FormPage, ListPage
from partner_center.reference.actions import confirm_calendar_year, set_calendar_day
from partner_center.reference.models import (
    CalendarDay,
    CalendarYear,
    City,
    Conversion,
    County,
    Measure,
    Province,
)


class MeasureList(ListPage):
    name, path, title, permission = "measures", "measures/", _("Measures"), "catalogue.view"
    source = Measure.objects.visible_to
    columns = (
        Number("id", _("Measure ID")),
        Text("name", _("Name")),
        Text("name_zh", _("Chinese name")),
        Text("abbreviation", _("Short"), code=True),
        Number("kind", _("Measure type")),
        Text(
            "smaller",
            _("In smaller units"),
            value=lambda measure: ", ".join(
                f"{one.ratio} {one.ref_measure}" for one in measure.conversions.all()
            ),
            prefetch=("conversions__ref_measure",),
        ),
    )
    filters = (
        Search(into=("name", "name_zh", "abbreviation")),
        Equal("kind", _("Measure type"), hidden=False),
    )
    order = ("id",)


class ConversionList(ListPage):
    name, path, title, permission, parent = (
        "conversions",
        "conversions/",
        _("Conversions"),
        "catalogue.view",
        "measures",
    )
    source = Conversion.objects.visible_to
    columns = (
        Text("measure__name", _("Measure"), needs=("measure",)),
        Number("ratio", _("Ratio")),
        Text("ref_measure__name", _("Smaller unit"), needs=("ref_measure",)),
    )
    filters = (Search(into=("measure__name", "ref_measure__name")),)


class PlaceList(ListPage):
    """Counties with their city and province: the whole tree in one list."""

    name, path, title, permission = "places", "places/", _("Places"), "catalogue.view"
    source = County.objects.visible_to
    columns = (
        Text("city__province__name", _("Province"), needs=("city__province",)),
        Text("city__name", _("City"), needs=("city",)),
        Text("name", _("District or county")),
        Text("code", _("Code"), code=True),
    )
    filters = (
        Search(into=("name", "code", "city__name", "city__province__name")),
        Equal("province", path="city__province"),
        Equal("city"),
    )
    order = ("code",)


class ProvinceList(ListPage):
    name, path, title, permission, parent = (
        "provinces",
        "provinces/",
        _("Provinces"),
        "catalogue.view",
        "places",
    )
    source = Province.objects.visible_to
    columns = (Text("name", _("Name")), Text("code", _("Code"), code=True))
    filters = (Search(into=("name", "code")),)


class CityList(ListPage):
    name, path, title, permission, parent = "cities", "cities/", _("Cities"), "catalogue.view", "places"
    source = City.objects.visible_to
    columns = (
        Text("province__name", _("Province"), needs=("province",)),
        Text("name", _("Name")),
        Text("code", _("Code"), code=True),
    )
    filters = (Search(into=("name", "code", "province__name")), Equal("province"))


class CalendarDays(ListPage):
    name, path, title, permission = "calendar-days", "calendar/", _("Working calendar"), "catalogue.view"
    lead = _(
        "What is stated here outranks the official calendar; a year the program does not know is provisional."
    )
    kinds = ("staff",)
    source = CalendarDay.objects.visible_to
    columns = (Day("day", _("Day")), Flag("works", _("Working day")), Text("note", _("Note")))
    filters = (Since("day", _("From")), Until("day", _("Until")))
    links = (
        Link(page="set-calendar-day", label=_("State a day")),
        Link(page="confirm-calendar-year", label=_("Confirm a year"), icon="check", primary=False),
    )


class CalendarYears(ListPage):
    name, path, title, permission, parent = (
        "calendar-years",
        "calendar-years/",
        _("Confirmed years"),
        "catalogue.view",
        "calendar-days",
    )
    kinds = ("staff",)
    source = CalendarYear.objects.visible_to
    columns = (Number("year", _("Year")), "confirmed_at")


class DayForm(ActionForm):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    works = forms.BooleanField(label=_("Working day"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=128)


class YearForm(ActionForm):
    year = forms.IntegerField(label=_("Year"), min_value=2004, max_value=2199)


class SetCalendarDay(FormPage):
    name, path, title, parent = "set-calendar-day", "calendar/set/", _("State a day"), "calendar-days"
    act, form = set_calendar_day, DayForm
    after = "calendar-days"


class ConfirmCalendarYear(FormPage):
    name, path, title, parent = (
        "confirm-calendar-year",
        "calendar/confirm/",
        _("Confirm a year"),
        "calendar-days",
    )
    lead = _(
        "All holidays and make-up days of the year have been stated: deadlines in it are no longer provisional."
    )
    act, form = confirm_calendar_year, YearForm
    after = "calendar-years"
