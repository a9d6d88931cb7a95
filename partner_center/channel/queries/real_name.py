"""Questions about real-name authentication."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from partner_center.channel.actions.access import uploads_of
from partner_center.channel.actions.real_name import digest_of_code
from partner_center.channel.errors.real_name import FaceCodeSpent, PaperMissing
from partner_center.channel.models.real_name import AccessConfiguration, FaceCode, RealNameApplication
from partner_center.customers.models import Customer
from partner_center.foundation.actor import Actor
from partner_center.identity.models import Attachment
from partner_center.kernel import clock
from partner_center.kernel.errors import NotFound
from partner_center.partners.models import Partner


def uploaded(partner_id: str, paths: Sequence[str]) -> list[Attachment]:
    """The partner's real-name attachments under these paths, in this order. Raises PaperMissing."""
    latest = {one.name: one for one in uploads_of(partner_id).filter(name__in=paths).order_by("pk")}
    for path in paths:
        if path not in latest:
            raise PaperMissing(path=path[:64])
    return [latest[path] for path in paths]


def applications_visible_to(actor: Actor) -> QuerySet[RealNameApplication]:
    """The applications the actor may see, with the customers they are about."""
    return RealNameApplication.objects.visible_to(actor).select_related(
        "customer__account", "partner__account"
    )


def application_for(actor: Actor, pk: int) -> RealNameApplication:
    """One of them. Raises NotFound."""
    found = applications_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def latest_application(customer_id: str) -> RealNameApplication | None:
    """What was last asked for a customer."""
    return RealNameApplication.objects.filter(customer=customer_id).order_by("-pk").first()


def customer_of_face_code(text: str) -> Customer:
    """Whose code this is, while it can be used. Raises FaceCodeSpent."""
    rows = FaceCode.objects.select_related("customer__account")
    code = rows.filter(digest=digest_of_code(text), used_at=None, expires_at__gt=clock.now()).first()
    if code is None:
        raise FaceCodeSpent()
    customer: Customer = code.customer
    return customer


def configuration_of(partner: Partner) -> AccessConfiguration:
    """What the partner has switched on; nothing where it never was."""
    return AccessConfiguration.objects.filter(partner=partner).first() or AccessConfiguration(partner=partner)
