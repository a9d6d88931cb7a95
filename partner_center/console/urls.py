"""Every declared page at its path. Unknown addresses get the console's own 404."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, path, re_path, resolve

from partner_center.console.door import view_of
from partner_center.console.page import Page
from partner_center.console.registry import PAGES


class NoSuchPage(Page):
    """An address without a page; the one without its last slash is sent on."""

    def answer(self) -> HttpResponse:
        if not self.request.path.endswith("/"):
            try:
                resolved = resolve(self.request.path + "/")
            except Resolver404:
                resolved = None
            if resolved is not None and resolved.url_name != "nowhere":
                query = self.request.META.get("QUERY_STRING", "")
                return HttpResponseRedirect(self.request.path + "/" + (f"?{query}" if query else ""))
        raise Http404(self.request.path)


def _address_first(page: type[Page]) -> tuple[bool, str]:
    """Fixed addresses before those with parameters, so that "orders/new/" is not an order called "new"."""
    return "<" in page.path, page.path


app_name = "console"
urlpatterns = [
    *(path(page.path, view_of(page), name=page.name) for page in sorted(PAGES.values(), key=_address_first)),
    re_path(r"^.*$", view_of(NoSuchPage), name="nowhere"),
]
