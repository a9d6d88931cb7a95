"""What must hold of partners, their companies and their certifications at any time."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q

from partner_center.foundation.laws import law
from partner_center.partners.actions.commercial import MOST_WRONG_AMOUNTS
from partner_center.partners.models import (
    GONE,
    ApplicationState,
    CertificationState,
    CommercialInformation,
    Company,
    Membership,
    Partner,
    ProgrammeApplication,
)


@law("partners.identity", says="Every partner that has not gone is a member of the programme of its kind.")
def identity() -> Iterator[str]:
    own = Membership.objects.filter(
        partner=OuterRef("pk"), programme__makes=OuterRef("kind"), ended_at__isnull=True
    )
    for partner in Partner.objects.exclude(state__in=GONE).exclude(Exists(own)).order_by("pk"):
        yield f"{partner.pk}: no membership of a {partner.kind}"


@law("partners.left", says="Who has gone is a member of nothing and is dated; who has not lapsed is not.")
def left() -> Iterator[str]:
    held = Membership.objects.filter(partner=OuterRef("pk"), ended_at__isnull=True)
    for partner in Partner.objects.filter(state__in=GONE).filter(Exists(held) | Q(left_at__isnull=True)):
        yield f"{partner.pk}: {partner.state.value}, and still a member or without a date"
    here = Partner.objects.filter(state__in=("joined", "restricted", "frozen"), left_at__isnull=False)
    for partner in here.order_by("pk"):
        yield f"{partner.pk}: {partner.state.value} since {partner.left_at}"


@law("partners.masters", says="Every company has exactly one master account.")
def masters() -> Iterator[str]:
    counted = Company.objects.annotate(masters=Count("accounts", filter=Q(accounts__is_master=True)))
    for pk, number in counted.exclude(masters=1).order_by("pk").values_list("pk", "masters"):
        yield f"company {pk}: {number} master accounts"


@law("partners.attempts", says="A certification with three wrong amounts is locked.")
def attempts() -> Iterator[str]:
    rows = CommercialInformation.objects.filter(wrong_amounts__gte=MOST_WRONG_AMOUNTS)
    for row in rows.exclude(state=CertificationState.LOCKED).order_by("pk"):
        yield f"{row.pk}: {row.wrong_amounts} wrong amounts, {row.state.value}"


@law(
    "partners.distributors", says="A reseller's application in its distributor's review was passed on to it."
)
def passed_on() -> Iterator[str]:
    waiting = ProgrammeApplication.objects.filter(
        state__in=(ApplicationState.DISTRIBUTOR_REVIEW, ApplicationState.COOPERATION_REFUSED)
    )
    for row in waiting.filter(Q(passed_on_at__isnull=True) | Q(passed_on_at__lt=F("submitted_at"))):
        yield f"application {row.pk}: {row.state.value} and not passed on"
