"""What holds of reports and invitations at any time."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from partner_center.channel.models.leads import CustomerReport, Invitation, InvitationState, ReportState
from partner_center.channel.rules.leads import MOST_OPEN_REPORTS
from partner_center.foundation.laws import law


@law("channel.open_reports", says="No partner has more than a hundred customers reported or pending review.")
def open_reports() -> Iterator[str]:
    counted = CustomerReport.objects.open().order_by().values("partner").annotate(n=Count("pk"))
    for partner, count in counted.filter(n__gt=MOST_OPEN_REPORTS).values_list("partner", "n"):
        yield f"the partner {partner} has {count} open reports"


@law("channel.accepted_invitations", says="An accepted invitation led its report to a customer.")
def accepted_invitations() -> Iterator[str]:
    accepted = Invitation.objects.filter(state=InvitationState.ASSOCIATED)
    for pk in accepted.exclude(report__state=ReportState.ASSOCIATED).values_list("pk", flat=True):
        yield f"the invitation {pk} was accepted, its report is not closed"
