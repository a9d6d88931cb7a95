from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from partner_center.ledger.models import Entry, Transfer
from partner_center.ledger.tests.acting import WORLD, leg, move

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Entry, Transfer])
def test_what_is_written_cannot_be_deleted(model):
    move("fund", leg(WORLD, "cash:a", "5.00"))
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        model.objects.filter(pk__gt=0)._raw_delete("default")


def test_what_is_written_cannot_be_changed():
    move("fund", leg(WORLD, "cash:a", "5.00"))
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Entry.objects.update(memo="something else")
    with pytest.raises(DatabaseError, match="final"), transaction.atomic():
        Transfer.objects.update(amount_minor=1)
