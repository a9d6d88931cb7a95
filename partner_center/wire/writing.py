"""Writing an answer: exact Decimals as JSON numbers, UTC moments with Z, absent fields left out."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from partner_center.wire.reading import bare
from partner_center.wire.schema import Site, WireModel

_encoder = msgspec.json.Encoder(decimal_format="number")


def write(answer: Any, site: Site) -> bytes:
    """The bytes of an answer for a caller of `site`; fields the site does not know are left out."""
    if isinstance(answer, WireModel):
        answer = answer.model_dump(by_alias=True, exclude_none=True, exclude=_unknown(type(answer), site))
    return _encoder.encode(answer)


@cache
def _unknown(model: type[WireModel], site: Site) -> Any:
    """What pydantic is to leave out for a site: {"field": True, "list": {"__all__": {…}}}; None when nothing."""
    hints = get_type_hints(model, include_extras=True)
    found: dict[str, Any] = {}
    for name in model.model_fields:
        if site not in model.rule(name).only:
            found[name] = True
            continue
        hint, _dialect = bare(hints[name])
        many = get_origin(hint) is list
        if many:
            hint, _dialect = bare(get_args(hint)[0])
        if isinstance(hint, type) and issubclass(hint, WireModel):
            inner = _unknown(hint, site)
            if inner:
                found[name] = {"__all__": inner} if many else inner
    return found or None
