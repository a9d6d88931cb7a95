"""Customers as rows: whose they are, since when and how, and what that lets them do.

Owns the association with a partner and its history, authorisations, identity mappings, real-name status,
levels and tags, freezes and budgets, account managers by date. Uses partners and identity.
"""
