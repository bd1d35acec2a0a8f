"""``manage.py bank_fetch``: fetch from the network exchanges that PROBITY_EXCHANGES configures."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from probity.core.errors import Refusal
from probity.matching.network import bank_fetch, setups


class Command(BaseCommand):
    """Each exchange into its bank; the first refusal ends it."""

    help = "Fetch hashes from the configured network exchanges into their banks."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for setup in setups():
                self.stdout.write(f"{setup.bank}: {bank_fetch(setup)} new entries.")
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
