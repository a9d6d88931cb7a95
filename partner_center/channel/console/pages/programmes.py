"""Programmes: the catalogue, applications to them, and the vendor's reviews and invitations."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.programmes import (
    apply_to_programme,
    approve_application,
    choose_distributor,
    resubmit_application,
)
from partner_center.channel.console.programmes_forms import (
    ApplyForm,
    ContactForm,
    DistributorForm,
    InviteForm,
    OpinionForm,
    ResubmitForm,
)
from partner_center.channel.queries.programmes import catalogue, obstacles_of
from partner_center.channel.rules.programmes import Obstacle
from partner_center.console.actions import Batch, Link, RowAction
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Flag, Masked, Number, Ref, State, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, States, Until
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, Rows, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Account, Site
from partner_center.partners.actions import (
    cancel_programme_invitation,
    close_programme,
    edit_application_contact,
    invite_to_programme,
    open_programme,
    refuse_application,
    resend_programme_invitation,
    withdraw_application,
)
from partner_center.partners.actions.programme_invitations import invitation_of
from partner_center.partners.areas import Area
from partner_center.partners.errors import ApplicationNotFound, ProgrammeNotFound
from partner_center.partners.models import (
    Agreement,
    ApplicationState,
    Industry,
    Programme,
    ProgrammeApplication,
    ProgrammeInvitation,
    ProgrammeInvitationState,
    TierRequirement,
)
from partner_center.partners.presets import Nature
from partner_center.partners.queries import agreements_in_force, application_for

VIEW = "partners.view"
EVERYBODY = ("staff", "partner", "customer")
APPLICANTS = ("partner", "customer")


def standing_in(programme: Any) -> Any:
    """How the reader stands to a programme: a member, or the state of the latest application, if it is open."""
    if programme.member:
        return ApplicationState.JOINED
    applied = programme.applied
    return None if applied is None or applied.final else applied


class ProgrammeList(ListPage):
    name, path, title, permission = "programmes", "programmes/", _("Programmes"), VIEW
    kinds = EVERYBODY
    lead = _("What you can join, and how far you have come.")
    source = catalogue
    columns = (
        Text("programme", _("Programme"), value=str),
        ChoiceColumn("nature", words=dict(Nature.choices)),
        State("standing", _("My state"), value=standing_in, kinds=APPLICANTS),
        Flag("by_invitation"),
        ChoiceColumn("site", words=dict(Site.choices), kinds=("staff",)),
        Flag("is_open", kinds=("staff",)),
        Text("says", _("Description"), cut=60, minor=True),
    )
    links = (Link(page="quick-registration", primary=False),)
    filters = (
        Choice("nature", offered=Nature.choices),
        Choice("site", offered=Site.choices).for_kinds("staff"),
    )
    opens = "programme"
    row_actions = (
        RowAction("apply", page="apply-to-programme", label=_("Join now"), when=lambda one: can_apply(one)),
        RowAction("open", act=open_programme, kinds=("staff",), when=lambda one: not one.is_open),
        RowAction("close", act=close_programme, kinds=("staff",), when=lambda one: one.is_open),
    )


def can_apply(programme: Any) -> bool:
    """Whether the button is offered; the page of the programme says what stands in the way."""
    takes = programme.is_open and not programme.by_invitation
    return takes and programme.fits and standing_in(programme) is None


def programme_with_standing(actor: Actor, pk: int) -> Programme:
    found = catalogue(actor).filter(pk=pk).first()
    if found is None:
        raise ProgrammeNotFound()
    return found


def in_the_way(actor: Actor, programme: Any) -> list[Obstacle]:
    """Everything that keeps the reader's account from joining."""
    account = Account.objects.filter(pk=actor.account_id).first()
    if account is None or standing_in(programme) is not None:
        return []
    return obstacles_of(account, programme)


class ProgrammeDetail(DetailPage):
    name, path, title, permission = "programme", "programmes/<int:pk>/", _("Programme"), VIEW
    kinds = EVERYBODY
    parent = "programmes"
    fetch = programme_with_standing
    state = ""
    left = (
        Facts(
            Text("programme", _("Programme"), value=str),
            ChoiceColumn("nature", words=dict(Nature.choices)),
            Text("says", _("Description")),
            Flag("by_invitation"),
            Flag("certified", _("With certificate")),
            ChoiceColumn("site", words=dict(Site.choices), kinds=("staff",)),
            Flag("is_open", kinds=("staff",)),
            State("standing", _("My state"), value=standing_in, kinds=APPLICANTS),
        ),
        Steps(
            also=(
                RowAction("apply", _("Join now"), page="apply-to-programme", when=can_apply),
                RowAction("open", act=open_programme, kinds=("staff",), when=lambda one: not one.is_open),
                RowAction("close", act=close_programme, kinds=("staff",), when=lambda one: one.is_open),
            )
        ),
    )
    right = (
        Rows(
            _("What stands in the way"),
            in_the_way,
            (Text("label", _("Reason")), Text("way_out", _("What you can do"))),
            kinds=APPLICANTS,
        ),
        Rows(
            _("Agreements"),
            lambda actor, one: agreements_in_force(one.site, one.preset.agreements),
            (Ref("self", _("Agreement"), page="partner-agreement", value=lambda one: one), "published_at"),
            model=Agreement,
        ),
        Rows(
            _("Requirements of the tiers"),
            lambda actor, one: TierRequirement.objects.filter(programme=one),
            (
                Text("get_tier_display", _("Tier")),
                Text("get_what_display", _("Requirement")),
                Number("at_least"),
            ),
            model=TierRequirement,
        ),
    )


class ApplyToProgramme(FormPage):
    name, path, title = "apply-to-programme", "programmes/<int:pk>/apply/", _("Join now")
    kinds = APPLICANTS
    parent = "programme"
    act, form = apply_to_programme, ApplyForm
    argument = "programme"
    fetch = programme_with_standing
    button = _("Submit")
    after = "programme-applications"
    success = _("The application was submitted.")
    template = "channel/apply.html"
    lead = _(
        "While the application is under review, and ever after, the account cannot buy cloud services for itself."
    )

    def context(self) -> dict[str, Any]:
        return {
            "agreements": agreements_in_force(self.actor.site, self.subject.preset.agreements),
            "obstacles": in_the_way(self.actor, self.subject),
        }


def invited_programme(actor: Actor, token: str) -> Programme:
    """The programme that a link leads to. Raises InvitationInvalid."""
    return programme_with_standing(actor, invitation_of(token, actor.site).programme_id)


class InvitedToProgramme(ApplyToProgramme):
    """The page behind the vendor's mail: the same application, with the link's right to make it."""

    name, path, title = "invited-to-programme", "programmes/invited/<str:token>/", _("You are invited")
    parent = "programmes"
    act, form = apply_to_programme, ApplyForm
    fetch = invited_programme  # type: ignore[assignment] # by the link instead of the id

    def context(self) -> dict[str, Any]:
        found = super().context()
        found["obstacles"] = [one for one in found["obstacles"] if one is not Obstacle.INVITATION]
        return found

    def run(self, form: ActionForm) -> Any:
        return apply_to_programme(
            self.actor, programme=self.subject, token=str(self.place["token"]), **form.arguments()
        )

    def next_address(self, result: Any) -> str:
        return ApplicationList.url()


def applications_of(actor: Actor) -> QuerySet[ProgrammeApplication]:
    """The applicant's own; a distributor reviews the others' on a page of its own."""
    rows = ProgrammeApplication.objects.visible_to(actor)
    return rows if actor.is_house else rows.filter(account_id=actor.account_id)


def own_application_for(actor: Actor, pk: int) -> ProgrammeApplication:
    found = application_for(actor, pk)
    if not actor.is_house and found.account_id != actor.account_id:
        raise ApplicationNotFound()
    return found


def waits_for_vendor(application: ProgrammeApplication) -> bool:
    return application.state is ApplicationState.UNDER_REVIEW


class ApplicationList(ListPage):
    name, path, title = "programme-applications", "programme-applications/", _("Applications to programmes")
    permission = VIEW
    kinds = EVERYBODY
    source = applications_of
    columns = (
        Ref("programme", needs=("programme",)),
        Text("company_name"),
        Masked("account__name", _("Account"), kind="account", needs=("account",), kinds=("staff",)),
        State("state"),
        Ref("distributor", page="partner", needs=("distributor",), minor=True),
        ChoiceColumn("area", words=dict(Area.choices), minor=True),
        When("submitted_at"),
        When("decided_at", minor=True),
        Text("opinion", cut=60, minor=True),
    )
    filters = (
        Search(into=("company_name", "account__name", "credit_code")).for_kinds("staff"),
        States("state", ApplicationState),
        Equal("programme"),
        Since("submitted_at"),
        Until("submitted_at"),
    )
    opens = "programme-application"
    batches = (
        Batch("approve", _("Approve"), approve_application, kinds=("staff",), when=waits_for_vendor),
        Batch("refuse", _("Refuse"), refuse_application, form=OpinionForm, kinds=("staff",), tone="danger"),
    )
    links = (Link(page="programmes", label=_("Programmes"), icon="list-details"),)
    empty = _("Nobody has applied yet.")


APPLICATION_DEEDS = (
    RowAction("approve", _("Approve"), approve_application, kinds=("staff",), when=waits_for_vendor),
    RowAction(
        "refuse",
        act=refuse_application,
        form=OpinionForm,
        kinds=("staff",),
        tone="danger",
    ),
    RowAction(
        "resubmit",
        _("Correct and submit again"),
        page="resubmit-application",
        kinds=APPLICANTS,
        when=lambda one: one.state is ApplicationState.NOT_PASSED,
    ),
    RowAction("choose-distributor", act=choose_distributor, form=DistributorForm, kinds=APPLICANTS),
    RowAction("contact", act=edit_application_contact, form=ContactForm, kinds=APPLICANTS),
    RowAction("withdraw", act=withdraw_application, kinds=APPLICANTS, tone="danger"),
)


class ApplicationDetail(DetailPage):
    name, path = "programme-application", "programme-applications/<int:pk>/"
    title, permission = _("Application"), VIEW
    kinds = EVERYBODY
    parent = "programme-applications"
    fetch = own_application_for
    left = (
        Facts(
            Ref("programme"),
            "company_name",
            Text("credit_code", code=True),
            ChoiceColumn("area", words=dict(Area.choices)),
            "address",
            ChoiceColumn("industry", words=dict(Industry.choices)),
            "website",
            Text("qualification"),
            Ref("licence", page="attachment"),
            Ref("distributor", page="partner"),
        ),
        Facts(
            Masked("contact_name", kind="name"),
            Masked("contact_mobile", kind="mobile"),
            Masked("contact_email", kind="email"),
            title=_("Contact"),
        ),
        Steps(also=APPLICATION_DEEDS),
    )
    right = (
        Facts(State("state"), "submitted_at", "passed_on_at", "decided_at", "opinion", title=_("Review")),
        Rows(
            _("What stands in the way"),
            lambda actor, one: (
                obstacles_of(one.account, one.programme, about=one)
                if one.state in (ApplicationState.UNDER_REVIEW, ApplicationState.NOT_PASSED)
                else []
            ),
            (Text("label", _("Reason")), Text("way_out", _("What the applicant can do"))),
        ),
    )
    bottom = (Trail(),)


class ResubmitApplication(FormPage):
    name, path = "resubmit-application", "programme-applications/<int:pk>/correct/"
    title = _("Correct and submit again")
    kinds = APPLICANTS
    parent = after = "programme-application"
    act, form = resubmit_application, ResubmitForm
    argument = "application"
    fetch = own_application_for
    button = _("Submit")
    success = _("The application was submitted.")


class ProgrammeInvitationList(ListPage):
    name, path, title = "programme-invitations", "programme-invitations/", _("Invitations to programmes")
    permission = VIEW
    kinds = ("staff",)
    source = ProgrammeInvitation.objects.visible_to
    columns = (
        Text("company_name"),
        Masked("email", kind="email"),
        Ref("programme", needs=("programme",)),
        State("state"),
        When("sent_at"),
        When("expires_at"),
        Number("times_sent", minor=True),
        Ref("application", page="programme-application", needs=("application__programme",), minor=True),
    )
    filters = (
        Search(into=("company_name", "email")),
        States("state", ProgrammeInvitationState),
        Since("sent_at"),
        Until("sent_at"),
    )
    row_actions = (
        RowAction("resend", act=resend_programme_invitation),
        RowAction("cancel", act=cancel_programme_invitation, tone="danger"),
    )
    batches = (Batch("resend-chosen", act=resend_programme_invitation),)
    links = (Link(page="invite-to-programme"),)


class InviteToProgramme(FormPage):
    name, path, title = "invite-to-programme", "programme-invitations/new/", _("Invite to a programme")
    kinds = ("staff",)
    parent = after = "programme-invitations"
    act, form = invite_to_programme, InviteForm
    lead = _("The mail has a link by which one account of the company may apply, once, within seven days.")


todo(
    "partners.applications",
    _("Applications to programmes to review"),
    page="programme-applications",
    query={"state": ApplicationState.UNDER_REVIEW.value},
    count=lambda actor: applications_of(actor).filter(state=ApplicationState.UNDER_REVIEW).count(),
    kinds=("staff",),
)
todo(
    "partners.applications_to_correct",
    _("Applications to correct"),
    page="programme-applications",
    count=lambda actor: (
        applications_of(actor)
        .filter(state__in=(ApplicationState.NOT_PASSED, ApplicationState.COOPERATION_REFUSED))
        .count()
    ),
    kinds=APPLICANTS,
)
