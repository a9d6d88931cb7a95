"""Bills as PDF. The same bill gives the same bytes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from partner_center.billing.files.bill import BillDocument
from partner_center.foundation.typesetting import typeset

TEMPLATE = Path(__file__).with_name("bill.typ")


def pdf_of(bill: BillDocument, *, moment: datetime) -> bytes:
    """The bill as PDF. `moment` is the date the file bears."""
    return typeset(TEMPLATE, bill.as_data(), moment=moment)
