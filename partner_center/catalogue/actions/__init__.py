"""Everything that changes the catalogue and the price book."""

from partner_center.catalogue.actions.entries import (
    ProductEntry,
    RegionEntry,
    ResourceTypeEntry,
    ServiceEntry,
    UsageTypeEntry,
    define_products,
    define_regions,
    define_services,
)
from partner_center.catalogue.actions.files import PriceImport, import_prices
from partner_center.catalogue.actions.packages import ContentEntry, CoverEntry, define_package
from partner_center.catalogue.actions.policies import set_policy
from partner_center.catalogue.actions.prices import (
    PriceEntry,
    discard_draft,
    draft_prices,
    publish_draft,
    publish_prices,
    remove_draft_price,
    withdraw_price,
)

__all__ = [
    "ContentEntry",
    "CoverEntry",
    "PriceEntry",
    "PriceImport",
    "ProductEntry",
    "RegionEntry",
    "ResourceTypeEntry",
    "ServiceEntry",
    "UsageTypeEntry",
    "define_package",
    "define_products",
    "define_regions",
    "define_services",
    "discard_draft",
    "draft_prices",
    "import_prices",
    "publish_draft",
    "publish_prices",
    "remove_draft_price",
    "set_policy",
    "withdraw_price",
]
