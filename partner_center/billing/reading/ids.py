"""The id of a line: opaque to whoever holds it, and enough for us to open the one file where it stands."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass

from partner_center.kernel.period import BillMonth

_SHAPE = struct.Struct(">H16sBqq")
_USAGE, _FEE = 1, 2


@dataclass(frozen=True, slots=True)
class LineId:
    """A usage line by its batch and position, or a fee record by its number in the database (batch 0)."""

    month: BillMonth
    customer_id: str
    is_usage: bool
    batch: int
    position: int

    def __str__(self) -> str:
        packed = _SHAPE.pack(
            self.month.year * 12 + self.month.month - 1,
            bytes.fromhex(self.customer_id),
            _USAGE if self.is_usage else _FEE,
            self.batch,
            self.position,
        )
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str) -> LineId | None:
        """None for whatever is no id of a line."""
        try:
            packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            months, customer, source, batch, position = _SHAPE.unpack(packed)
        except (ValueError, struct.error):
            return None
        if source not in (_USAGE, _FEE) or not 1970 * 12 <= months < 3000 * 12:
            return None
        month = BillMonth(months // 12, months % 12 + 1)
        return cls(month, customer.hex(), source == _USAGE, batch, position)
