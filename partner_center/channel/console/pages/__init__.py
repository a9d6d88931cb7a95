"""The pages of this room, one module a process."""

from partner_center.channel.console.pages import (
    access,
    face,
    real_name,
    real_name_review,
    resellers,
)

__all__ = ["access", "face", "real_name", "real_name_review", "resellers"]
