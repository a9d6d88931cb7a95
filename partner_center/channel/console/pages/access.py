"""Open capability: the access configuration of a partner with a platform of its own (features T1)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.channel.actions.access import switch_real_name_upload
from partner_center.channel.models.real_name import AccessConfiguration
from partner_center.channel.queries.real_name import configuration_of
from partner_center.console.actions import RowAction
from partner_center.console.columns import Flag, Text, When
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage
from partner_center.console.panels import Facts, Rows, Steps, Trail
from partner_center.foundation.actor import Actor
from partner_center.partners.models import Partner
from partner_center.partners.queries import own_partner, platforms_of


def own_configuration(actor: Actor) -> AccessConfiguration:
    """The configuration of the partner that is asking."""
    return configuration_of(own_partner(actor))


class AccessConfigurationPage(DetailPage):
    name, path, title = "access-configuration", "access-configuration/", _("Access configuration")
    lead = _("What your own sales platform may do through the interfaces.")
    kinds = ("partner",)
    permission = "channel.configure_access"
    fetch = own_configuration
    left = (
        Facts(
            Flag("real_name_upload", _("Real-name attachment upload"), yes=_("On"), no=_("Off")),
            When("changed_at"),
            empty=True,
        ),
        Steps(
            also=(
                RowAction(
                    "on",
                    _("Switch attachment upload on"),
                    page="switch-real-name-upload",
                    when=lambda row: not row.real_name_upload,
                ),
                RowAction(
                    "off",
                    _("Switch attachment upload off"),
                    page="switch-real-name-upload",
                    when=lambda row: row.real_name_upload,
                ),
            )
        ),
    )
    right = (
        Rows(
            _("Platform identities"),
            lambda actor, row: platforms_of(actor),
            (Text("code", code=True), When("created_at")),
            empty=_("The vendor has not assigned a platform identity yet."),
        ),
    )
    bottom = (Trail(),)

    @property
    def heading(self) -> Any:
        return self.title


class SwitchForm(ActionForm):
    def arguments(self) -> dict[str, Any]:
        return {"on": not configuration_of(self.subject).real_name_upload}


class SwitchRealNameUpload(FormPage):
    name, path, title = (
        "switch-real-name-upload",
        "access-configuration/real-name/",
        _("Real-name attachment upload"),
    )
    lead = _(
        "While it is on, your platform uploads attachments below download/ and applies for your customers' "
        "real-name authentication with them. While it is off, these calls are refused with CBC.99005030."
    )
    kinds = ("partner",)
    parent = after = "access-configuration"
    act, form, argument = switch_real_name_upload, SwitchForm, "partner"
    success = _("Saved.")

    @staticmethod
    def fetch(actor: Actor) -> Partner:
        return own_partner(actor)

    @property
    def button_words(self) -> Any:
        return _("Switch off") if configuration_of(self.subject).real_name_upload else _("Switch on")
