from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WireConfig(AppConfig):
    name = "partner_center.wire"
    label = "wire"
    verbose_name = _("Wire API")

    def ready(self) -> None:
        from partner_center.wire.operation import discover

        discover()
