"""Every address. Operations, native calls and pages find themselves by declaration; this file joins the frames."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url="/console/")),
    path("console/", include("partner_center.console.urls")),
    path("", include("partner_center.funds.gateways.door")),
    path("", include("partner_center.wire.urls")),
]
