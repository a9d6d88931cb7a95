from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    name = "partner_center.subscriptions"
    verbose_name = _("Subscriptions")
