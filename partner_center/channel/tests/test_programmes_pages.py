"""Programmes, companies and certifications at the console: the way of an applicant, a partner and the vendor."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from partner_center.channel.actions.programmes_standing import apply_for_tier
from partner_center.channel.makers.programmes import A_PDF, company_facts, make_application, make_company
from partner_center.channel.models.leads_terms import FOR_REGISTERING
from partner_center.channel.queries.leads_terms import unsigned_terms
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.makers import as_owner
from partner_center.identity.models import Account
from partner_center.kernel import clock
from partner_center.partners.actions import (
    change_company,
    invite_to_programme,
    name_small_amount,
    record_company,
    submit_commercial_information,
)
from partner_center.partners.errors import CertificationLocked, NotRemittedYet
from partner_center.partners.makers import (
    as_partner,
    as_staff,
    make_distributor,
    make_reseller,
    make_solution_provider,
)
from partner_center.partners.models import (
    ApplicationState,
    CertificationState,
    CommercialInformation,
    Company,
    CompanyChange,
    Membership,
    Partner,
    PartnerState,
    Programme,
    ProgrammeApplication,
    ProgrammeInvitation,
    QuickRegistration,
    SmallRemittance,
    TierRequirement,
    TierUpgrade,
)
from partner_center.partners.queries import agreements_in_force
from tests.pages import as_reader

PAGES_OF = {
    "staff": (
        "programmes",
        "programme-applications",
        "programme-invitations",
        "invite-to-programme",
        "memberships",
        "tier-upgrades",
        "tier-requirements",
        "partner-agreements",
        "signed-agreements",
        "publish-agreement",
        "companies",
        "company-changes",
        "certifications",
        "small-remittances",
    ),
    "partner": (
        "programmes",
        "programme-applications",
        "memberships",
        "tier-upgrades",
        "tier-requirements",
        "partner-agreements",
        "signed-agreements",
        "company-information",
        "change-company",
        "company-changes",
        "commercial-information",
        "submit-commercial",
    ),
    "customer": ("programmes", "programme-applications", "partner-agreements", "signed-agreements"),
}


@pytest.fixture
def provider(db: None) -> Partner:
    partner = make_solution_provider(company="Pine Clouds")
    facts = company_facts("Pine Clouds")
    record_company(as_staff(), partner=partner, area="south", **facts)
    return partner


def licence() -> SimpleUploadedFile:
    return SimpleUploadedFile("licence.pdf", A_PDF, "application/pdf")


def form_of(programme: Programme, company: str, **more: Any) -> dict[str, Any]:
    agreed = agreements_in_force(programme.site, programme.preset.agreements)
    ticks = {f"agreed_{one.pk}": "on" for one in agreed}
    return {**company_facts(company), "area": "south", "licence": licence(), **ticks, **more}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_with_and_without_rows(provider: Partner, language: str) -> None:
    applicant = make_company("oak-clouds", "Oak Clouds")
    readers = {
        "staff": as_staff(),
        "partner": as_partner(provider),
        "customer": as_owner(applicant),
    }
    for filled in (False, True):
        if filled:
            make_application(applicant, "csp", facts=company_facts("Oak Clouds", credit_code="OAK-1234"))
            make_application(provider.account, "pce", area="")
        for kind, pages in PAGES_OF.items():
            with as_reader(readers[kind], language) as reader:
                for page in pages:
                    assert reader.get(page).status_code == 200, (kind, page)
    with as_reader(readers["staff"], language) as reader:
        for application in ProgrammeApplication.objects.all():
            assert reader.get("programme-application", row=application).status_code == 200
        assert reader.get("programme", row=Programme.objects.first()).status_code == 200
        assert reader.get("company", row=Company.objects.get()).status_code == 200
        assert reader.get("partner", row=provider).status_code == 200


def test_a_company_joins_by_the_pages_alone(db: None) -> None:
    account = make_company("oak-clouds", "Oak Clouds", email="hi@oak.example")
    programme = Programme.objects.get(site="cn", code="csp")

    with as_reader(as_owner(account)) as reader:
        page = reader.get("apply-to-programme", row=programme).content.decode()
        assert "Oak Clouds" in page and "Cloud solution provider agreement" in page
        refused = reader.post(
            "apply-to-programme", of=programme, **form_of(programme, "Oak Clouds", area="moon")
        )
        assert refused.status_code == 200 and not ProgrammeApplication.objects.exists()
        answer = reader.post("apply-to-programme", of=programme, **form_of(programme, "Oak Clouds"))
        assert answer.status_code == 302
        application = ProgrammeApplication.objects.get()
        again = reader.post("apply-to-programme", of=programme, **form_of(programme, "Oak Clouds"))
        assert "An application is open already." in again.content.decode()
        shown = reader.get("programme-application", row=application).content.decode()
        assert company_facts("")["contact_mobile"] not in shown
    with as_reader(as_staff()) as reader:
        assert "Oak Clouds" in reader.get("programme-applications", state="under_review").content.decode()
        reader.post("programme-applications", deed="refuse", row=application.pk, opinion="Unreadable.")
    with as_reader(as_owner(account)) as reader:
        facts = company_facts("Oak Clouds", address="2 Science Road")
        reader.post("resubmit-application", of=application, **facts, area="south", licence=licence())
    with as_reader(as_staff()) as reader:
        reader.post("programme-application", of=application, deed="approve", row=application.pk)
    partner = Partner.objects.get(pk=account.pk)
    assert Company.objects.get().address == "2 Science Road"

    membership = Membership.objects.get(partner=partner)
    with as_reader(as_partner(partner), "en") as reader:
        answer = reader.get("certificate", row=membership)
        assert answer["Content-Type"] == "application/pdf"
        text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
        assert "Oak Clouds" in text and (membership.certificate or "?") in text
    with as_reader(as_partner(make_solution_provider())) as reader:
        assert reader.get("certificate", row=membership).status_code in (400, 404)
        assert reader.get("membership", row=membership).status_code == 404
        assert reader.get("programme-application", row=application).status_code == 404


def test_a_company_registers_at_the_public_door(db: None) -> None:
    client = Client()
    assert "Cloud solution provider programme" in client.get("/console/become-a-partner/").content.decode()
    address = "/console/become-a-partner/cn/"
    assert client.get("/console/become-a-partner/moon/").status_code == 404
    assert (
        "A code was sent"
        in client.post(address, {"mobile": "13800001111", "send_code": "1"}).content.decode()
    )
    sms = OutboxMessage.objects.filter(template="identity.code").latest("pk").body
    code = next(word.strip(",.，。") for word in sms.replace("，", " ").split() if word.strip(",.").isdigit())
    ticks = {f"terms.{one.kind}.{one.version}": "on" for one in unsigned_terms(None, "cn", FOR_REGISTERING)}
    form = {
        "mobile": "13800001111",
        "name": "walnut-cloud",
        "password": "Walnut-cloud-77",
        "company_name": "Walnut Cloud",
        **ticks,
    }
    assert client.post(address, {**form, "code": "000000"}).status_code == 200
    assert not Account.objects.filter(name="walnut-cloud").exists()
    assert client.post(address, {**form, "code": code}).status_code == 302

    account = Account.objects.get(name="walnut-cloud")
    assert (account.kind, account.mobile) == ("customer", "13800001111")
    assert "Programmes" in client.get("/console/programmes/").content.decode()
    csp = Programme.objects.get(site="cn", code="csp")
    assert "enterprise real-name" in client.get(f"/console/programmes/{csp.pk}/").content.decode()


def _codes() -> dict[str, str]:
    sent = OutboxMessage.objects.filter(template="identity.code").order_by("pk")
    return {one.recipient: re.search(r"\d{6}", one.body)[0] for one in sent}  # type: ignore[index]


def test_another_account_is_registered_within_a_day_of_proving_the_first(db: None) -> None:
    account = make_company("oak-clouds", "Oak Clouds", email="hi@oak.example", mobile="13800002222")
    ticks = {f"terms.{one.kind}.{one.version}": "on" for one in unsigned_terms(None, "cn", FOR_REGISTERING)}
    form = {"name": "oak-clouds-2", "password": "Walnut-cloud-77", **ticks}
    with as_reader(as_owner(account)) as reader:
        reader.post("quick-registration", send_code="1")
        codes = _codes()
        half = {"sms_code": codes["13800002222"], "mail_code": "000000"}
        reader.post("quick-registration", **half)
        assert not QuickRegistration.objects.exists()
        reader.post("quick-registration", **{**half, "mail_code": codes["hi@oak.example"]})
        opened = QuickRegistration.objects.get()
        reader.post("quick-registration", mobile="13800003333", send_code="1")
        code = _codes()["13800003333"]
        with clock.at(clock.now() + timedelta(hours=25)):
            late = reader.post("quick-registration", mobile="13800003333", code=code, **form)
            assert "First prove" in late.content.decode()
        assert not Account.objects.filter(name="oak-clouds-2").exists()
        reader.post("quick-registration", mobile="13800003333", code=code, **form)
    new = Account.objects.get(name="oak-clouds-2")
    assert (new.company_name, new.mobile, new.kind) == ("Oak Clouds", "13800003333", "customer")
    opened.refresh_from_db()
    assert opened.new_account == new and opened.used_at is not None


def test_lists_ask_as_much_for_many_rows_as_for_one(provider: Partner) -> None:
    staff = as_staff()

    def fill(number: int) -> None:
        partner = make_solution_provider(company=f"Company {number}")
        record_company(
            staff, partner=partner, area="south", **company_facts(partner.name, credit_code=f"C-{number:04d}")
        )
        owner = as_partner(partner)
        change_company(
            owner,
            company=Company.objects.get(accounts__account=partner.account),
            facts={"website": "https://a.example"},
        )
        submit_commercial_information(
            owner,
            company_name=partner.name,
            taxpayer="general",
            tax_rate="6",
            bank="Bank",
            branch="Branch",
            bank_account="62220000",
        )
        make_application(partner.account, "pce", area="")
        apply_for_tier(owner, membership=Membership.objects.get(partner=partner))
        invite_to_programme(
            staff,
            programme=Programme.objects.get(site="cn", code="distributor"),
            company_name="Elm",
            email="ceo@elm.example",
        )

    def counted() -> dict[str, int]:
        found = {}
        with as_reader(staff) as reader:
            for page in PAGES_OF["staff"]:
                with CaptureQueriesContext(connection) as queries:
                    assert reader.get(page).status_code == 200
                found[page] = len(queries)
        return found

    TierRequirement.objects.update(at_least=0)
    fill(1)
    counted()
    once = counted()
    for number in (2, 3, 4):
        fill(number)
    assert counted() == once


def test_an_invited_distributor_applies_through_its_link(db: None) -> None:
    account = make_company("elm-supply", "Elm Supply")
    programme = Programme.objects.get(site="cn", code="distributor")
    with as_reader(as_staff()) as reader:
        reader.post(
            "invite-to-programme", programme=programme.pk, company_name="Elm Supply", email="ceo@elm.example"
        )
    body = OutboxMessage.objects.get(template="partners.programme_invitation").body
    link = next(word for word in body.split() if "/invited/" in word)
    address = link[link.index("/console/") :]

    with as_reader(as_owner(account)) as reader:
        assert reader.get("/console/programmes/invited/guess/").status_code == 404
        assert "Elm Supply" in reader.get(address).content.decode()
        reader.post(address, **form_of(programme, "Elm Supply"))
    assert ProgrammeApplication.objects.get().makes == "distributor"
    assert ProgrammeInvitation.objects.get().application_id is not None
    with as_reader(as_owner(account)) as reader:
        assert reader.get(address).status_code == 404


def test_the_master_changes_the_company_and_the_vendor_compares(provider: Partner) -> None:
    company = Company.objects.get()
    CommercialInformation.objects.create(
        account=provider.account, bank_account="1", state=CertificationState.CERTIFIED
    )
    facts = {**company_facts("Pine Clouds International"), "contact_mobile": "13911112222"}
    del facts["credit_code"]

    with as_reader(as_partner(provider)) as reader:
        missing = reader.post("change-company", **facts)
        assert "needs the new business licence" in missing.content.decode()
        assert reader.post("change-company", **facts, licence=licence()).status_code == 302
        assert (
            "under review already"
            in reader.post("change-company", **facts, licence=licence()).content.decode()
        )
        change = CompanyChange.objects.get()
        shown = reader.get("company-change", row=change).content.decode()
        assert "13911112222" not in shown and "Pine Clouds International" in shown
    company.refresh_from_db()
    assert company.company_name == "Pine Clouds"
    with as_reader(as_staff()) as reader:
        reader.post("company-change", of=change, deed="approve", row=change.pk)
    company.refresh_from_db()
    assert (company.company_name, company.contact_mobile) == ("Pine Clouds International", "13911112222")
    assert company.credit_code == company_facts("")["credit_code"]
    assert Account.objects.get(pk=provider.pk).company_name == "Pine Clouds International"
    assert Partner.objects.get(pk=provider.pk).name == "Pine Clouds International"
    information = CommercialInformation.objects.get()
    assert information.state is CertificationState.NONE
    with as_reader(as_partner(make_solution_provider())) as reader:
        assert reader.get("company-change", row=change).status_code == 404
        assert "Pine Clouds" not in reader.get("company-information").content.decode()
        refused = reader.post("change-company", **facts, licence=licence())
        assert "master account" in refused.content.decode() and CompanyChange.objects.count() == 1


def test_three_wrong_amounts_lock_the_certification_and_staff_unlock_it(provider: Partner) -> None:
    bank = {
        "company_name": "Pine Clouds",
        "taxpayer": "general",
        "tax_rate": "6",
        "bank": "Bank of Pines",
        "branch": "Main branch",
        "bank_account": "6222 0000 1111 2222",
    }
    with as_reader(as_partner(provider)) as reader:
        wrong = reader.post("submit-commercial", **{**bank, "company_name": "Somebody"})
        assert "in the company" in wrong.content.decode()
        reader.post("submit-commercial", **bank)
        information = CommercialInformation.objects.get()
        assert information.state is CertificationState.CERTIFYING
        assert information.bank_account == "6222000011112222"
        assert "6222000011112222" not in reader.get("commercial-information").content.decode()
        assert reader.get("small-remittances").status_code == 403
    remittance = SmallRemittance.objects.get()
    assert 1 <= remittance.amount_minor <= 99
    with pytest.raises(NotRemittedYet):
        name_small_amount(as_partner(provider), information=information, amount=remittance.amount)
    with as_reader(as_staff()) as reader:
        reader.post("small-remittances", deed="remit", row=remittance.pk)

    other = f"0.{(remittance.amount_minor % 99) + 1:02d}"
    with as_reader(as_partner(provider)) as reader:
        answer = reader.post("small-amount", amount=other)
        assert "Attempts left: 2" in answer.content.decode()
        reader.post("small-amount", amount=other)
        reader.post("small-amount", amount=other)
    information.refresh_from_db()
    assert information.state is CertificationState.LOCKED
    with pytest.raises(CertificationLocked):
        name_small_amount(as_partner(provider), information=information, amount=remittance.amount)

    with as_reader(as_staff()) as reader:
        reader.post("certification", of=information, deed="unlock", row=information.pk)
    with as_reader(as_partner(provider)) as reader:
        reader.post("submit-commercial", **bank)
        fresh = SmallRemittance.objects.get(round=2)
    with as_reader(as_staff()) as reader:
        reader.post("small-remittances", deed="remit", row=fresh.pk)
    with as_reader(as_partner(provider)) as reader:
        reader.post("small-amount", amount=str(fresh.amount.decimal))
        information.refresh_from_db()
        assert information.state is CertificationState.CERTIFIED
        letterless = reader.post("submit-commercial", **{**bank, "bank_account": "6222 9999"})
        assert "letter of the bank" in letterless.content.decode()


def test_a_tier_is_asked_for_and_granted_on_the_pages(provider: Partner) -> None:
    membership = Membership.objects.get(partner=provider)
    with as_reader(as_partner(provider)) as reader:
        page = reader.get("membership", row=membership).content.decode()
        assert "Customers associated now" in page
        refused = reader.post("membership", of=membership, deed="raise-tier", row=membership.pk)
        assert "Not every requirement" in refused.content.decode() and not TierUpgrade.objects.exists()
    with as_reader(as_staff()) as reader:
        for requirement in TierRequirement.objects.filter(programme=membership.programme, tier="advanced"):
            reader.post("tier-requirements", deed="change", row=requirement.pk, at_least=0)
    with as_reader(as_partner(provider)) as reader:
        reader.post("membership", of=membership, deed="raise-tier", row=membership.pk)
    upgrade = TierUpgrade.objects.get()
    with as_reader(as_staff()) as reader:
        assert reader.get("tier-upgrade", row=upgrade).status_code == 200
        reader.post("tier-upgrades", deed="approve", row=upgrade.pk)
    membership.refresh_from_db()
    assert membership.tier == "advanced"


def test_a_new_version_of_an_agreement_waits_to_be_signed(db: None) -> None:
    account = make_company("oak-clouds", "Oak Clouds", email="hi@oak.example")
    application = make_application(account, "csp")
    with as_reader(as_staff()) as reader:
        reader.post(
            "publish-agreement",
            code="csp_agreement",
            site="cn",
            version="2.0",
            english="New.",
            chinese="新。",
        )
        reader.post("programme-application", of=application, deed="approve", row=application.pk)
    new = agreements_in_force("cn", ["csp_agreement"])[0]
    assert new.version == "2.0"
    assert OutboxMessage.objects.filter(template="partners.agreement_published", about_id=account.pk).exists()

    with as_reader(as_partner(Partner.objects.get(pk=account.pk))) as reader:
        assert "Agreements to sign" in reader.get("home").content.decode()
        reader.post("partner-agreement", of=new, deed="sign", row=new.pk)
        assert "Agreements to sign" not in reader.get("home").content.decode()
        assert "2.0" in reader.get("signed-agreements").content.decode()


def test_the_vendor_ends_a_standing_on_the_partners_page(db: None) -> None:
    distributor = make_distributor(site="intl")
    reseller = make_reseller(distributor)
    with as_reader(as_staff()) as reader:
        reader.post("partner", of=distributor, deed="freeze", row=distributor.pk, reason="fraud")
        assert Partner.objects.get(pk=reseller.pk).state is PartnerState.FROZEN
        reader.post("partner", of=distributor, deed="lift", row=distributor.pk)
        assert Partner.objects.get(pk=reseller.pk).state is PartnerState.JOINED
        kept = reader.post("partner", of=distributor, deed="leave", row=distributor.pk, reason="asked")
        assert "1 reseller" in kept.content.decode()
        reader.post("partner", of=reseller, deed="leave", row=reseller.pk, reason="asked")
        assert Partner.objects.get(pk=reseller.pk).state is PartnerState.EXITED
        page = reader.get("partner", row=reseller).content.decode()
        assert "Incentives payable until" in page
    assert ApplicationState.JOINED.final
