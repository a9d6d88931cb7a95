"""Codes of discounts: the orders' operations number them otherwise than the price inquiry (spec/api/enums.md)."""

COMMERCIAL, PARTNER_GRANTED = 2, 3

INQUIRY_TYPES = {COMMERCIAL: (605,), PARTNER_GRANTED: (606, 607)}
"""discount_type of the orders' operations to those of the price inquiry. 0 promotion and 609 exist nowhere yet."""

ORDER_TYPES = {inquiry: order for order, inquiries in INQUIRY_TYPES.items() for inquiry in inquiries}
