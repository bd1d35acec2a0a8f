"""How much work waits, for a script that starts and stops workers."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from probity.analysis.rates import Expected, expectations


class Command(BaseCommand):
    help = "Say for each queue how long its work takes and how many workers it wants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queue", help="print the wanted workers of this queue, alone")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = expectations()
        if options["queue"]:
            wanted = [row.wanted for row in rows if row.queue == options["queue"]]
            self.stdout.write(str(sum(wanted)))
            return
        for row in rows:
            self.stdout.write(json.dumps(asdict(row)) if options["json"] else _line(row))


def _line(row: Expected) -> str:
    seconds = row.expected_seconds
    about = "not measured yet" if seconds is None else f"about {seconds:.0f} s for one worker"
    jobs = f"{row.waiting} waiting, {row.leased} being done"
    return f"{row.queue}: {jobs}, {about}; wants {row.wanted}"
