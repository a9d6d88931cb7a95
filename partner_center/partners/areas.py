"""Business regions (业务开展地区): a reseller and its distributor share one (features A3, A5)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Area(models.TextChoices):
    """Where a partner does business: a representative office of the vendor at home, a part of the world abroad."""

    NORTH = "north", _("North China")
    NORTHEAST = "northeast", _("Northeast China")
    EAST = "east", _("East China")
    CENTRAL = "central", _("Central China")
    SOUTH = "south", _("South China")
    SOUTHWEST = "southwest", _("Southwest China")
    NORTHWEST = "northwest", _("Northwest China")
    ASIA_PACIFIC = "asia_pacific", _("Asia Pacific")
    LATIN_AMERICA = "latin_america", _("Latin America")
    AFRICA = "africa", _("Africa")
    MIDDLE_EAST = "middle_east", _("Middle East and Central Asia")
    EUROPE = "europe", _("Europe")


_AT_HOME = tuple(Area)[:7]


def areas_of(site: str) -> tuple[Area, ...]:
    """The regions of a site."""
    return _AT_HOME if site == "cn" else tuple(Area)[7:]
