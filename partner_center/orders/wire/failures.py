"""Refusals of single resources within an answer that is itself a success."""

from __future__ import annotations

from typing import Self

from partner_center.kernel.errors import DomainError
from partner_center.wire.schema import Maybe, WireModel


class FailResourceInfo(WireModel):
    error_code: Maybe[str] = None
    error_msg: Maybe[str] = None
    resource_id: Maybe[str] = None

    @classmethod
    def of(cls, resource_id: str, refusal: DomainError) -> Self:
        return cls(error_code=refusal.code, error_msg=str(refusal), resource_id=resource_id)
