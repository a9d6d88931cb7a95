from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from partner_center.kernel import clock


class FoundationConfig(AppConfig):
    name = "partner_center.foundation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from partner_center.foundation.installation import offset

        clock.read_offset_from(offset)
        for declarations in ("actions", "messages", "jobs", "laws"):
            autodiscover_modules(declarations)
