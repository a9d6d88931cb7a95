"""Orders: placing, paying, confirming, cancelling, refunding, renewing and changing what customers subscribe to.

Owns orders, their lines, the numbers reserved ahead and what the cloud platform is told to do. An order is a
process: once paid and fulfilled it tells a lease of `subscriptions` to begin, extend, change or end; a lease has
never heard of orders. Uses subscriptions, pricing, funds, customers, partners, catalogue, ledger and identity.
"""
