"""Association history and platform users."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Ref, Text, When
from partner_center.console.filters import Choice, Equal, Search, Since, Until
from partner_center.console.pages import ListPage
from partner_center.customers.console.pages.words import ASSOCIATION_TYPES
from partner_center.customers.models import (
    Association,
    AssociationType,
    IdentityMapping,
)


class AssociationList(ListPage):
    name, path, title = "associations", "associations/", _("Association history")
    permission = "customers.view"
    source = Association.objects.visible_to
    columns = (
        Ref("customer", needs=("customer", "customer__account"), kinds=("staff", "partner")),
        Text("partner", needs=("partner",), sort=False),
        ChoiceColumn("association_type", words=ASSOCIATION_TYPES),
        When("began_at"),
        When("ended_at"),
    )
    filters = (
        Choice("association_type", offered=AssociationType.choices),
        Since("began_at"),
        Until("began_at"),
        Equal("customer"),
        Equal("partner"),
    )


class IdentityMappingList(ListPage):
    name, path, title = "identity-mappings", "identity-mappings/", _("Platform users")
    permission = "customers.view"
    kinds = ("staff", "partner")
    source = IdentityMapping.objects.visible_to
    columns = (
        Text("xaccount_type", code=True),
        Text("xaccount_id", code=True),
        Ref("customer", needs=("customer", "customer__account")),
        Ref("partner", needs=("partner",)),
        When("created_at"),
    )
    filters = (Search(into=("xaccount_id", "xaccount_type")), Equal("customer"), Equal("partner"))
    lead = _("Which user of a partner's platform is which customer.")
