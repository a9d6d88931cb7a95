"""What partners are members of, the tiers they have reached or ask for, their certificates."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.programmes_standing import apply_for_tier
from partner_center.channel.console.programmes_forms import (
    CertificationReasonForm,
    OpinionForm,
    RequirementForm,
)
from partner_center.channel.queries.programmes import Checked, checklist
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Number, Ref, State, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.page import TemplatePage
from partner_center.console.pages import DetailPage, ListPage
from partner_center.console.panels import Facts, Rows, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.partners.actions import (
    approve_upgrade,
    end_membership,
    reject_upgrade,
    renew_membership,
    set_requirement,
    withdraw_upgrade,
)
from partner_center.partners.certificates import certificate_of
from partner_center.partners.models import (
    Company,
    Membership,
    Tier,
    TierRequirement,
    TierUpgrade,
    UpgradeState,
)
from partner_center.partners.presets import Nature
from partner_center.partners.queries import (
    membership_for,
    upgrade_for,
)

VIEW = "partners.view"
PARTIES = ("staff", "partner")
TIERS = dict(Tier.choices)


def is_held(membership: Membership) -> bool:
    return membership.ended_at is None


def has_certificate(membership: Membership) -> bool:
    return membership.stands and bool(membership.certificate)


def may_rise(membership: Membership) -> bool:
    return membership.stands and Tier(membership.tier).next is not None and bool(membership.programme.makes)


STAFF_ON_MEMBERSHIPS = (
    RowAction("renew", act=renew_membership, kinds=("staff",), when=is_held),
    RowAction(
        "end",
        act=end_membership,
        form=CertificationReasonForm,
        kinds=("staff",),
        when=lambda one: is_held(one) and not one.programme.makes,
        tone="danger",
    ),
)


class MembershipList(ListPage):
    name, path, title, permission = "memberships", "memberships/", _("Joined programmes"), VIEW
    kinds = PARTIES
    source = Membership.objects.visible_to
    columns = (
        Ref("programme", needs=("programme",)),
        Ref("partner", needs=("partner",)),
        ChoiceColumn("tier", words=TIERS),
        When("joined_at"),
        When("valid_until"),
        When("ended_at", minor=True),
        Text("certificate", code=True, minor=True),
    )
    filters = (
        Search(into=("partner__name", "certificate")),
        Choice("tier", offered=Tier.choices),
        Choice("nature", _("Nature"), offered=Nature.choices, path="programme__nature"),
        Since("joined_at"),
        Until("joined_at"),
        Equal("partner"),
    )
    opens = "membership"
    row_actions = (
        RowAction("certificate", _("Download certificate"), page="certificate", when=has_certificate),
        *STAFF_ON_MEMBERSHIPS,
    )
    batches = (Batch("renew-chosen", act=renew_membership, kinds=("staff",), when=is_held),)
    links = (
        Link(page="programme-applications", label=_("Applications to programmes"), icon="list-details"),
        Link(page="tier-requirements", label=_("Requirements of the tiers"), icon="checklist"),
    )


def lines_of(actor: Actor, membership: Membership) -> list[Checked]:
    tier = Tier(membership.tier).next
    own = actor.is_house or actor.account_id == membership.partner_id
    return checklist(membership, tier) if tier is not None and own and membership.stands else []


class MembershipDetail(DetailPage):
    name, path, title, permission = "membership", "memberships/<int:pk>/", _("Membership"), VIEW
    kinds = PARTIES
    parent = "memberships"
    fetch = membership_for
    state = ""
    left = (
        Facts(
            Ref("programme"),
            Ref("partner"),
            ChoiceColumn("tier", words=TIERS),
            Text("certificate", code=True),
            "joined_at",
            "valid_until",
            "ended_at",
        ),
        Steps(
            also=(
                RowAction("raise-tier", act=apply_for_tier, kinds=("partner",), when=may_rise),
                RowAction("certificate", _("Download certificate"), page="certificate", when=has_certificate),
                *STAFF_ON_MEMBERSHIPS,
            )
        ),
    )
    right = (
        Rows(
            _("Requirements of the next tier"),
            lines_of,
            (
                Text("label", _("Requirement")),
                Number("at_least", _("At least")),
                Number("found", _("Found")),
                Flag("met", _("Met")),
            ),
        ),
        Rows(
            _("Applications for a tier"),
            lambda actor, one: TierUpgrade.objects.visible_to(actor).filter(membership=one)[:20],
            (ChoiceColumn("tier", words=TIERS), State("state"), When("created_at"), Text("opinion", cut=60)),
            model=TierUpgrade,
        ),
    )
    bottom = (Trail(),)


class Certificate(TemplatePage):
    """The certificate of a membership that stands, as PDF in the reader's language."""

    name, path, title = "certificate", "memberships/<int:pk>/certificate/", _("Certificate")
    permission = VIEW
    kinds = PARTIES
    parent = "membership"

    def get(self) -> HttpResponse:
        membership = membership_for(self.actor, int(self.place["pk"]))
        if not has_certificate(membership):
            raise Http404("no certificate")
        content = certificate_of(membership, moment=clock.now(), language=self.actor.language)
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{membership.certificate}.pdf"'
        return answer


UPGRADE_DEEDS = (
    RowAction("approve", act=approve_upgrade, kinds=("staff",)),
    RowAction("reject", act=reject_upgrade, form=OpinionForm, kinds=("staff",), tone="danger"),
    RowAction("withdraw", act=withdraw_upgrade, kinds=("partner",), tone="danger"),
)


class TierUpgradeList(ListPage):
    name, path, title, permission = "tier-upgrades", "tier-upgrades/", _("Applications for a tier"), VIEW
    kinds = PARTIES
    source = TierUpgrade.objects.visible_to
    columns = (
        Ref("partner", needs=("partner",)),
        Text("membership__programme", _("Programme"), needs=("membership__programme", "membership__partner")),
        ChoiceColumn("tier", words=TIERS),
        State("state"),
        When("created_at", _("Submitted")),
        When("decided_at", minor=True),
        Text("opinion", cut=60, minor=True),
    )
    filters = (
        States("state", UpgradeState),
        Choice("tier", offered=Tier.choices),
        Since("created_at", _("Submitted since")),
        Equal("partner"),
    )
    opens = "tier-upgrade"
    row_actions = UPGRADE_DEEDS
    batches = (Batch("approve-chosen", act=approve_upgrade, kinds=("staff",)),)


class TierUpgradeDetail(DetailPage):
    name, path, title = "tier-upgrade", "tier-upgrades/<int:pk>/", _("Application for a tier")
    permission = VIEW
    kinds = PARTIES
    parent = "tier-upgrades"
    fetch = upgrade_for
    left = (
        Facts(
            Ref("partner"),
            Ref("membership"),
            ChoiceColumn("tier", words=TIERS),
            State("state"),
            "created_at",
            "decided_at",
            "opinion",
        ),
        Steps(also=UPGRADE_DEEDS),
    )
    right = (
        Rows(
            _("Requirements when it was submitted"),
            lambda actor, one: [Checked(**line) for line in one.checklist],
            (
                Text("label", _("Requirement")),
                Number("at_least", _("At least")),
                Number("found", _("Found")),
                Flag("met", _("Met")),
            ),
        ),
    )
    bottom = (Trail(),)


class RequirementList(ListPage):
    name, path, title = "tier-requirements", "tier-requirements/", _("Requirements of the tiers")
    permission = VIEW
    kinds = PARTIES
    parent = "memberships"
    source = TierRequirement.objects.visible_to
    order = ("programme__site", "programme__position", "tier", "what")
    columns = (
        Ref("programme", needs=("programme",)),
        ChoiceColumn("programme__site", _("Site"), words=dict(Company._meta.get_field("site").choices or ())),
        ChoiceColumn("tier", words=TIERS),
        Text("get_what_display", _("Requirement")),
        Number("at_least"),
    )
    filters = (Choice("tier", offered=Tier.choices), Equal("programme"))
    row_actions = (RowAction("change", act=set_requirement, form=RequirementForm, kinds=("staff",)),)


todo(
    "partners.tier_upgrades",
    _("Applications for a tier to review"),
    page="tier-upgrades",
    query={"state": UpgradeState.UNDER_REVIEW.value},
    count=lambda actor: TierUpgrade.objects.visible_to(actor).filter(state=UpgradeState.UNDER_REVIEW).count(),
    kinds=("staff",),
)
