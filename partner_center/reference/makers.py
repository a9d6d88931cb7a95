"""Plausible rows for tests and the sample world."""

from __future__ import annotations

from partner_center.foundation.actor import Actor
from partner_center.reference.actions import load_dictionaries
from partner_center.reference.models import County


def make_dictionaries() -> None:
    """The dictionaries, where a test has emptied the database."""
    if not County.objects.exists():
        load_dictionaries(Actor.system("reference.dictionaries"))
