"""Accounts, entries, transfers and `post()`, the one function that changes a balance.

The ledger knows no business noun: an address is a purse and its owner (`cash:<owner>`), and a room above
decides what they mean (`funds.chart`). It may use foundation and the kernel.
"""
