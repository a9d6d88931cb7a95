"""Bills as PDF, set by Typst. The same bill gives the same bytes.

Chinese needs a font with its characters: the one that comes with the package `pylopdf-fonts-zh-cn` (Noto Sans SC, SIL
Open Font License), or else Noto Sans CJK where the system has it.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from partner_center.billing.files.bill import BillDocument

TEMPLATE = Path(__file__).with_name("bill.typ")
PACKAGE = "pylopdf_fonts_zh_cn"
_FONT, _SYSTEM_FONT = "Noto Sans SC", "Noto Sans CJK SC"


def pdf_of(bill: BillDocument, *, moment: datetime) -> bytes:
    """The bill as PDF. `moment` is the date the file bears."""
    import typst

    folder = font_folder()
    made = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[folder] if folder else [],
        ignore_system_fonts=folder is not None,
        format="pdf",
        sys_inputs={
            "bill": json.dumps(bill.as_data(), ensure_ascii=False, default=str),
            "font": _FONT if folder else _SYSTEM_FONT,
        },
        timestamp=int(moment.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


@cache
def font_folder() -> Path | None:
    """Where the package keeps its fonts; None without it, and then the system is asked."""
    found = find_spec(PACKAGE)
    return Path(found.origin).parent if found is not None and found.origin else None
