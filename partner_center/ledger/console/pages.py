"""The ledger itself, for the operator: accounts, entries, and what each entry moved. Nothing can be changed here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Number, Ref, Sum, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, Until
from partner_center.console.pages import DetailPage, ListPage
from partner_center.console.panels import Facts, Rows
from partner_center.ledger.models import Account, Entry
from partner_center.ledger.queries import account_for, entry_for, latest_transfers, transfers_of

CURRENCIES = {"CNY": "CNY", "USD": "USD"}


class LedgerAccounts(ListPage):
    """Every address with its cached balance; the house's own accounts have none."""

    name, path, title, permission = (
        "ledger-accounts", "ledger/accounts/", _("Ledger accounts"), "ledger.view",
    )  # fmt: skip
    kinds = ("staff",)
    source = Account.objects.visible_to
    columns = (
        Ref("address", _("Address"), page="ledger-account", value=lambda row: row, show="address"),
        Text("currency"),
        Sum("balance", _("Balance"), value=lambda row: row.balance, sort="balance_minor"),
        Sum("floor", _("Lowest balance"), value=lambda row: row.floor, sort="floor_minor"),
        Text("owner", _("Owner"), code=True, minor=True),
    )
    filters = (
        Search(into=("address",), exact=("owner",)),
        Choice("currency", _("Currency"), offered=CURRENCIES),
        Equal("owner"),
    )
    order = ("address",)


class LedgerAccount(DetailPage):
    name, path, title, permission, parent = (
        "ledger-account", "ledger/accounts/<int:pk>/", _("Ledger account"), "ledger.view", "ledger-accounts",
    )  # fmt: skip
    kinds = ("staff",)
    fetch = account_for
    left = (
        Facts(
            Text("address", _("Address"), code=True),
            Text("currency", _("Currency")),
            Sum("summed", _("Balance"), value=lambda row: row.summed),
            Sum("floor", _("Lowest balance"), value=lambda row: row.floor),
        ),
    )
    bottom = (
        Rows(
            _("Latest transfers"),
            lambda actor, account: latest_transfers(account),
            [
                When("entry__happened_at", _("Time")),
                Ref("entry", _("Entry"), page="ledger-entry", show="entry__reference"),
                Text("entry__kind", _("Kind")),
                Text("source__address", _("From"), code=True),
                Text("target__address", _("To"), code=True),
                Sum("amount", _("Amount"), value=lambda row: row.amount),
            ],
        ),
    )


class LedgerEntries(ListPage):
    """Everything that ever moved money, newest first."""

    name, path, title, permission = (
        "ledger-entries", "ledger/entries/", _("Ledger entries"), "ledger.view",
    )  # fmt: skip
    kinds = ("staff",)
    source = Entry.objects.visible_to
    columns = (
        When("happened_at", _("Time")),
        Text("kind", _("Kind")),
        Text("reference", _("Reference"), code=True),
        Text("about", _("About"), code=True),
        Text("memo", _("Memo"), cut=60, minor=True),
    )
    filters = (
        Search(into=("reference", "about", "kind")),
        Since("happened_at", _("From")),
        Until("happened_at", _("To")),
    )
    order = ("-pk",)
    opens = "ledger-entry"


class LedgerEntry(DetailPage):
    name, path, title, permission, parent = (
        "ledger-entry", "ledger/entries/<int:pk>/", _("Ledger entry"), "ledger.view", "ledger-entries",
    )  # fmt: skip
    kinds = ("staff",)
    fetch = entry_for
    left = (
        Facts(
            Text("kind", _("Kind")),
            Text("reference", _("Reference"), code=True),
            Text("about", _("About"), code=True),
            When("happened_at", _("Time")),
            Text("memo", _("Memo")),
            Text("fingerprint", _("Fingerprint"), code=True),
        ),
    )
    right = (
        Rows(
            _("Transfers"),
            lambda actor, entry: transfers_of(entry),
            [
                Number("position", _("Place")),
                Ref("source", _("From"), page="ledger-account", show="source__address"),
                Ref("target", _("To"), page="ledger-account", show="target__address"),
                Sum("amount", _("Amount"), value=lambda row: row.amount),
            ],
        ),
    )
