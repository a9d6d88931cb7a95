from django.utils.translation import gettext_lazy as _

from partner_center.foundation.permissions import permission

permission("identity.view", _("View users, keys and roles"))
