"""Documents as PDF, set by Typst from a template and data. The same data give the same bytes.

Chinese needs a font with its characters: the one that comes with the package `pylopdf-fonts-zh-cn` (Noto Sans SC, SIL
Open Font License), or else Noto Sans CJK where the system has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "pylopdf_fonts_zh_cn"
_FONT, _SYSTEM_FONT = "Noto Sans SC", "Noto Sans CJK SC"


def typeset(template: Path, data: Mapping[str, Any], *, moment: datetime) -> bytes:
    """The template filled with `data` (`sys.inputs.data`, as JSON) and `sys.inputs.font`.

    `moment` is the date the file bears.
    """
    import typst

    folder = font_folder()
    made = typst.compile(
        template,
        root=template.parent,
        font_paths=[folder] if folder else [],
        ignore_system_fonts=folder is not None,
        format="pdf",
        sys_inputs={
            "data": json.dumps(data, ensure_ascii=False, default=str),
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
