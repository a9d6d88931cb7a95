"""Reports of customers and invitations by mail: the partner's work, and the vendor's reviews."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.leads import (
    approve_report,
    cancel_report,
    change_report_mail,
    lift_mark,
    mark_company,
    reject_report,
    report_customer,
)
from partner_center.channel.actions.leads_inviting import (
    invite_customer,
    resend_invitation,
    revoke_invitation,
)
from partner_center.channel.actions.leads_landing import knock
from partner_center.channel.console.leads_forms import (
    MailForm,
    MarkForm,
    OpinionForm,
    OpinionNoteForm,
    ReportForm,
    TypeForm,
)
from partner_center.channel.errors.leads import ReviewNeeded
from partner_center.channel.models.leads import (
    OPEN_REPORTS,
    AccountMark,
    CustomerReport,
    Invitation,
    InvitationState,
    MarkKind,
    ReportState,
    ReviewCase,
    invitation_of,
)
from partner_center.channel.queries.leads import address_of, letter_of, report_for
from partner_center.channel.rules.guards import Cause
from partner_center.channel.rules.leads import LINK_LIFE, name_key
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Column, Masked, Number, Ref, State, Sum, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.page import TemplatePage
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Rows, Steps, Trail
from partner_center.console.todos import todo
from partner_center.customers.models import AssociationType, Customer
from partner_center.identity.models import Site
from partner_center.kernel import clock

VIEW = "channel.leads.view"
TYPES = dict(AssociationType.choices)
MOST_FOUND = 20


class Why(Column):
    """Why an association failed, and what to do about it."""

    wraps = True

    def value(self, row: Any) -> Any:
        cause = super().value(row)
        return f"{Cause(cause).label} {Cause(cause).way_out}" if cause else None


def _is_reported(report: CustomerReport) -> bool:
    return report.state is ReportState.REPORTED


def _is_open(report: CustomerReport) -> bool:
    return report.state in OPEN_REPORTS


def _is_over(report: CustomerReport) -> bool:
    return report.state in (ReportState.EXPIRED, ReportState.NOT_PASSED, ReportState.CANCELLED)


def _invitation_state(report: CustomerReport) -> Any:
    invitation = invitation_of(report)
    return invitation.state if invitation is not None else None


REPORT_DEEDS = (
    RowAction("invite", _("Invite"), page="invite-customer", when=_is_reported, kinds=("partner",)),
    RowAction("mail", act=change_report_mail, form=MailForm, when=_is_open, kinds=("partner",)),
    RowAction("again", _("Report again"), page="report-again", when=_is_over, kinds=("partner",)),
    RowAction("cancel", act=cancel_report, kinds=("partner",), tone="danger"),
    RowAction("approve", act=approve_report, form=OpinionNoteForm, kinds=("staff",)),
    RowAction("reject", act=reject_report, form=OpinionForm, kinds=("staff",), tone="danger"),
)


class ReportList(ListPage):
    name, path, title, permission = "reports", "reports/", _("Reported customers"), VIEW
    kinds = ("staff", "partner")
    source = CustomerReport.objects.visible_to
    columns = (
        Text("company_name"),
        Ref("partner", needs=("partner",), kinds=("staff",)),
        Masked("mobile", kind="mobile"),
        Masked("email", kind="email"),
        State("state"),
        State("invitation", _("Invitation"), value=_invitation_state, needs=("invitation",)),
        ChoiceColumn("case", words=dict(ReviewCase.choices), minor=True),
        Text("owner__name", _("Reported by"), needs=("owner",), minor=True),
        When("created_at", _("Reported")),
        When("expires_at"),
    )
    filters = (
        Search(into=("company_name",)),
        Search("mobile", _("Mobile number"), into=("mobile",)),
        Search("email", _("E-mail"), into=("email",)),
        States("state", ReportState),
        States("invitation", InvitationState, _("Invitation"), path="invitation__state"),
        Since("created_at", _("Reported since")),
        Until("created_at", _("Reported until")),
        Equal("partner"),
    )
    opens = "report"
    row_actions = REPORT_DEEDS
    batches = (
        Batch("chosen-invite", _("Invite"), invite_customer, form=TypeForm, kinds=("partner",)),
        Batch("chosen-cancel", act=cancel_report, kinds=("partner",), tone="danger"),
        Batch("chosen-approve", act=approve_report, form=OpinionNoteForm, kinds=("staff",)),
        Batch("chosen-reject", act=reject_report, form=OpinionForm, kinds=("staff",), tone="danger"),
    )
    links = (Link(page="report-customer"), Link(page="company-search", icon="search", primary=False))
    empty = _("No customers have been reported yet.")

    def tone_of(self, row: CustomerReport) -> str:
        return "" if _is_open(row) or row.state is ReportState.ASSOCIATED else "muted"

    def concerned(self, row: Any) -> str:
        """A prospect has no account yet: who looked is read by the partner."""
        return str(row.customer_id or row.partner_id)


class ReportDetail(DetailPage):
    name, path, title, permission = "report", "reports/<int:pk>/", _("Reported customer"), VIEW
    kinds, parent, fetch = ("staff", "partner"), "reports", report_for
    left = (
        Facts(
            Text("company_name"),
            Ref("partner", kinds=("staff",)),
            Masked("mobile", kind="mobile"),
            Masked("email", kind="email"),
            Text("contact"),
            Text("industry"),
            Text("country"),
            Text("owner__name", _("Reported by")),
            "created_at",
            "expires_at",
            "closed_at",
        ),
        Steps(also=REPORT_DEEDS),
    )
    right = (
        Facts(
            ChoiceColumn("case", words=dict(ReviewCase.choices)),
            Sum("expected"),
            Text("process"),
            Text("project"),
            Text("account_name"),
            Text("opinion"),
            "reviewed_at",
            title=_("Review"),
            when=lambda report: bool(report.case),
        ),
        Rows(
            _("Invitation"),
            lambda actor, report: Invitation.objects.visible_to(actor).filter(report=report),
            (
                State("state"),
                ChoiceColumn("association_type", words=TYPES),
                Number("times"),
                When("sent_at"),
                When("expires_at"),
                Why("cause", _("Cause")),
            ),
            model=Invitation,
            empty=_("Not invited yet."),
        ),
    )
    bottom = (Trail(),)

    def concerned(self, row: Any) -> str:
        """As in the list."""
        return str(row.customer_id or row.partner_id)


class ReportCustomer(FormPage):
    name, path, title = "report-customer", "reports/new/", _("Report a customer")
    kinds = ("partner",)
    parent, after = "reports", "report"
    act, form = report_customer, ReportForm
    lead = _(
        "A report holds for 15 days; meanwhile no other partner can report the customer. At most 100 may be "
        "open at once."
    )

    def run(self, form: Any) -> Any:
        """Attempts are counted first, each in a transaction of its own."""
        who = self.actor.account_id
        knock(self.actor.with_permissions({"channel.knock"}), deed="report", source=who, token=who)
        return report_customer(self.actor, **form.arguments())

    def show(self, form: Any, *, refusal: Any = None, note: Any = None) -> HttpResponse:
        """Where a review is needed, its questions are asked in the same form."""
        if isinstance(refusal, ReviewNeeded) and not form.cleaned_data.get("review"):
            typed = {**form.cleaned_data, "review": "1"}
            form = self.form(actor=self.actor, subject=None, initial=typed)
        return super().show(form, refusal=refusal, note=note)


class ReportAgain(ReportCustomer):
    """What is over is reported anew, as a report of its own, without typing it all again."""

    name, path, title = "report-again", "reports/<int:pk>/again/", _("Report again")
    fetch, parent = report_for, "report"

    def initial(self) -> dict[str, Any]:
        """What the earlier report said."""
        return {name: getattr(self.subject, name) for name in _REPEATED}

    def next_address(self, result: Any) -> str:
        return ReportDetail.url(pk=result.pk)


_REPEATED = ("company_name", "mobile", "email", "contact", "industry", "country")


class InviteCustomer(FormPage):
    """The association type is chosen beside the mail as it will be read."""

    name, path, title = "invite-customer", "reports/<int:pk>/invite/", _("Invite the customer")
    kinds = ("partner",)
    parent, after = "report", "report"
    fetch, act, form = report_for, invite_customer, TypeForm
    template = "channel/invite.html"
    button, success = (
        _("Send the invitation"),
        _("The invitation is on its way. Its link is valid for 7 days."),
    )

    @property
    def lead(self) -> Any:
        """Abroad the customer cannot buy at first; the partner reads that before it invites."""
        if self.actor.site == "intl":
            return _("Once associated, the customer's account is frozen until you have set its budget.")
        return _("The link in the mail is valid for 7 days and can be used once.")

    def letters(self) -> list[tuple[Any, Any]]:
        """Each type on offer with its mail; the address in it is made up when the mail is sent."""
        form = self.form(actor=self.actor, subject=self.subject)
        sample, until = address_of("…"), clock.now() + LINK_LIFE
        offered = form.fields["association_type"].choices  # type: ignore[attr-defined]
        return [(words, letter_of(self.subject, key, address=sample, until=until)) for key, words in offered]

    def next_address(self, result: Any) -> str:
        return ReportDetail.url(pk=self.place["pk"])


class InvitationList(ListPage):
    name, path, title, permission = "invitations", "invitations/", _("Invitation records"), VIEW
    kinds = ("staff", "partner")
    source = Invitation.objects.visible_to
    columns = (
        Text("report__company_name", _("Customer"), needs=("report",)),
        Ref("partner", needs=("partner",), kinds=("staff",)),
        Text("report__contact", _("Contact person"), minor=True),
        Masked("email", kind="email"),
        ChoiceColumn("association_type", words=TYPES),
        State("state"),
        Why("cause", _("Cause")),
        Number("times", minor=True),
        When("sent_at"),
        When("expires_at"),
    )
    filters = (
        Search(into=("report__company_name", "email")),
        States("state", InvitationState),
        Choice("association_type", offered=AssociationType.choices),
        Choice("cause", _("Cause"), offered=Cause.choices),
        Since("sent_at", _("Sent since")),
        Until("sent_at", _("Sent until")),
        Equal("partner"),
    )
    opens, opens_with = "report", "report"
    row_actions = (
        RowAction("resend", act=resend_invitation, kinds=("partner",)),
        RowAction("revoke", act=revoke_invitation, kinds=("partner",), tone="danger"),
    )
    batches = (Batch("chosen-resend", act=resend_invitation, kinds=("partner",)),)
    empty = _("Nobody has been invited by mail yet.")

    def concerned(self, row: Any) -> str:
        """As in the list of reports."""
        return str(row.report.customer_id or row.partner_id)


class CompanySearch(TemplatePage):
    """Among the partner's own records: whose company is this already, and what came of it (features D1)."""

    name, path, title, permission = "company-search", "reports/search/", _("Find a company"), VIEW
    kinds, parent = ("partner",), "reports"
    template = "channel/company_search.html"
    lead = _("Among your own customers and reports. What other partners do is not shown.")

    def context(self) -> dict[str, Any]:
        asked = self.request.GET.get("q", "").replace("\x00", "").strip()[:128]
        if not asked:
            return {"asked": ""}
        customers = Customer.objects.visible_to(self.actor).select_related("account", "partner")
        reports = CustomerReport.objects.visible_to(self.actor)
        key = name_key(asked)
        return {
            "asked": asked,
            "customers": customers.filter(name__icontains=asked)[:MOST_FOUND],
            "reports": reports.filter(name_key__contains=key)[:MOST_FOUND] if key else [],
        }


class MarkList(ListPage):
    name, path, title = "account-marks", "account-marks/", _("What is known of companies")
    permission, kinds = "channel.mark_company", ("staff",)
    source = AccountMark.objects.visible_to
    columns = (
        Text("company_name"),
        ChoiceColumn("site", words=dict(Site.choices)),
        ChoiceColumn("kind", words=dict(MarkKind.choices)),
        Ref("customer", needs=("customer", "customer__account")),
        Text("note", cut=40),
        When("created_at"),
        When("lifted_at"),
    )
    filters = (
        Search(into=("company_name", "note")),
        Choice("kind", offered=MarkKind.choices),
        Choice("site", offered=Site.choices),
        Equal("customer"),
    )
    row_actions = (RowAction("lift", act=lift_mark, when=lambda mark: mark.lifted_at is None, tone="danger"),)
    batches = (Batch("chosen-lift", act=lift_mark, tone="danger"),)
    links = (Link(page="mark-company"),)
    lead = _("Marks decide at once whether a partner may report or be given a company.")

    def tone_of(self, row: AccountMark) -> str:
        return "muted" if row.lifted_at else ""


class MarkCompany(FormPage):
    name, path, title = "mark-company", "account-marks/new/", _("Mark a company")
    kinds = ("staff",)
    parent = after = "account-marks"
    act, form = mark_company, MarkForm


todo(
    "channel.report_reviews",
    _("Reports of customers to review"),
    page="reports",
    query={"state": ReportState.PENDING.value},
    count=lambda actor: CustomerReport.objects.visible_to(actor).filter(state=ReportState.PENDING).count(),
    kinds=("staff",),
)
todo(
    "channel.failed_invitations",
    _("Invitations whose association failed"),
    page="invitations",
    query={"state": InvitationState.FAILED.value},
    count=lambda actor: Invitation.objects.visible_to(actor).filter(state=InvitationState.FAILED).count(),
    kinds=("partner",),
)
