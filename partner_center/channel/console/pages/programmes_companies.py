"""The company behind partners' accounts, changes of it, and the bank account that is certified."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from partner_center.channel.console.programmes_forms import (
    CertificationReasonForm,
    ChangeCompanyForm,
    CommercialForm,
    CreditCodeForm,
    OpinionForm,
    RecordCompanyForm,
    SmallAmountForm,
)
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Masked, Number, Ref, State, Sum, Text, When
from partner_center.console.filters import Choice, Search, Since, States
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Panel, Rows, Steps, Trail, Words
from partner_center.console.todos import todo
from partner_center.partners.actions import (
    approve_company_change,
    change_company,
    correct_credit_code,
    fail_certification,
    mark_certification_abnormal,
    name_small_amount,
    record_company,
    reject_company_change,
    remit_small_amount,
    submit_commercial_information,
    unlock_certification,
    withdraw_company_change,
)
from partner_center.partners.areas import Area
from partner_center.partners.models import (
    CertificationState,
    ChangeState,
    CommercialInformation,
    Company,
    CompanyAccount,
    CompanyChange,
    Industry,
    SmallRemittance,
    Taxpayer,
    TaxRate,
)
from partner_center.partners.queries import (
    change_for,
    commercial_of,
    company_for,
    information_for,
    own_company,
    partner_for,
)

VIEW = "partners.view"
PARTIES = ("staff", "partner")


def _master(page: Any, row: Company) -> bool:
    ties = CompanyAccount.objects.filter(company_id=row.pk, account_id=page.actor.account_id, is_master=True)
    return ties.exists()


class MasterSteps(Steps):
    """Deeds of the company's master account (features B1)."""

    def shown_to(self, page: DetailPage) -> bool:
        return super().shown_to(page) and _master(page, page.row)


COMPANY: tuple[Panel, ...] = (
    Facts(
        "company_name",
        Text("credit_code", code=True),
        ChoiceColumn("area", words=dict(Area.choices)),
        "address",
        ChoiceColumn("industry", words=dict(Industry.choices)),
        "website",
        Ref("licence", page="attachment"),
        title=_("Company"),
    ),
    Facts(
        Masked("contact_name", kind="name"),
        Masked("contact_mobile", kind="mobile"),
        Masked("contact_email", kind="email"),
        title=_("Contact"),
    ),
)
COMPANY_ROWS: tuple[Panel, ...] = (
    Rows(
        _("Accounts of the company"),
        lambda actor, company: (
            CompanyAccount.objects.visible_to(actor).filter(company_id=company.pk).select_related("account")
        ),
        (
            Masked("account__name", _("Account"), kind="account"),
            Text("account__get_kind_display", _("Kind")),
            Flag("is_master"),
            "joined_at",
            State("account__state", _("State")),
        ),
        model=CompanyAccount,
    ),
    Rows(
        _("Changes"),
        lambda actor, company: CompanyChange.objects.visible_to(actor).filter(company_id=company.pk)[:20],
        (
            Ref("self", _("Change"), page="company-change", value=lambda one: one, show="created"),
            Text("what", _("Changed"), value=lambda one: ", ".join(str(word) for word in one.what)),
            State("state"),
            Text("opinion", cut=60),
        ),
        model=CompanyChange,
    ),
)


class CompanyInformation(DetailPage):
    name, path, title = "company-information", "company-information/", _("Company information")
    permission = VIEW
    kinds = ("partner",)
    fetch = own_company
    state = ""
    left = (
        Words(
            _("Company"),
            lambda actor, company: (
                "" if company.pk else _("The vendor has recorded no company information yet.")
            ),
        ),
        *COMPANY,
        MasterSteps(also=(RowAction("change", _("Change company information"), page="change-company"),)),
    )
    right = COMPANY_ROWS

    @property
    def heading(self) -> Any:
        return self.title


class ChangeCompany(FormPage):
    name, path, title = "change-company", "company-information/change/", _("Change company information")
    kinds = ("partner",)
    parent = after = "company-information"
    act, form = change_company, ChangeCompanyForm
    fetch = own_company
    lead = _("The vendor reviews the change. Until then everything stays as it is.")
    button = _("Submit")


class CompanyList(ListPage):
    name, path, title, permission = "companies", "companies/", _("Companies"), VIEW
    kinds = ("staff",)
    source = Company.objects.visible_to
    columns = (
        Text("company_name"),
        Text("credit_code", code=True),
        ChoiceColumn("site", words=dict(Company._meta.get_field("site").choices or ())),
        ChoiceColumn("area", words=dict(Area.choices)),
        ChoiceColumn("industry", words=dict(Industry.choices), minor=True),
        When("created_at", minor=True),
    )
    filters = (
        Search(into=("company_name", "credit_code")),
        Choice("area", offered=Area.choices),
        Choice("industry", offered=Industry.choices),
    )
    opens = "company"


class CompanyDetail(DetailPage):
    name, path, title, permission = "company", "companies/<int:pk>/", _("Company"), VIEW
    kinds = ("staff",)
    parent = "companies"
    fetch = company_for
    state = ""
    left = (
        *COMPANY,
        Steps(also=(RowAction("credit-code", act=correct_credit_code, form=CreditCodeForm),)),
    )
    right = COMPANY_ROWS
    bottom = (Trail(),)


class RecordCompany(FormPage):
    name, path, title = "record-company", "partners/<str:pk>/company/", _("Record company information")
    kinds = ("staff",)
    parent = after = "partner"
    act, form = record_company, RecordCompanyForm
    argument = "partner"
    fetch = partner_for


CHANGE_DEEDS = (
    RowAction("approve", act=approve_company_change, kinds=("staff",)),
    RowAction("reject", act=reject_company_change, form=OpinionForm, kinds=("staff",), tone="danger"),
    RowAction("withdraw", act=withdraw_company_change, kinds=("partner",), tone="danger"),
)


class CompanyChangeList(ListPage):
    name, path, title = "company-changes", "company-changes/", _("Changes of company information")
    permission = VIEW
    kinds = PARTIES
    source = CompanyChange.objects.visible_to
    columns = (
        Text("company", needs=("company",)),
        Text("what", _("Changed"), value=lambda one: ", ".join(str(word) for word in one.what)),
        State("state"),
        When("created_at", _("Submitted")),
        When("decided_at", minor=True),
        Text("opinion", cut=60, minor=True),
    )
    filters = (
        Search(into=("company__company_name",)).for_kinds("staff"),
        States("state", ChangeState),
        Since("created_at", _("Submitted since")),
    )
    opens = "company-change"
    row_actions = CHANGE_DEEDS


def _sides(side: str, title: Any) -> Facts:
    return Facts(
        Text(f"{side}__company_name", _("Company")),
        Text(f"{side}__address", _("Address")),
        ChoiceColumn(f"{side}__industry", _("Industry"), words=dict(Industry.choices)),
        Text(f"{side}__website", _("Web site")),
        Masked(f"{side}__contact_name", _("Contact"), kind="name"),
        Masked(f"{side}__contact_mobile", _("Contact's mobile number"), kind="mobile"),
        Masked(f"{side}__contact_email", _("Contact's e-mail"), kind="email"),
        title=title,
    )


class CompanyChangeDetail(DetailPage):
    name, path, title = "company-change", "company-changes/<int:pk>/", _("Change of company information")
    permission = VIEW
    kinds = PARTIES
    parent = "company-changes"
    fetch = change_for
    left = (_sides("before", _("Before")), Steps(also=CHANGE_DEEDS))
    right = (
        _sides("after", _("After")),
        Facts(
            State("state"),
            "opinion",
            "created_at",
            "decided_at",
            Ref("licence", page="attachment"),
            title=_("Review"),
        ),
    )
    bottom = (Trail(),)


def may_submit(information: CommercialInformation) -> bool:
    return information.state in CertificationState.submit.sources


COMMERCIAL: tuple[Panel, ...] = (
    Facts(
        State("state"),
        "reason",
        "company_name",
        ChoiceColumn("taxpayer", words=dict(Taxpayer.choices)),
        ChoiceColumn("tax_rate", words=dict(TaxRate.choices)),
        "bank",
        "branch",
        Masked("bank_account", _("Bank account"), kind="text"),
        Ref("letter", page="attachment"),
        "submitted_at",
        "certified_at",
        Number("wrong_amounts"),
        title=_("Commercial information"),
    ),
)


class CommercialPage(DetailPage):
    name, path, title = "commercial-information", "commercial-information/", _("Commercial information")
    permission = VIEW
    kinds = ("partner",)
    lead = _("Where incentives are paid to. It is certified by a small amount that the vendor remits.")
    fetch = commercial_of
    left = (
        *COMMERCIAL,
        Steps(
            also=(
                RowAction("submit", _("Submit bank account"), page="submit-commercial", when=may_submit),
                RowAction(
                    "amount",
                    _("Enter the remitted amount"),
                    page="small-amount",
                    when=lambda one: one.state is CertificationState.CERTIFYING,
                ),
            )
        ),
    )
    bottom = (Trail(),)

    @property
    def heading(self) -> Any:
        return self.title


class SubmitCommercial(FormPage):
    name, path, title = "submit-commercial", "commercial-information/submit/", _("Submit bank account")
    kinds = ("partner",)
    parent = after = "commercial-information"
    act, form = submit_commercial_information, CommercialForm
    fetch = commercial_of
    button = _("Submit")

    def run(self, form: ActionForm) -> Any:
        return submit_commercial_information(self.actor, **form.arguments())


class SmallAmount(FormPage):
    name, path, title = "small-amount", "commercial-information/amount/", _("Enter the remitted amount")
    kinds = ("partner",)
    parent = after = "commercial-information"
    act, form = name_small_amount, SmallAmountForm
    argument = "information"
    fetch = commercial_of
    lead = _("As it stands on the statement of your bank account. After three wrong amounts it is locked.")
    button = _("Submit")

    def done(self, result: Any) -> HttpResponse:
        if result:
            return super().done(self.subject)
        if self.subject.state is CertificationState.LOCKED:
            self.toast(_("That was the third wrong amount. The certification is locked."), tone="error")
            return self.go(self.next_address(self.subject))
        form = self.form(actor=self.actor, subject=self.subject)
        return self.show(
            form,
            refusal=say("The amount is wrong. Attempts left: {n}.").format(n=3 - self.subject.wrong_amounts),
        )


class CertificationList(ListPage):
    name, path, title = "certifications", "certifications/", _("Commercial certifications")
    permission = VIEW
    kinds = ("staff",)
    source = CommercialInformation.objects.visible_to
    columns = (
        Text("company_name"),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        Text("bank"),
        State("state"),
        When("submitted_at"),
        When("certified_at", minor=True),
        Number("wrong_amounts", minor=True),
    )
    filters = (
        Search(into=("company_name", "account__name", "bank")),
        States("state", CertificationState),
        Since("submitted_at"),
    )
    opens = "certification"
    links = (Link(page="small-remittances", label=_("Small amounts to remit"), icon="list-details"),)


class CertificationDetail(DetailPage):
    name, path, title = "certification", "certifications/<str:pk>/", _("Commercial certification")
    permission = VIEW
    kinds = ("staff",)
    parent = "certifications"
    fetch = information_for
    left = (
        *COMMERCIAL,
        Steps(
            also=(
                RowAction("unlock", act=unlock_certification),
                RowAction("fail", act=fail_certification, form=CertificationReasonForm, tone="danger"),
                RowAction(
                    "abnormal", act=mark_certification_abnormal, form=CertificationReasonForm, tone="danger"
                ),
            )
        ),
    )
    bottom = (Trail(),)


class SmallRemittanceList(ListPage):
    """What the vendor's finance has to send, and to whom."""

    name, path, title = "small-remittances", "small-remittances/", _("Small amounts to remit")
    permission = VIEW
    kinds = ("staff",)
    parent = "certifications"
    source = SmallRemittance.objects.visible_to
    columns = (
        Text("information__company_name", _("Company"), needs=("information",)),
        Text("information__bank", _("Bank")),
        Text("information__branch", _("Branch"), minor=True),
        Masked("information__bank_account", _("Bank account"), kind="text"),
        Sum("amount"),
        State("information__state", _("State")),
        When("created_at"),
        When("remitted_at"),
    )
    filters = (
        Search(into=("information__company_name",)),
        Choice(
            "sent",
            _("Remitted"),
            offered=(("no", _("No")), ("yes", _("Yes"))),
            narrow=lambda rows, value: rows.filter(remitted_at__isnull=value == "no"),
        ),
    )
    row_actions = (RowAction("remit", act=remit_small_amount, when=lambda one: one.remitted_at is None),)
    batches = (Batch("remit-chosen", act=remit_small_amount, when=lambda one: one.remitted_at is None),)


todo(
    "partners.company_changes",
    _("Changes of company information to review"),
    page="company-changes",
    query={"state": ChangeState.UNDER_REVIEW.value},
    count=lambda actor: (
        CompanyChange.objects.visible_to(actor).filter(state=ChangeState.UNDER_REVIEW).count()
    ),
    kinds=("staff",),
)
todo(
    "partners.small_remittances",
    _("Small amounts to remit"),
    page="small-remittances",
    query={"sent": "no"},
    count=lambda actor: (
        SmallRemittance.objects.visible_to(actor)
        .filter(remitted_at__isnull=True, information__state=CertificationState.CERTIFYING)
        .count()
    ),
    kinds=("staff",),
)
todo(
    "partners.small_amount",
    _("Remitted amount to enter"),
    page="commercial-information",
    count=lambda actor: SmallRemittance.objects.filter(
        information_id=actor.account_id,
        information__state=CertificationState.CERTIFYING,
        remitted_at__isnull=False,
    ).count(),
    kinds=("partner",),
)
