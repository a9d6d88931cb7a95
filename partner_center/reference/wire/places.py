"""What the three operations on Chinese places share: a code, a name (Chinese only), and pages of up to 1000."""

from __future__ import annotations

from partner_center.wire.schema import Paging, WireModel, field


class PlaceInfo(WireModel):
    code: str
    name: str


class PlacePaging(Paging):
    limit: int = field(10, ge=1, le=1000)
