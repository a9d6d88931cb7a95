"""Dictionaries. Their rows come from the files in `dictionaries/` and change with a release, not with the business."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from partner_center.foundation.actor import Actor
from partner_center.kernel import clock

M = TypeVar("M", bound=models.Model)


class PublicQuerySet(models.QuerySet[M]):
    """Rows that everybody with an account may read."""

    def visible_to(self, actor: Actor) -> Self:
        return self.none() if actor.kind == "nobody" else self


class Named(models.Model):
    """A thing with an English and a Chinese name; the vendor's API answers in the language of X-Language."""

    name = models.CharField(max_length=128)
    name_zh = models.CharField(max_length=128)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name for a reader of `language` ("en" or "zh-hans"). Never empty."""
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name


class MeasureQuerySet(PublicQuerySet["Measure"]):
    def on_site(self, site: str) -> Self:
        """The units that the API of this site ("cn" or "intl") lists."""
        return self.filter(sites__contains=site)


class Measure(Named):
    """A unit, under the id that the vendor's API uses: 4 is the hour, 10 the GB of traffic, 17 the GB of disks.

    kind: the vendor's measure_type; only units of one kind convert into each other.
    sites: which sites' API lists it ("cn", "intl", separated by a blank).
    """

    id = models.PositiveIntegerField(primary_key=True)
    abbreviation = models.CharField(max_length=64)
    kind = models.PositiveIntegerField()
    sites = models.CharField(max_length=16, default="cn intl")

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]


class Conversion(models.Model):
    """One `measure` is `ratio` times one `ref_measure`: 1 GB = 1024 MB."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="conversions")
    ref_measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    ratio = models.PositiveBigIntegerField()

    objects = PublicQuerySet["Conversion"].as_manager()

    class Meta:
        ordering = ["measure_id", "ref_measure_id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "ref_measure"], name="one_conversion_a_pair"),
            models.CheckConstraint(
                condition=models.Q(ratio__gte=1), name="a_conversion_goes_to_the_smaller_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.measure} = {self.ratio} {self.ref_measure}"


class Place(models.Model):
    """A Chinese administrative division under its six-digit national code. Names exist in Chinese only."""

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=64)

    objects = PublicQuerySet["Place"].as_manager()

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Province(Place):
    class Meta(Place.Meta):
        pass


class City(Place):
    province = models.ForeignKey(Province, models.PROTECT, related_name="cities")

    class Meta(Place.Meta):
        pass


class County(Place):
    city = models.ForeignKey(City, models.PROTECT, related_name="counties")

    class Meta(Place.Meta):
        pass


class CalendarDay(models.Model):
    """What the operator says of one day of the Chinese working calendar; it outranks what the program knows."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()
    note = models.CharField(max_length=128, blank=True)

    objects = PublicQuerySet["CalendarDay"].as_manager()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()


class CalendarYear(models.Model):
    """A year whose holidays the operator has entered completely: deadlines in it are no longer provisional."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    confirmed_at = models.DateTimeField(default=clock.now, editable=False)

    objects = PublicQuerySet["CalendarYear"].as_manager()

    class Meta:
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
