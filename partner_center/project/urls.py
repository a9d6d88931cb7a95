"""Every address. Operations, native calls and pages find themselves by declaration; this file joins the frames."""

from importlib.util import find_spec

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [path("", RedirectView.as_view(url="/console/"))]
if find_spec("partner_center.console.urls"):
    urlpatterns += [path("console/", include("partner_center.console.urls"))]
if find_spec("partner_center.funds"):
    urlpatterns += [path("", include("partner_center.funds.gateways.door"))]
if find_spec("partner_center.wire.urls"):
    urlpatterns += [path("", include("partner_center.wire.urls"))]
