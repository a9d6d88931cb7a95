"""Resellers for their distributor: invited, accepted, their history, and their customers (features C2 to C9)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.resellers import (
    accept_reseller_invitation,
    cancel_reseller_invitation,
    invite_reseller,
    pass_cooperation,
    refuse_cooperation,
    resend_reseller_invitation,
)
from partner_center.channel.console.resellers_forms import AcceptForm, InviteForm, OpinionForm, RefusalForm
from partner_center.channel.models import ResellerInvitation, ResellerInvitationState
from partner_center.channel.queries.resellers import (
    cooperations_visible_to,
    customers_of_resellers,
    invitation_by_token,
)
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Masked, Number, Ref, State, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.pages import FormPage, ListPage
from partner_center.console.todos import todo
from partner_center.customers.lifecycles import FreezeState, VerifiedStatus
from partner_center.customers.models import AssociationType
from partner_center.foundation.actor import Actor
from partner_center.partners.areas import Area
from partner_center.partners.models import (
    ApplicationState,
    Partner,
    PartnerKind,
    ProgrammeApplication,
    ResellerAssignment,
    ResellerTie,
    TieOrigin,
)
from partner_center.partners.queries import resellers_visible_to

TABS = ("resellers", "cooperation-applications", "reseller-invitations", "reseller-managers", "reseller-ties")


def is_distributor_or_house(actor: Actor) -> bool:
    """Resellers are the distributor's business, and the operator's."""
    return actor.is_house or actor.account_kind == PartnerKind.DISTRIBUTOR


class CooperationList(ListPage):
    """Companies that want to work with the asking distributor, once the vendor has passed them (features C1)."""

    name, path, title = "cooperation-applications", "cooperation-applications/", _("Cooperation applications")
    permission = "partners.view"
    kinds = ("staff", "partner")
    tabs = TABS
    source = cooperations_visible_to
    columns = (
        Text("company_name", _("Reseller")),
        Masked("contact_mobile", _("Mobile number"), kind="mobile"),
        Masked("contact_email", _("E-mail"), kind="email"),
        Masked("account__name", _("Account"), kind="account", needs=("account",)),
        ChoiceColumn("area", words=dict(Area.choices)),
        Ref("distributor", page="partner", needs=("distributor",), kinds=("staff",)),
        State("state"),
        When("submitted_at", _("Applied")),
        When("decided_at"),
        Text("opinion", cut=40),
    )
    filters = (
        Search("company", _("Reseller"), into=("company_name",)),
        Search("mobile", _("Mobile number"), into=("contact_mobile",)),
        Search("email", _("E-mail"), into=("contact_email",)),
        States("state", ApplicationState),
        Since("submitted_at", _("Applied since")),
        Until("submitted_at", _("Applied until")),
    )
    row_actions = (
        RowAction("approve", act=pass_cooperation, form=OpinionForm, kinds=("partner",)),
        RowAction("refuse", act=refuse_cooperation, form=RefusalForm, kinds=("partner",), tone="danger"),
    )
    batches = (
        Batch("chosen-approve", _("Batch approve"), pass_cooperation, form=OpinionForm, kinds=("partner",)),
        Batch(
            "chosen-refuse",
            _("Batch refuse"),
            refuse_cooperation,
            form=RefusalForm,
            kinds=("partner",),
            tone="danger",
        ),
    )
    lead = _("The vendor has reviewed these companies. Approving one makes it your reseller at once.")
    empty = _("Nobody has asked to work with you yet.")

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        return super().open_to(actor) and is_distributor_or_house(actor)


class ResellerInvitationList(ListPage):
    """What a distributor has sent; the operator sees everybody's."""

    name, path, title = "reseller-invitations", "reseller-invitations/", _("Invitations to resellers")
    permission = "partners.view"
    kinds = ("staff", "partner")
    tabs = TABS
    source = ResellerInvitation.objects.visible_to
    columns = (
        Text("partner__name", _("Reseller"), needs=("partner", "partner__account")),
        Masked("email", _("E-mail"), kind="email"),
        Ref("distributor", page="partner", needs=("distributor",), kinds=("staff",)),
        State("state"),
        When("sent_at"),
        When("expires_at"),
        Number("times_sent", minor=True),
        When("accepted_at"),
        ChoiceColumn("area", words=dict(Area.choices), minor=True),
        Text("sent_by", minor=True),
    )
    filters = (
        Search(into=("partner__name",), exact=("email",)),
        States("state", ResellerInvitationState),
        Since("sent_at"),
        Until("sent_at"),
        Equal("distributor"),
    )
    row_actions = (
        RowAction("resend", act=resend_reseller_invitation, kinds=("partner",)),
        RowAction("cancel", act=cancel_reseller_invitation, kinds=("partner",), tone="danger"),
    )
    batches = (
        Batch("chosen-resend", _("Send again"), resend_reseller_invitation, kinds=("partner",)),
        Batch("chosen-cancel", _("Cancel"), cancel_reseller_invitation, kinds=("partner",), tone="danger"),
    )
    links = (Link(page="invite-reseller"),)
    lead = _("A link works for 7 days, once, for the invited reseller. Sending again makes a new link.")
    empty = _("No reseller has been invited yet.")

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        return super().open_to(actor) and is_distributor_or_house(actor)


class InviteReseller(FormPage):
    name, path, title = "invite-reseller", "reseller-invitations/new/", _("Invite a reseller")
    kinds = ("partner",)
    parent = "reseller-invitations"
    act, form = invite_reseller, InviteForm
    success = _("The invitation is on its way.")
    lead = _(
        "Invites a company that is a reseller already. It decides by the link in its mail; once it is willing, it "
        "works with you at once."
    )

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        return super().open_to(actor) and actor.account_kind == PartnerKind.DISTRIBUTOR


class AcceptResellerInvitation(FormPage):
    """Where the link of a mail leads: signed in as the invited reseller; to anybody else it does not exist."""

    name = "accept-reseller-invitation"
    path = "reseller-invitations/<str:token>/"
    title = _("Accept the distributor's invitation")
    kinds = ("partner",)
    fetch = invitation_by_token
    act, form, after = accept_reseller_invitation, AcceptForm, "partner-information"
    button = _("Willing")
    success = _("You now work with this distributor.")


class ResellerManagerList(ListPage):
    """Who of the distributor's people looked after which reseller, from when to when (features C7)."""

    name, path, title = "reseller-managers", "reseller-managers/", _("Resellers' account managers by date")
    permission = "partners.view"
    kinds = ("staff", "partner")
    tabs, parent = TABS, "resellers"
    source = ResellerAssignment.objects.visible_to
    columns = (
        Ref("partner", page="partner", needs=("partner",)),
        Text("manager__name", _("Account manager"), needs=("manager",)),
        When("created_at", _("Assigned")),
        When("ended_at"),
    )
    filters = (
        Search(into=("partner__name", "manager__name")),
        Since("created_at", _("Assigned since")),
        Until("created_at", _("Assigned until")),
        Equal("partner"),
    )
    empty = _("No reseller has had an account manager yet.")

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        return super().open_to(actor) and is_distributor_or_house(actor)


class ResellerTieList(ListPage):
    """Which reseller worked with which distributor, from when to when, and how it came about."""

    name, path, title = "reseller-ties", "reseller-ties/", _("Distribution by date")
    permission = "partners.view"
    kinds = ("staff", "partner")
    tabs, parent = TABS, "resellers"
    source = ResellerTie.objects.visible_to
    columns = (
        Ref("partner", page="partner", needs=("partner",)),
        Ref("distributor", page="partner", needs=("distributor",)),
        ChoiceColumn("origin", words=dict(TieOrigin.choices)),
        When("began_at"),
        When("ended_at"),
        Text("reason", cut=40),
    )
    filters = (
        Search(into=("partner__name",)),
        Choice("origin", offered=TieOrigin.choices),
        Since("began_at"),
        Until("began_at"),
        Equal("partner"),
        Equal("distributor"),
    )

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        return super().open_to(actor) and (is_distributor_or_house(actor) or actor.account_kind == "reseller")


def _own_resellers(actor: Actor) -> Any:
    rows = resellers_visible_to(actor) if is_distributor_or_house(actor) else Partner.objects.none()
    return rows.order_by("name").values_list("pk", "name")


class ResellersCustomers(ListPage):
    """The customers of a distributor's resellers; money and orders of theirs are the reseller's (features C9)."""

    name, path, title = "resellers-customers", "resellers-customers/", _("Resellers' customers")
    permission = "customers.view"
    kinds = ("partner",)
    tabs = ("customers", "resellers-customers")
    source = customers_of_resellers
    columns = (
        Text("name", value=str, needs=("account",)),
        Masked("account__name", _("Account"), kind="account"),
        Masked("account__mobile", _("Mobile number"), kind="mobile", minor=True),
        Ref("partner", _("Reseller"), needs=("partner",), sort="partner__name"),
        ChoiceColumn("association_type", words=dict(AssociationType.choices)),
        State("verified_status"),
        State("freeze_state"),
        Text("level"),
        Text("label"),
        When("associated_at"),
    )
    filters = (
        Search(into=("name",), exact=("pk", "account__name", "account__mobile")),
        Choice("reseller", _("Reseller"), offered=_own_resellers, path="partner"),
        Choice("association_type", offered=AssociationType.choices),
        States("verified_status", VerifiedStatus, _("Real-name status")),
        States("freeze_state", FreezeState, _("Freeze")),
        Since("associated_at"),
        Until("associated_at"),
    )
    opens, opens_with = "customer", "pk"
    empty = _("Your resellers have no customers yet.")

    @classmethod
    def open_to(cls, actor: Actor) -> bool:
        return super().open_to(actor) and actor.account_kind == PartnerKind.DISTRIBUTOR


todo(
    "channel.cooperation_applications",
    _("Cooperation applications to review"),
    page="cooperation-applications",
    query={"state": ApplicationState.DISTRIBUTOR_REVIEW.value},
    count=lambda actor: ProgrammeApplication.objects.waiting_for(actor.account_id).count(),
    kinds=("partner",),
)
