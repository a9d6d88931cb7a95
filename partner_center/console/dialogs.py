"""Dialogs: asking before a deed, with its form and its verification code, and saying what came of it.

A page that offers deeds (a list, a detail page) mixes this in and says which deeds it has and which rows
the reader may touch. Without JavaScript the same dialogs are whole pages.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partner_center.console import batches
from partner_center.console.actions import Deed
from partner_center.console.forms import ActionForm, NoForm
from partner_center.console.models import BatchOutcome, BatchTask
from partner_center.console.page import Page
from partner_center.console.registry import PAGES
from partner_center.console.secondcheck import code_is_due, second_check
from partner_center.kernel.errors import DomainError

MOST_ROWS = 200
"""More rows than this are not chosen by ticking (a page shows at most 100)."""


class Deeds(Page):
    """The part of a page that answers ?dialog=<deed> and POST deed=<deed>."""

    def deeds(self) -> Sequence[Deed]:
        raise NotImplementedError

    def chosen(self, keys: Sequence[str]) -> list[Any]:
        """The rows with these keys that the reader may see, in the order asked for."""
        raise NotImplementedError

    def concerned(self, row: Any) -> str:
        """The account whose personal data a row shows; it may read who looked."""
        return str(getattr(row, "customer_id", "") or getattr(row, "account_id", "") or "")

    def deed_called(self, name: str) -> Deed:
        for deed in self.deeds():
            if deed.name == name and not deed.page:
                if not deed.permitted(self.actor):
                    from partner_center.foundation.errors import NotPermitted

                    raise NotPermitted(permission=deed.action.permission if deed.action else name)
                return deed
        raise Http404(name)

    def ask(
        self,
        deed: Deed,
        keys: Sequence[str],
        *,
        form: ActionForm | None = None,
        refusal: Any = None,
        note: Any = None,
    ) -> HttpResponse:
        """The dialog: what is about to happen, to which rows."""
        rows = self._rows(deed, keys)
        form = form or self.form_of(deed, rows)
        return self.render(
            "console/dialog.html" if self.wants_dialog else "console/dialog_page.html",
            deed=deed,
            chosen=rows,
            keys=[str(row.pk) for row in rows],
            form=form,
            refusal=refusal,
            note=note,
            code_due=code_is_due(self.actor, deed.critical),
            address=self.request.path,
        )

    def do(self) -> HttpResponse:
        """Run the posted deed, or say why not."""
        data = self.request.POST
        deed, keys = self.deed_called(data.get("deed") or data.get("batch", "")), data.getlist("row")
        if data.get("send_code"):
            return self._send_code(deed, keys)
        rows = self._rows(deed, keys)
        form = self.form_of(deed, rows, data)
        if not form.is_valid():
            return self.ask(deed, keys, form=form)
        try:
            if code_is_due(self.actor, deed.critical):
                check = second_check()
                assert check is not None
                check.redeem(self.actor, data.get("verification_code", "").strip())
            if deed.many:
                return self._tell_batch(deed, batches.begin(self, deed, rows, form.arguments()))
            deed.do(self.actor, rows[0], form.arguments())
        except DomainError as refusal:
            return self.ask(deed, keys, form=form, refusal=refusal)
        return self.finished(deed)

    def finished(self, deed: Deed) -> HttpResponse:
        """After a single deed: close the dialog, show the toast, refresh what is behind it."""
        if self.is_partial:
            return HttpResponse(headers=told(close=True, refresh=True, toast=deed.success))
        self.toast(deed.success)
        return self.go(self.request.get_full_path())

    def _tell_batch(self, deed: Deed, task: BatchTask) -> HttpResponse:
        """What is done, what was refused and why, and what goes on without the reader."""
        counts = Counter(task.rows.values_list("outcome", flat=True))
        done, waiting = counts[BatchOutcome.DONE], counts[BatchOutcome.WAITING]
        answer = self.render(
            "console/batch_done.html" if self.wants_dialog else "console/batch_done_page.html",
            deed=deed,
            done=done,
            said=ngettext("%(n)d done.", "%(n)d done.", done) % {"n": done},
            refused=task.rows.filter(outcome=BatchOutcome.REFUSED),
            waiting=waiting,
            progress=PAGES["batch"].url(pk=task.pk),
            address=self.request.path,
        )
        if done:
            for name, value in told(refresh=True).items():
                answer[name] = value
        return answer

    def _send_code(self, deed: Deed, keys: Sequence[str]) -> HttpResponse:
        check = second_check()
        if check is None:
            raise Http404("no codes here")
        try:
            note = check.send(self.actor) or _("The code is on its way.")
        except DomainError as refusal:
            return self.ask(
                deed,
                keys,
                form=self.form_of(deed, self._rows(deed, keys), self.request.POST, quiet=True),
                refusal=refusal,
            )
        return self.ask(
            deed,
            keys,
            form=self.form_of(deed, self._rows(deed, keys), self.request.POST, quiet=True),
            note=note,
        )

    def _rows(self, deed: Deed, keys: Sequence[str]) -> list[Any]:
        if not keys or len(keys) > MOST_ROWS or (not deed.many and len(keys) != 1):
            raise BadRequest(_("Choose the rows first."))
        rows = self.chosen(keys)
        if not rows:
            raise Http404("no such row")
        return rows

    def form_of(self, deed: Deed, rows: list[Any], data: Any = None, *, quiet: bool = False) -> ActionForm:
        """The deed's form about these rows; bound to `data`, or, `quiet`, only showing it."""
        kind = deed.form or NoForm
        subject = rows if deed.many else rows[0]
        if quiet:
            return kind(
                actor=self.actor, subject=subject, initial={name: data.get(name) for name in kind.base_fields}
            )
        return kind(data, self.request.FILES or None, actor=self.actor, subject=subject)


def told(
    *, close: bool = False, refresh: bool = False, toast: Any = None, tone: str = "success"
) -> dict[str, str]:
    """The header by which an answer tells the page what to do: close the dialog, refresh, show a toast."""
    events: dict[str, Any] = {}
    if close:
        events["pc:close"] = True
    if refresh:
        events["pc:refresh"] = True
    if toast is not None:
        events["pc:toast"] = {"text": str(toast), "tone": tone}
    return {"HX-Trigger": json.dumps(events)}
