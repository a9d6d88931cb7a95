"""Prove the laws of the configured database: one line a law, exit status 0 when all hold.

The laws are declared by the rooms (<room>/laws.py): nothing is created or lost in the ledger, every cached balance
equals its history, no floor is broken, and what else a room promises of its rows. Nothing is changed."""

from __future__ import annotations

import argparse

SUMMARY = "prove the ledger's and the other laws on the configured database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from partner_center.foundation.laws import LAWS

    broken = 0
    for law in sorted(LAWS.values(), key=lambda one: one.name):
        breaches = law.first_breaches()
        broken += bool(breaches)
        print(f"{'broken' if breaches else 'holds ':6}  {law.name}: {law.says}")
        for breach in breaches:
            print(f"        {breach}")
    print(f"{len(LAWS) - broken} of {len(LAWS)} laws hold.")
    return 1 if broken or not LAWS else 0
