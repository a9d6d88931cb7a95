"""`partner-center verify`: one line a law, exit 0 when all hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partner_center.ledger.verify import verify


class Command(BaseCommand):
    help = "Prove the laws of the ledger and the rooms above it on the configured database."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for verdict in verify():
            broken += not verdict.holds
            for line in verdict.lines():
                self.stdout.write(line)
        if broken:
            raise CommandError(f"{broken} laws are broken", returncode=1)
