"""Reporting customers: claimed by a partner, reviewed by the vendor, expired, given up (features D2, lifecycles 5)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.leads_inviting import invite_customer, resend_to, revoke_quietly
from partner_center.channel.actions.leads_telling import tell_partner
from partner_center.channel.errors.leads import (
    MarkedAlready,
    OnlyAPartner,
    ProfileIncomplete,
    ReportedAlready,
    ReportNotFound,
    ReportRefused,
    ReviewNeeded,
    TooManyReports,
)
from partner_center.channel.models.leads import (
    AccountMark,
    CustomerReport,
    Invitation,
    InvitationState,
    MarkKind,
    ReportState,
)
from partner_center.channel.queries.leads import prospect_of
from partner_center.channel.queries.leads_links import manager_at_work
from partner_center.channel.rules.guards import Cause
from partner_center.channel.rules.leads import (
    EXCLUSIVE,
    MOST_OPEN_REPORTS,
    case_of,
    name_key,
    why_not_report,
)
from partner_center.customers.errors import EmailFormat
from partner_center.customers.models import Customer
from partner_center.customers.rules import is_email
from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.foundation.steps import advance
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.partners.errors import OnlyTheVendor
from partner_center.partners.models import Partner
from partner_center.partners.queries import partner_with_distributor
from partner_center.partners.rules import why_not_expand


@action("channel.report_customer", label=_("Report a customer"))
def report_customer(
    actor: Actor,
    *,
    company_name: str,
    mobile: str,
    email: str = "",
    contact: str = "",
    industry: str = "",
    country: str = "",
    expected: Money | None = None,
    process: str = "",
    project: str = "",
    account_name: str = "",
    invite_as: str = "",
) -> CustomerReport:
    """Claim a prospect for 15 days, or put the claim to the vendor's people where features D2 asks for that.

    process: how far the partner has come with the customer; needed where the report is reviewed, together with
    `expected`, `project` and the customer's account. invite_as: also send the invitation at once, of this
    association type, where the report needs no review.

    Raises why the partner may not bring in customers, ProfileIncomplete, TooManyReports, ReportedAlready,
    ReportRefused with its cause, and ReviewNeeded when the process was not told.
    """
    partner = _reporting(actor)
    if email and not is_email(email):
        raise EmailFormat()
    email = email.strip().lower()
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    open_reports = CustomerReport.objects.open().filter(partner=partner)
    site, key = partner.account.site, name_key(company_name)
    if open_reports.of_company(site, name_key=key, mobile=mobile, email=email).exists():
        raise ReportedAlready(company=company_name)
    prospect = prospect_of(
        partner, company_name=company_name, mobile=mobile, email=email, account_name=account_name
    )
    cause = why_not_report(prospect)
    if cause is not None:
        raise ReportRefused(company=company_name, cause=cause.label)
    if open_reports.count() >= MOST_OPEN_REPORTS:
        raise TooManyReports(most=MOST_OPEN_REPORTS)
    now = clock.now()
    case = case_of(prospect, country=country, now=now)
    if case is not None and not process.strip():
        raise ReviewNeeded(case=case.label)
    currency = partner.account.currency
    made = _written(
        CustomerReport(
            created_at=now,
            partner=partner,
            owner_id=actor.user_id,
            account_manager=manager_at_work(actor),
            site=site,
            company_name=company_name.strip(),
            name_key=key,
            mobile=mobile.strip(),
            email=email,
            contact=contact,
            industry=industry,
            country=country,
            state=ReportState.PENDING if case else ReportState.REPORTED,
            case=case or "",
            currency=currency,
            expected=expected or Money.zero(currency),
            process=process,
            project=project,
            account_name=account_name,
            expires_at=None if case else now + EXCLUSIVE,
        )
    )
    record(actor, "channel.report_customer", made, about=partner.pk, state=made.state.value)
    if invite_as and made.state is ReportState.REPORTED:
        invite_customer(actor, report=made, association_type=invite_as)
    return made


@action(
    "channel.change_report_mail",
    label=_("Add or change the e-mail address"),
    permission="channel.report_customer",
)
def change_report_mail(actor: Actor, *, report: CustomerReport, email: str) -> None:
    """Give a reported customer another e-mail address.

    An invitation under way goes to the new one; the link that the old one got is dead. Raises EmailFormat,
    ReportedAlready, and ReportRefused when another partner has reported the address.
    """
    if not is_email(email):
        raise EmailFormat()
    fresh = _of_partner(actor, report)
    address = email.strip().lower()
    if address == fresh.email:
        return
    others = CustomerReport.objects.open().of_company(fresh.site, email=address).exclude(pk=fresh.pk)
    if others.filter(partner_id=fresh.partner_id).exists():
        raise ReportedAlready(company=fresh.company_name)
    try:
        with transaction.atomic():
            changed = CustomerReport.objects.open().filter(pk=fresh.pk).update(email=address)
    except IntegrityError:
        raise _taken(fresh.company_name) from None
    if not changed:
        raise ReportNotFound()
    report.email = fresh.email = address
    record(actor, "channel.change_report_mail", fresh, about=fresh.partner_id)
    invitation = Invitation.objects.filter(report=fresh, state=InvitationState.SENT).first()
    if invitation is not None and fresh.state is ReportState.REPORTED:
        resend_to(actor, fresh, invitation)


@action("channel.cancel_report", takes=ReportState.cancel, permission="channel.report_customer")
def cancel_report(actor: Actor, *, report: CustomerReport) -> None:
    """Give a prospect up: its slot is free, others may report it, and its invitation's link is dead."""
    fresh = _of_partner(actor, report)
    advance(actor, fresh, ReportState.cancel, about=fresh.partner_id, closed_at=clock.now())
    revoke_quietly(actor, fresh)


@action("channel.approve_report", takes=ReportState.approve)
def approve_report(actor: Actor, *, report: CustomerReport, opinion: str = "") -> None:
    """The vendor lets the report stand: its 15 days begin. Raises ReportRefused when another's stands by now."""
    _require_vendor(actor)
    now = clock.now()
    try:
        with transaction.atomic():
            advance(
                actor,
                report,
                ReportState.approve,
                about=report.partner_id,
                opinion=opinion,
                reviewed_at=now,
                expires_at=now + EXCLUSIVE,
            )
    except IntegrityError:
        raise _taken(report.company_name) from None
    _tell_of_review(report)


@action("channel.reject_report", takes=ReportState.reject)
def reject_report(actor: Actor, *, report: CustomerReport, opinion: str) -> None:
    """The vendor does not let the report stand; the partner reads why and may report again."""
    _require_vendor(actor)
    now = clock.now()
    advance(
        actor,
        report,
        ReportState.reject,
        about=report.partner_id,
        opinion=opinion,
        reviewed_at=now,
        closed_at=now,
    )
    _tell_of_review(report)


@action("channel.expire_report", takes=ReportState.expire)
def expire_report(actor: Actor, *, report: CustomerReport) -> None:
    """The 15 days have passed: the slot is free, and other partners may report the customer."""
    advance(actor, report, ReportState.expire, about=report.partner_id, closed_at=clock.now())
    tell_partner(
        report.partner,
        "channel.report_expired",
        manager=report.account_manager,
        company=report.company_name,
    )


@action("channel.close_report", takes=ReportState.associate)
def close_report(actor: Actor, *, report: CustomerReport, customer: Customer) -> None:
    """The reported customer is its partner's now."""
    advance(
        actor,
        report,
        ReportState.associate,
        about=report.partner_id,
        customer=customer,
        closed_at=clock.now(),
    )


@action("channel.mark_company", label=_("Mark a company"))
def mark_company(
    actor: Actor, *, site: str, company_name: str, kind: str, note: str = "", account_name: str = ""
) -> AccountMark:
    """Write down what the vendor knows about a company; it decides later reports and associations at once.

    account_name: the company's account, where it has one. Raises MarkedAlready.
    """
    _require_vendor(actor)
    customer = (
        Customer.objects.filter(account__name__iexact=account_name, account__site=site).first()
        if account_name
        else None
    )
    try:
        with transaction.atomic():
            mark = AccountMark.objects.create(
                site=site,
                company_name=company_name.strip(),
                name_key=name_key(company_name),
                customer=customer,
                kind=MarkKind(kind),
                note=note,
            )
    except IntegrityError:
        raise MarkedAlready(company=company_name) from None
    record(actor, "channel.mark_company", mark, kind=str(kind))
    return mark


@action("channel.lift_mark", label=_("Lift the mark"), permission="channel.mark_company")
def lift_mark(actor: Actor, *, mark: AccountMark) -> None:
    """The mark no longer counts; it stays on record. Lifting it twice changes nothing."""
    _require_vendor(actor)
    if AccountMark.objects.standing().filter(pk=mark.pk).update(lifted_at=clock.now()):
        record(actor, "channel.lift_mark", mark)


def _reporting(actor: Actor) -> Partner:
    """The partner that reports. Raises OnlyAPartner, why it may not bring in customers, ProfileIncomplete.

    On the international site accounts have no mobile number; there the e-mail address is enough.
    """
    if actor.kind != "partner":
        raise OnlyAPartner()
    partner = partner_with_distributor(actor.account_id)
    refusal = why_not_expand(partner, partner.distributor)
    if refusal is not None:
        raise refusal()
    account = partner.account
    if not account.email or (account.site == "cn" and not account.mobile):
        raise ProfileIncomplete()
    return partner


def _written(row: CustomerReport) -> CustomerReport:
    """Of two partners at once, one is too late and is told so."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise _taken(row.company_name) from None
    return row


def _taken(company: str) -> ReportRefused:
    return ReportRefused(company=company, cause=Cause.REPORTED_ELSEWHERE.label)


def _of_partner(actor: Actor, report: CustomerReport) -> CustomerReport:
    """The row as it is now, for its own partner, within an account manager's scope. Raises ReportNotFound."""
    rows = (
        CustomerReport.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("partner__account")
    )
    found = rows.filter(pk=report.pk).first() if actor.kind == "partner" else None
    if found is None:
        raise ReportNotFound()
    return found


def _require_vendor(actor: Actor) -> None:
    if not actor.is_house:
        raise OnlyTheVendor()


def _tell_of_review(report: CustomerReport) -> None:
    tell_partner(
        report.partner,
        "channel.report_reviewed",
        manager=report.account_manager,
        by_sms=True,
        company=report.company_name,
        state=report.state.label,
        opinion=report.opinion or "–",
    )
