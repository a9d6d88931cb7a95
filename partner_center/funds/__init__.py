"""What partners and customers own and owe: cash, credit, designated sums, arrears; recharge, allocation, reclaim.

Every sum lies in the ledger at an address that `chart` spells; this room adds why it moved (recharges,
adjustments) and shows it (balances, account changes). It may use customers, partners, ledger and identity.
"""
