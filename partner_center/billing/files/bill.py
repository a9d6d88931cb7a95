"""What stands on a month's bill, ready to be set: words in one language, amounts as text.

The same sums as the page of the bill (`billing.sums`), so that paper and screen cannot differ. A section that would be
longer than `LONGEST` names the largest and adds up the rest, so that its lines always sum to the bill.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from partner_center.billing.models.fees import MEANS, FeeRecordQuerySet
from partner_center.billing.naming import words_for
from partner_center.billing.sums import MEANS_WORDS, PARTS, Grouped, Sums
from partner_center.identity.models import Account
from partner_center.kernel.money import Money, minor_digits
from partner_center.kernel.period import BEIJING, BillMonth

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the bill: headings, rows of texts, and a last row in bold."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BillDocument:
    """One bill, whole. `facts` and `sums` are (words, text)."""

    language: str
    title: str
    brand: str
    facts: Sequence[tuple[str, str]]
    sums: Sequence[tuple[str, str]]
    sections: Sequence[Section] = field(default_factory=tuple)
    note: str = ""
    page: str = ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def document_of(
    records: FeeRecordQuerySet,
    *,
    account: Account,
    is_partner: bool,
    month: BillMonth,
    currency: str,
    final_at: datetime,
    now: datetime,
    language: str,
) -> BillDocument:
    """The bill that these records of one currency and month make for an account."""
    with translation.override(language):
        found = list(Grouped(records))
        whole = found[0] if found else Sums((), currency)
        sections = [_section(_("By cloud service"), _("Cloud service"), records, "service", whole, language)]
        if is_partner:
            sections.insert(
                0, _section(_("By customer"), _("Customer"), records, "customer", whole, language)
            )
        sections.append(_section(_("By bill type"), _("Bill type"), records, "type", whole, language))
        return BillDocument(
            language=language,
            title=_("Partner bill") if is_partner else _("Bill"),
            brand=_("Partner center"),
            facts=[
                (_("Account"), account.company_name or account.name),
                (_("Account ID"), account.pk),
                (_("Bill month"), str(month)),
                (_("Currency"), currency),
                (_("State"), _("Final") if now >= final_at else _("Preliminary")),
                (_("Final on (Beijing time)"), final_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")),
            ],
            sums=_sums(whole),
            sections=[*sections, _means(whole)],
            note=_(
                "Amounts are in %(currency)s. What is below the smallest unit is cut off at the sum of a "
                "service, region and billing mode, never charged. Months and days are those of Beijing time."
            )
            % {"currency": currency},
            page=_("Page"),
        )


def _sums(whole: Sums) -> list[tuple[str, str]]:
    parts = [(str(words), said(whole.money(name))) for name, (words, _which) in PARTS.items()]
    return [
        *parts,
        (_("Bill total"), said(whole.money("consume"))),
        (_("Paid"), said(whole.money("consume") - whole.money("debt"))),
        (_("Arrears"), said(whole.money("debt"))),
    ]


def _section(
    title: str, heading: str, records: FeeRecordQuerySet, by: str, whole: Sums, language: str
) -> Section:
    """A row for each value of a heading, the largest first, and what all come to."""
    grouped = Grouped(records, by)
    rows = grouped.part(0, LONGEST)
    names = words_for(by, (row.key[0] for row in rows), language)
    told = [[names[row.key[0]], *_amounts(row)] for row in rows]
    if grouped.total > len(rows):
        told.append([_("%(n)d others") % {"n": grouped.total - len(rows)}, *_amounts(_rest(whole, rows))])
    headings = [heading, _("List price"), _("Discount"), _("Rounded off"), _("Amount")]
    return Section(title, headings, told, [_("Total"), *_amounts(whole)])


def _means(whole: Sums) -> Section:
    rows = [
        [str(words), said(whole.money(name))]
        for name, words in MEANS_WORDS.items()
        if whole.amounts.get(name)
    ]
    return Section(
        _("By payment method"),
        [_("Payment method"), _("Amount")],
        rows,
        [_("Total"), said(Money.total((whole.money(name) for name in MEANS), whole.currency))],
    )


def _amounts(row: Sums) -> list[str]:
    return [said(row.money(name)) for name in ("official", "discount", "erase", "consume")]


def _rest(whole: Sums, rows: Iterable[Sums]) -> Sums:
    left = dict(whole.amounts)
    for row in rows:
        for name, amount in row.amounts.items():
            left[name] = left.get(name, 0) - amount
    return Sums((), whole.currency, 0, left)


def said(money: Money) -> str:
    """1,234.50, with a true minus."""
    return f"{money.decimal:,.{minor_digits(money.currency)}f}".replace("-", "−")
