"""Marker paging: a page ends with the marker that the next page begins after."""

from __future__ import annotations

import base64
import binascii

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partner_center.catalogue.models import Product
from partner_center.wire.errors import InvalidParameter


def page(rows: QuerySet[Product], marker: str | None, limit: int) -> tuple[list[Product], str | None]:
    """Up to `limit` products after `marker`, and the next marker (None on the last page). Raises InvalidParameter."""
    ordered = rows.order_by("pk")
    found = list(ordered.filter(pk__gt=_read(marker))[: limit + 1] if marker else ordered[: limit + 1])
    return found[:limit], _written(found[limit - 1].pk) if len(found) > limit else None


def _written(last: int) -> str:
    return base64.urlsafe_b64encode(f"p{last}".encode()).decode()


def _read(marker: str) -> int:
    try:
        text = base64.urlsafe_b64decode(marker.encode("ascii")).decode("ascii")
        if not text.startswith("p") or not text[1:].isdigit() or len(text) > 19:
            raise ValueError(text)
    except (ValueError, UnicodeError, binascii.Error):
        raise InvalidParameter(
            parameter="marker", reason=_("it is not a marker of an earlier page")
        ) from None
    return int(text[1:])
