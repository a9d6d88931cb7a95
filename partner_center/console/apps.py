from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "partner_center.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from partner_center.console.registry import discover

        discover()
