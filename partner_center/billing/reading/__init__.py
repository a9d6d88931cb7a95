"""What a bill is made of, read: the one place that answers "the lines and sums of these customers in this month".

Usage stands line by line in the files of the rating that is present for a customer's month (billing.models.runs);
orders, refunds and adjustments, and the sums charged for usage, stand as fee records in the database. `lines` reads
both as one list, page by page; `sums` and `costs` group them. Every question begins with a `Scope`: whose lines.
"""

from partner_center.billing.reading.asking import Scope, Statistic, Wanted, months_back
from partner_center.billing.reading.fees import fee_records
from partner_center.billing.reading.line import Line, LinePage, plain, shown, tidy
from partner_center.billing.reading.lines import lines_of
from partner_center.billing.reading.names import Names
from partner_center.billing.reading.scopes import scope_of_customer, scope_of_partner

__all__ = [
    "Line",
    "LinePage",
    "Names",
    "Scope",
    "Statistic",
    "Wanted",
    "fee_records",
    "lines_of",
    "months_back",
    "plain",
    "scope_of_customer",
    "scope_of_partner",
    "shown",
    "tidy",
]
