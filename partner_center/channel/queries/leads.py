"""What is known of a prospect or an account when it is reported or wants to be associated; reports and invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.crypto import salted_hmac

from partner_center.billing.models import FeeRecord, FeeStatus
from partner_center.channel.errors.leads import InvitationNotFound, ReportNotFound
from partner_center.channel.models.leads import (
    AccountMark,
    CustomerReport,
    Invitation,
    ReportState,
)
from partner_center.channel.rules.guards import Standing
from partner_center.channel.rules.leads import Prospect, name_key
from partner_center.customers.models import AssociationType, Customer
from partner_center.customers.queries import becomes_a_partner
from partner_center.foundation.actor import Actor
from partner_center.foundation.outbox import MESSAGES
from partner_center.funds.queries import balances_of
from partner_center.identity.notices import LANGUAGE_OF_SITE
from partner_center.kernel import clock
from partner_center.orders.models import Order
from partner_center.partners.models import Partner, PartnerKind, Settlement
from partner_center.partners.rules import why_not_expand
from partner_center.pricing.models import Contract

JOIN_PATH = "/console/join/"
"""Where invitations and links lead to; the page "join" answers there."""


def report_for(actor: Actor, pk: int) -> CustomerReport:
    """The report with its invitation, if the actor may see it. Raises ReportNotFound."""
    rows = CustomerReport.objects.visible_to(actor).select_related("partner__account", "invitation", "owner")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise ReportNotFound()
    return found


def invitation_for(actor: Actor, pk: int) -> Invitation:
    """The invitation with its report, if the actor may see it. Raises InvitationNotFound."""
    rows = Invitation.objects.visible_to(actor).select_related("report", "partner__account")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise InvitationNotFound()
    return found


def prospect_of(
    partner: Partner, *, company_name: str, mobile: str, email: str, account_name: str = ""
) -> Prospect:
    """What is known of a company that `partner` wants to report, from its name, its addresses, and its account."""
    accounts = list(_accounts_of(company_name, mobile, email, account_name))
    site = partner.account.site
    here = [one for one in accounts if one.account.site == site]
    keys = [one.pk for one in here]
    elsewhere = CustomerReport.objects.filter(state=ReportState.REPORTED).exclude(partner=partner)
    return Prospect(
        site=site,
        sites=frozenset(one.account.site for one in accounts),
        registered_at=min((one.account.created_at for one in here), default=None),
        associated=any(one.partner_id for one in here),
        reported_by_another=elsewhere.of_company(
            site, name_key=name_key(company_name), mobile=mobile, email=email
        ).exists(),
        spent=FeeRecord.objects.filter(customer_id__in=keys, cash__gt=0).exists(),
        in_contract=Contract.objects.in_force(clock.now()).filter(customer_id__in=keys).exists(),
        country=next((one.country for one in here if one.country), ""),
        marks=_marks(site, keys, {name_key(company_name), *(name_key(one.name) for one in here)}),
    )


def standing_of(customer: Customer, partner: Partner) -> Standing:
    """What is known of the account at this moment, seen from becoming the customer of `partner`."""
    account = customer.account
    fees = FeeRecord.objects.filter(customer=customer)
    balances = balances_of(customer.pk)
    reported = set(reports_about(customer).values_list("partner_id", flat=True))
    return Standing(
        account_kind=account.kind,
        site=account.site,
        partner_site=partner.account.site,
        registered_at=account.created_at,
        partner_id=customer.partner_id or "",
        wanted_partner_id=partner.pk,
        partner_stopped=why_not_expand(partner, partner.distributor) is not None,
        partner_is_prepaid=is_prepaid_abroad(partner),
        is_partner=becomes_a_partner(customer),
        in_contract=Contract.objects.in_force(clock.now()).filter(customer=customer).exists(),
        in_arrears=balances.debt.minor > 0 or fees.filter(status=FeeStatus.UNSETTLED).exists(),
        has_credit=balances.credit_limit.minor > 0,
        spent=fees.filter(cash__gt=0).exists(),
        consumed=fees.exists() or Order.objects.filter(customer=customer, paid_at__isnull=False).exists(),
        reported_here=partner.pk in reported,
        reported_elsewhere=bool(reported - {partner.pk}),
        marks=_marks(account.site, [customer.pk], {name_key(customer.name)}),
    )


def reports_about(customer: Customer) -> QuerySet[CustomerReport]:
    """The reports in force that speak of this account: by its company, its mobile number or its e-mail address."""
    account = customer.account
    return CustomerReport.objects.filter(state=ReportState.REPORTED).of_company(
        account.site, name_key=name_key(customer.name), mobile=account.mobile, email=account.email
    )


def is_prepaid_abroad(partner: Partner) -> bool:
    """Whether the partner pays beforehand on the international site, where only others may resell.

    A reseller settles with its distributor, so it is its distributor's way that counts.
    """
    if partner.account.site != "intl":
        return False
    settles = partner.distributor if partner.kind == PartnerKind.RESELLER else partner
    return settles is not None and settles.settlement == Settlement.PREPAID


def address_of(code: str) -> str:
    """The whole address of an invitation or link, as it is mailed, copied and put into QR codes."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{JOIN_PATH}{code}/"


def digest_of(purpose: str, value: str) -> str:
    """Keyed, so that rows tell neither a link nor an address nor where a caller came from."""
    return salted_hmac(
        f"partner-center/leads/{purpose}",
        value.strip().lower() if purpose != "link" else value,
        algorithm="sha256",
    ).hexdigest()


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation as its recipient reads it."""

    subject: str
    body: str


def letter_of(report: CustomerReport, association_type: str, *, address: str, until: datetime) -> Letter:
    """The words of an invitation, in the language of the site: what is sent, and what a preview shows."""
    words = MESSAGES["channel.invitation"]
    facts = letter_facts(report, association_type, address=address, until=until)
    with translation.override(LANGUAGE_OF_SITE[report.site]):
        return Letter(str(words.subject).format(**facts), str(words.body).format(**facts))


def letter_facts(
    report: CustomerReport, association_type: str, *, address: str, until: datetime
) -> dict[str, object]:
    """What an invitation says beside its words."""
    return {
        "partner": report.partner.name,
        "company": report.company_name,
        "type": AssociationType(association_type).label,
        "link": address,
        "until": until.strftime("%Y-%m-%d %H:%M UTC"),
    }


def _accounts_of(company_name: str, mobile: str, email: str, account_name: str) -> QuerySet[Customer]:
    """Accounts of either site that are the company's as far as anybody can tell; a few at most."""
    same = Q(name__iexact=company_name.strip()) | Q(account__mobile=mobile)
    if email:
        same |= Q(account__email__iexact=email)
    if account_name:
        same |= Q(account__name__iexact=account_name)
    return Customer.objects.filter(same).select_related("account").order_by("pk")[:50]


def _marks(site: str, customer_ids: list[str], keys: set[str]) -> frozenset[str]:
    rows = AccountMark.objects.standing().filter(site=site)
    rows = rows.filter(Q(customer_id__in=customer_ids) | Q(name_key__in=keys - {""}))
    return frozenset(rows.values_list("kind", flat=True))
