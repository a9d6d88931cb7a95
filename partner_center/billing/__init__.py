"""Bills: what each customer owes for a month, line by line, and why.

Owns: bill runs and ratings, fee records, the charging of usage, adjustments, what partners on credit owe, invoices
of the monthly close, and every view of costs. A sum is a query over lines, never a copy of one.
Uses: orders, metering, subscriptions, pricing, funds, customers, partners, catalogue, ledger, identity, the frame,
and the rating engine, which it meets in files.
"""
