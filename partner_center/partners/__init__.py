"""Partners as rows: distributors, their resellers, solution providers, and what the vendor lets them do.

Owns who is a partner of which kind, whose reseller it is, its standing (joined, restricted, frozen,
delisted), its platforms (xaccount types) and the rights that a distributor grants to its resellers.
Uses identity.
"""
