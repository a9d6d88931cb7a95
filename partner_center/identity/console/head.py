"""What the head of every page says to its reader: unread messages, and that the account belongs to the other site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partner_center.console.page import Page
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import hide_site_banner
from partner_center.identity.actions.messages import READ
from partner_center.identity.console.profile import myself
from partner_center.identity.models import InboxMessage, InboxState


@dataclass(frozen=True, slots=True)
class Head:
    """inbox, unread: the message centre's address and count; site: the banner's words and where it leads to."""

    inbox: str = ""
    unread: int = 0
    site: str = ""
    site_address: str = ""


def head_of(request: HttpRequest) -> Head:
    """The head for the reader of this request; settings.CONSOLE_HEAD names it for the frame."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.user_id is None or actor.acting_partner_id:
        return Head()
    words, address = _other_site(request, actor)
    if not actor.may(READ):
        return Head(site=words, site_address=address)
    unread = InboxMessage.objects.visible_to(actor).unread_by(actor.user_id).count()
    return Head(reverse("console:messages"), unread, words, address)


class SiteBanner(Page):
    """POST: do not show the banner again; then back to where the reader was."""

    name, path, title, public = "site-banner", "site-banner/", gettext_lazy("The other site"), True

    def get(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("console:home"))

    def post(self) -> HttpResponse:
        if self.actor.kind == "nobody":
            return self.get()
        hide_site_banner(self.actor.with_permissions({READ}), user=myself(self.actor))
        asked = self.request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(asked, {self.request.get_host()})
        return self.go(asked if safe and asked.startswith("/") else reverse("console:home"))


def _other_site(request: HttpRequest, actor: Actor) -> tuple[str, str]:
    """Words and address for an account that belongs to another site than the one whose address was called.

    One installation serves both sites; PARTNER_CENTER_SITE_ADDRESSES says at which address each is at home. Without
    it there is no other site.
    """
    addresses: dict[str, Any] = settings.SITE_ADDRESSES
    here = next((site for site, one in addresses.items() if urlsplit(one).netloc == request.get_host()), None)
    home = addresses.get(actor.site, "")
    if here is None or here == actor.site or not home or actor.kind == "staff":
        return "", ""
    if InboxState.objects.filter(user=actor.user_id, hides_site_banner=True).exists():
        return "", ""
    if actor.site == "intl":
        said = _(
            "You are signed in with an account of the international site. Its own address serves you better:"
        )
    else:
        said = _("You are signed in with an account of the China site. Its own address serves you better:")
    return said, home
