"""Do now what the scheduler does now and then."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from probity.analysis.queue import leases_sweep
from probity.cases.claims import claims_sweep
from probity.evidence.services import orphans_sweep


class Command(BaseCommand):
    help = "Free expired leases and claims, and remove files that nothing owns."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than",
            type=int,
            metavar="SECONDS",
            help="age of ownerless files to remove (default: PROBITY_ORPHAN_AGE_SECONDS)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        jobs, claims = leases_sweep(), claims_sweep()
        files = orphans_sweep(older_than_seconds=options["older_than"])
        self.stdout.write(f"{jobs} jobs freed, {claims} claims ended, {files} files removed.")
