"""Companies apply to programmes, are invited, join, rise, are certified, and go.

At the end: of the solution providers that applied, one waits for its review, one has to correct its application, one
has joined; a distributor has come by invitation, one invitation is open and one has expired; a partner takes part in a
second programme and a path, waits for another, and has asked for a tier; company changes wait, were approved, were
rejected; bank accounts are certified, waiting and locked; a partner is restricted, one has left, one was delisted; an
agreement waits in a new version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from partner_center.channel.actions.programmes import approve_application
from partner_center.channel.actions.programmes_standing import apply_for_tier, let_partner_leave
from partner_center.channel.makers.programmes import A_PDF, company_facts, make_application, make_company
from partner_center.customers.makers import People
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.models import Account
from partner_center.kernel.money import Money
from partner_center.partners.actions import (
    approve_company_change,
    change_company,
    delist_partner,
    invite_to_programme,
    name_small_amount,
    publish_agreement,
    record_company,
    refuse_application,
    reject_company_change,
    remit_small_amount,
    restrict_partner,
    set_requirement,
    submit_commercial_information,
)
from partner_center.partners.actions.programme_invitations import PATH
from partner_center.partners.makers import as_partner, as_staff, make_solution_provider
from partner_center.partners.models import (
    Company,
    Membership,
    Partner,
    Programme,
    ProgrammeApplication,
    Requirement,
    SmallRemittance,
    Tier,
    TierRequirement,
)

Deeds = Iterator[tuple[datetime, Callable[[], object]]]
HOME, ABROAD = "south", "europe"


def deeds(people: People, end: datetime) -> Deeds:
    """Everything here lies within the last forty days."""
    scene = Scene(people)
    for days, deed in (
        (39.9, scene.companies_are_recorded),
        (36, scene.the_provider_is_certified),
        (34, scene.partners_come_that_will_go),
        (31, scene.a_provider_applies_and_joins),
        (29, scene.a_distributor_is_invited_and_joins),
        (27, scene.an_invitation_is_sent_and_forgotten),
        (24, scene.a_company_moves),
        (22, scene.a_second_programme_is_joined),
        (18, scene.partners_go),
        (15, scene.an_application_is_sent_back),
        (13, scene.a_tier_is_asked_for),
        (12, scene.an_agreement_is_renewed),
        (9, scene.a_certification_is_locked),
        (6, scene.an_amount_is_on_its_way),
        (4, scene.a_company_wants_another_name),
        (2.5, scene.an_application_waits),
        (1.5, scene.an_invitation_is_open),
    ):
        yield end - timedelta(days=days), deed


class Scene:
    """The deeds and what they remember of each other."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.going: list[Partner] = []

    @property
    def staff(self) -> Actor:
        return as_staff(self.people.vendor)

    def companies_are_recorded(self) -> None:
        """The partners that the vendor has enrolled itself."""
        for number, partner in enumerate(self.people.partners):
            if partner.kind == "reseller":
                continue
            abroad = partner.account.site == "intl"
            record_company(
                self.staff,
                partner=partner,
                area=ABROAD if abroad else HOME,
                **company_facts(
                    partner.name,
                    credit_code=f"REG-{number:06d}" if abroad else f"9144030000000{number:04d}X",
                ),
            )

    def the_provider_is_certified(self) -> None:
        partner = self.people.solution_provider
        self._submit(partner)
        sent = self._remit(partner)
        name_small_amount(as_partner(partner), information=sent.information, amount=sent.amount)

    def partners_come_that_will_go(self) -> None:
        for name, company in (
            ("baiyu-cloud", "白屿云技术"),
            ("tielin-data", "铁林数据"),
            ("xueling-net", "雪岭网络"),
        ):
            self.going.append(make_solution_provider(name, company=company))

    def a_provider_applies_and_joins(self) -> None:
        account = make_company("hesheng-digital", "禾声数字")
        approve_application(self.staff, application=self._apply(account, "csp", 1))

    def a_distributor_is_invited_and_joins(self) -> None:
        account = make_company("jinghai-supply", "镜海供应链")
        invite_to_programme(
            self.staff,
            programme=Programme.objects.get(site="cn", code="distributor"),
            company_name="镜海供应链",
            email="programmes@jinghai.example",
        )
        application = self._apply(account, "distributor", 2, token=self._token())
        approve_application(self.staff, application=application)

    def an_invitation_is_sent_and_forgotten(self) -> None:
        self._invite("北舟分销", "programmes@beizhou.example")

    def a_company_moves(self) -> None:
        """One change is approved, another is not."""
        partner = self.people.solution_provider
        company = Company.objects.get(accounts__account=partner.account)
        change = change_company(
            as_partner(partner),
            company=company,
            facts={"address": "18 Harbour Street"},
            licence=("licence.pdf", A_PDF),
        )
        approve_company_change(self.staff, change=change)
        again = change_company(
            as_partner(partner), company=company, facts={"website": "https://wrong.example"}
        )
        reject_company_change(self.staff, change=again, opinion="The web site belongs to somebody else.")

    def a_second_programme_is_joined(self) -> None:
        account = self.people.solution_provider.account
        approve_application(self.staff, application=self._apply(account, "pce", 0, area=""))
        approve_application(self.staff, application=self._apply(account, "path_service", 0, area=""))
        self._apply(account, "path_software", 0, area="")

    def partners_go(self) -> None:
        restricted, leaving, delisted = self.going
        restrict_partner(self.staff, partner=restricted, reason="Arrears of the last month")
        let_partner_leave(self.staff, partner=leaving, reason="At the partner's own wish")
        delist_partner(self.staff, partner=delisted, reason="Breach of the agreement")

    def an_application_is_sent_back(self) -> None:
        account = make_company("qingtong-it", "青桐信息")
        application = self._apply(account, "csp", 3)
        refuse_application(
            self.staff, application=application, opinion="The business licence cannot be read."
        )

    def a_tier_is_asked_for(self) -> None:
        """The vendor makes it easier to rise, and the provider does so at once."""
        own = Membership.objects.select_related("partner__account", "programme").get(
            partner=self.people.solution_provider, programme__code="csp"
        )
        for requirement in TierRequirement.objects.filter(programme=own.programme, tier=Tier.ADVANCED):
            if requirement.what in (Requirement.CUSTOMERS, Requirement.CONSUMPTION):
                set_requirement(self.staff, requirement=requirement, at_least=0)
        apply_for_tier(as_partner(own.partner), membership=own)

    def an_agreement_is_renewed(self) -> None:
        publish_agreement(
            self.staff,
            code="programme_commitment",
            site="cn",
            version="1.1",
            english="The partner commits itself as before, and reports every conflict of interest.",
            chinese="伙伴承诺内容不变，并须报告所有利益冲突。",
        )

    def a_certification_is_locked(self) -> None:
        partner = self.people.intl_solution_provider
        self._submit(partner)
        sent = self._remit(partner)
        wrong = Money(sent.amount_minor % 99 + 1, sent.currency)
        for _attempt in range(3):
            name_small_amount(as_partner(partner), information=sent.information, amount=wrong)

    def an_amount_is_on_its_way(self) -> None:
        self._submit(self.people.distributor)
        self._remit(self.people.distributor)

    def a_company_wants_another_name(self) -> None:
        partner = self.people.distributor
        change_company(
            as_partner(partner),
            company=Company.objects.get(accounts__account=partner.account),
            facts={"company_name": f"{partner.name}集团"},
            licence=("licence.pdf", A_PDF),
        )

    def an_application_waits(self) -> None:
        self._apply(make_company("shuanglu-soft", "双鹭软件"), "csp", 4)

    def an_invitation_is_open(self) -> None:
        self._invite("南溟分销", "programmes@nanming.example")

    def _apply(self, account: Account, code: str, number: int, **more: str) -> ProgrammeApplication:
        facts = company_facts(account.company_name, credit_code=f"9144030011110{number:04d}Y")
        return make_application(account, code, facts=facts, licence=("licence.pdf", A_PDF), **more)

    def _invite(self, company: str, email: str) -> None:
        programme = Programme.objects.get(site="cn", code="distributor")
        invite_to_programme(self.staff, programme=programme, company_name=company, email=email)

    def _token(self) -> str:
        """The link of the latest mail, as its reader follows it."""
        body: str = OutboxMessage.objects.filter(template="partners.programme_invitation").latest("pk").body
        return body.partition(PATH)[2].partition("/")[0]

    def _submit(self, partner: Partner) -> None:
        submit_commercial_information(
            as_partner(partner),
            company_name=partner.name,
            taxpayer="general",
            tax_rate="6",
            bank="Harbour Bank",
            branch="Main branch",
            bank_account="6222000011112222",
        )

    def _remit(self, partner: Partner) -> SmallRemittance:
        sent = SmallRemittance.objects.select_related("information__account").get(
            information_id=partner.pk, remitted_at__isnull=True
        )
        remit_small_amount(self.staff, remittance=sent)
        return sent
