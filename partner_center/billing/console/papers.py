"""The bill of a month as PDF."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partner_center.billing.console import asking
from partner_center.billing.console.bills import final_at
from partner_center.billing.files.bill import document_of
from partner_center.billing.files.pdf import pdf_of
from partner_center.billing.models import FeeRecord
from partner_center.console.page import Page
from partner_center.foundation.audit import record
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.kernel.period import BillMonth


class BillPdf(Page):
    """?month=2026-10&currency=CNY, for a partner or the house also &customer=<id>: that customer's bill alone."""

    name, path, title, permission, parent = "bill-pdf", "bill/pdf/", _("Bill (PDF)"), "billing.view", "bill"

    def get(self) -> HttpResponse:
        month, currency = self._month(), self._currency()
        account = self._account()
        records = FeeRecord.objects.visible_to(self.actor).of_month(month).filter(currency=currency)
        about_customer = account.pk != self.actor.account_id
        if about_customer:
            records = records.filter(customer_id=account.pk)
        final, now = final_at(month, self.actor), clock.now()
        bill = document_of(
            records,
            account=account,
            is_partner=not about_customer and self.actor.kind != "customer",
            month=month,
            currency=currency,
            final_at=final,
            now=now,
            language=get_language() or "en",
        )
        record(self.actor, "console.export_downloaded", account, about=account.pk, month=str(month))
        return HttpResponse(
            pdf_of(bill, moment=min(final, now)),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="bill-{account.name}-{month}.pdf"'},
        )

    def _month(self) -> BillMonth:
        asked = self.request.GET.get("month") or asking.present_month(self.actor)
        if asked not in {value for value, _words in asking.months(self.actor)}:
            raise Http404(asked)
        return BillMonth.parse(asked)

    def _currency(self) -> str:
        known = [value for value, _words in asking.currencies(self.actor)]
        asked = self.request.GET.get("currency") or known[0]
        if asked not in known:
            raise Http404(asked)
        return asked

    def _account(self) -> Account:
        """Whose bill: the one customer asked for, or the reader's own."""
        asked = self.request.GET.get("customer", "").strip()
        if asked and self.actor.kind != "customer":
            charged = FeeRecord.objects.visible_to(self.actor).filter(customer_id=asked)
            account = Account.objects.filter(pk=asked).first()
            if account is None or not charged.exists():
                raise Http404(asked)
            return account
        return Account.objects.get(pk=self.actor.account_id)
