"""Taking prices from a file into a draft."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from partner_center.catalogue.actions.prices import draft_prices
from partner_center.catalogue.imports import check_prices
from partner_center.catalogue.models import PriceDraft
from partner_center.catalogue.tables import Rejection
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class PriceImport:
    """What became of a file. Without a draft nothing was changed."""

    draft: PriceDraft | None
    accepted: int
    unchanged: int
    rejections: tuple[Rejection, ...]


@action("catalogue.import_prices", permission="catalogue.draft_prices", label=_("Import prices"))
def import_prices(actor: Actor, *, content: bytes, file_name: str, skip_wrong: bool = False) -> PriceImport:
    """Draft the prices of a CSV or XLSX file; they are charged by nobody until the draft is published.

    If any line is wrong nothing is drafted, unless `skip_wrong` asks to leave the wrong lines out. Lines that
    are published already are passed over. Raises FileUnreadable.
    """
    checked = check_prices(content, file_name)
    report = PriceImport(None, len(checked.entries), checked.unchanged, checked.rejections)
    if not checked.entries or (checked.rejections and not skip_wrong):
        return report
    draft = draft_prices(actor, prices=checked.entries, name=file_name[:128])
    return PriceImport(draft, report.accepted, report.unchanged, report.rejections)
