"""Partners for the operator, resellers for their distributor, and what a partner knows of itself."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.programmes_standing import (
    freeze_partner_and_customers,
    lift_partner_and_customers,
)
from partner_center.channel.actions.resellers import unbind_reseller
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Masked, Ref, State, Sum, Text, When, Words
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Rows, Steps, Trail
from partner_center.foundation.actor import Actor
from partner_center.funds.actions import allocate_to_reseller, reclaim_from_reseller
from partner_center.funds.queries import all_resellers_with_money, money_of
from partner_center.identity.models import Site
from partner_center.partners.actions import (
    admit_partner,
    assign_platform,
    assign_reseller_manager,
    enrol_partner,
    grant_right,
    reclaim_reseller_manager,
    withdraw_right,
)
from partner_center.partners.console.forms import (
    AdmitForm,
    EnrolForm,
    FeedForm,
    ManagerForm,
    NoteForm,
    PlatformForm,
    ReasonForm,
    RightForm,
)
from partner_center.partners.models import (
    Partner,
    PartnerKind,
    PartnerState,
    PlatformIdentity,
    ResellerGrant,
    Settlement,
)
from partner_center.partners.queries import members_of, own_partner, partner_for, rights_of


def has_balance(reseller: Partner) -> bool:
    """On the China site a distributor feeds its resellers; elsewhere they are billed by the month."""
    return reseller.kind == PartnerKind.RESELLER and reseller.account.site == Site.CN


KINDS = dict(PartnerKind.choices)
SETTLEMENTS = dict(Settlement.choices)
SITES = dict(Site.choices)

FEEDS = (
    RowAction(
        "allocate",
        act=allocate_to_reseller,
        form=FeedForm,
        kinds=("partner",),
        icon="arrow-down",
        when=has_balance,
    ),
    RowAction(
        "reclaim",
        act=reclaim_from_reseller,
        form=FeedForm,
        kinds=("partner",),
        icon="arrow-up",
        when=has_balance,
    ),
)
UNBIND = RowAction(
    "unbind",
    act=unbind_reseller,
    form=ReasonForm,
    kinds=("staff",),
    tone="danger",
    when=lambda reseller: reseller.distributor_id is not None,
    confirm=_("The rest of its balance returns to the distributor; its rights and account manager end."),
)
RESELLER_DEEDS = (
    RowAction("grant-right", act=grant_right, form=RightForm, kinds=("partner",)),
    RowAction("withdraw-right", act=withdraw_right, form=RightForm, kinds=("partner",), tone="danger"),
    RowAction("assign-manager", act=assign_reseller_manager, form=ManagerForm, kinds=("partner",)),
    RowAction(
        "reclaim-manager",
        act=reclaim_reseller_manager,
        kinds=("partner",),
        when=lambda reseller: reseller.account_manager_id is not None,
    ),
)


class PartnerList(ListPage):
    name, path, title, permission = "partners", "partners/", _("Partners"), "partners.view"
    kinds = ("staff",)
    source = Partner.objects.visible_to
    columns = (
        Text("name"),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        ChoiceColumn("kind", words=KINDS),
        State("state"),
        Ref("distributor", page="partner", needs=("distributor",)),
        ChoiceColumn("settlement", words=SETTLEMENTS),
        ChoiceColumn("account__site", _("Site"), words=SITES, minor=True),
        When("joined_at"),
    )
    filters = (
        Search(into=("name", "account__name"), exact=("pk",)),
        Choice("kind", offered=PartnerKind.choices),
        States("state", PartnerState),
        Choice("settlement", offered=Settlement.choices),
        Since("joined_at"),
        Until("joined_at"),
        Equal("distributor"),
    )
    opens = "partner"
    links = (Link(page="enrol-partner"), Link(page="admit-partner", primary=False))


def _managers(actor: Actor) -> Any:
    return members_of(actor).order_by("name", "pk").values_list("pk", "name")


class ResellerList(ListPage):
    """A distributor's resellers; the operator sees everybody's."""

    name, path, title, permission = "resellers", "resellers/", _("Resellers"), "partners.view"
    tabs = (
        "resellers",
        "cooperation-applications",
        "reseller-invitations",
        "reseller-managers",
        "reseller-ties",
    )
    source = all_resellers_with_money
    columns = (
        Text("name"),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        Masked("account__mobile", _("Mobile number"), kind="mobile"),
        Masked("account__email", _("E-mail"), kind="email"),
        State("state"),
        When("associated_at"),
        Text("account_manager__name", _("Account manager"), needs=("account_manager",)),
        Sum("cash", _("Balance"), value=lambda row: money_of(row, "cash"), sort="cash_minor"),
        Ref("distributor", page="partner", needs=("distributor",), kinds=("staff",)),
    )
    filters = (
        Search(into=("name", "account__name", "account__mobile", "account__email"), exact=("pk",)),
        Choice("manager", _("Account manager"), offered=_managers, path="account_manager").for_kinds(
            "partner"
        ),
        States("state", PartnerState),
        Since("associated_at"),
        Until("associated_at"),
        Equal("distributor"),
    )
    opens = "partner"
    row_actions = (*FEEDS, *RESELLER_DEEDS, UNBIND)
    batches = (
        Batch("chosen-allocate", _("Allocate"), allocate_to_reseller, form=FeedForm, kinds=("partner",)),
        Batch("chosen-reclaim", _("Reclaim"), reclaim_from_reseller, form=FeedForm, kinds=("partner",)),
        Batch("chosen-assign-manager", act=assign_reseller_manager, form=ManagerForm, kinds=("partner",)),
        Batch("chosen-reclaim-manager", act=reclaim_reseller_manager, kinds=("partner",)),
        Batch("chosen-grant-right", act=grant_right, form=RightForm, kinds=("partner",)),
    )
    links = (Link(page="invite-reseller"),)
    empty = _("No resellers yet.")

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        """Resellers are the distributor's business, and the operator's."""
        return super().open_to(actor) and (actor.is_house or actor.account_kind == PartnerKind.DISTRIBUTOR)


class DistributorSteps(Steps):
    """Deeds of a distributor upon its resellers; a reseller does not see them on its own page."""

    def shown_to(self, page: DetailPage) -> bool:
        return super().shown_to(page) and page.actor.account_kind == PartnerKind.DISTRIBUTOR


STANDING = (
    Facts(
        "name",
        Masked("account__name", _("Account"), kind="account"),
        Text("pk", _("Partner ID"), code=True),
        ChoiceColumn("kind", words=KINDS),
        ChoiceColumn("account__site", _("Site"), words=SITES),
        State("state"),
        "state_reason",
        ChoiceColumn("settlement", words=SETTLEMENTS),
        Flag("is_sandbox", kinds=("staff",)),
        "joined_at",
        "left_at",
        When("incentives_until", _("Incentives payable until")),
    ),
    Facts(
        Masked("account__mobile", _("Mobile number"), kind="mobile"),
        Masked("account__email", _("E-mail"), kind="email"),
        title=_("Contact"),
    ),
    Facts(
        Ref("distributor", page="partner"),
        "associated_at",
        Text("account_manager__name", _("Account manager")),
        Words("rights", _("Rights granted by the distributor"), value=rights_of, sort=False),
        title=_("Distribution"),
        when=lambda partner: partner.kind == PartnerKind.RESELLER,
    ),
)
RIGHTS = (
    Rows(
        _("Platform identities"),
        lambda actor, partner: PlatformIdentity.objects.visible_to(actor).filter(partner=partner),
        ("code", When("created_at")),
    ),
    Rows(
        _("Rights by date"),
        lambda actor, partner: ResellerGrant.objects.visible_to(actor).filter(partner=partner),
        (
            Text("get_right_display", _("Right")),
            When("created_at", _("Granted")),
            When("withdrawn_at"),
        ),
    ),
)


class PartnerDetail(DetailPage):
    name, path, title, permission = "partner", "partners/<str:pk>/", _("Partner"), "partners.view"
    kinds = ("staff", "partner")
    parent = "partners"
    fetch = partner_for
    left = (
        *STANDING,
        Steps(
            PartnerState,
            forms={
                "restrict": ReasonForm,
                "lapse": ReasonForm,
                "renew": NoteForm,
                "leave": ReasonForm,
                "delist": ReasonForm,
            },
            also=(
                RowAction(
                    "freeze",
                    act=freeze_partner_and_customers,
                    form=ReasonForm,
                    step=PartnerState.freeze,
                    tone="danger",
                ),
                RowAction("lift", act=lift_partner_and_customers, form=NoteForm, step=PartnerState.lift),
                RowAction("record-company", page="record-company", label=_("Record company information")),
                RowAction("assign-platform", act=assign_platform, form=PlatformForm, kinds=("staff",)),
            ),
            kinds=("staff",),
        ),
        DistributorSteps(
            also=(*FEEDS, *RESELLER_DEEDS), when=lambda partner: partner.kind == PartnerKind.RESELLER
        ),
        Steps(also=(UNBIND,), kinds=("staff",)),
    )
    right = (
        *RIGHTS,
        ListPanel(
            "reseller-managers",
            partner="pk",
            options={"when": lambda one: one.kind == PartnerKind.RESELLER},
        ),
        ListPanel(
            "reseller-ties", partner="pk", options={"when": lambda one: one.kind == PartnerKind.RESELLER}
        ),
        ListPanel(
            "resellers", distributor="pk", options={"when": lambda one: one.kind == PartnerKind.DISTRIBUTOR}
        ),
    )
    bottom = (
        ListPanel("memberships", partner="pk"),
        ListPanel("customers", partner="pk"),
        ListPanel("adjustments", target="pk"),
        ListPanel("account-changes", owner="pk"),
        Trail(),
    )

    @classmethod
    def shows(cls, actor: Actor, row: object) -> bool:
        """A reseller reads its distributor's name, not its page."""
        if actor.is_house or not isinstance(row, Partner):
            return actor.is_house
        return actor.account_id in (row.pk, row.distributor_id)


class PartnerInformation(DetailPage):
    """A partner's own page: its standing, its distributor, its platforms, its rights."""

    name, path, title = "partner-information", "partner-information/", _("Partner information")
    permission = "partners.view"
    kinds = ("partner",)
    fetch = own_partner
    left, right, bottom = STANDING, RIGHTS, (Trail(),)


class EnrolPartner(FormPage):
    name, path, title = "enrol-partner", "partners/enrol/", _("Enrol a partner")
    kinds = ("staff",)
    parent = "partners"
    act, form, after = enrol_partner, EnrolForm, "partner"
    lead = _("Opens an account for a company and admits it as a partner.")


class AdmitPartner(FormPage):
    name, path, title = "admit-partner", "partners/admit/", _("Admit a partner")
    kinds = ("staff",)
    parent = "partners"
    act, form, after = admit_partner, AdmitForm, "partner"
    lead = _("Makes an account of a partner's kind a partner. A reseller is tied to its distributor at once.")


class PlatformList(ListPage):
    """Platform identities (xaccount types): what the partner's programs send."""

    name, path, title, permission = "platforms", "platforms/", _("Platform identities"), "partners.view"
    kinds = ("staff", "partner")
    source = PlatformIdentity.objects.visible_to
    columns = (
        Text("code", code=True),
        Ref("partner", needs=("partner",)),
        When("created_at", _("Assigned")),
    )
    filters = (Search(into=("code", "partner__name")), Equal("partner"))
    lead = _("The value of xaccount_type in the API, and the name of the agency that customers grant.")
