"""Leases of cloud resources: yearly/monthly ones with their periods, and pay-per-use ones.

Owns: resources and the periods bought for them, expiry policies, auto-renewal, the account's renewal settings,
pay-per-use resources. An order tells a lease to begin, extend, change or end; a lease has never heard of orders:
it keeps their numbers as text.
Uses: pricing, customers, catalogue, identity, reference and the frame.
"""
