"""Walk every chain and name the first altered event."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from probity.audit.selectors import chain_names, chain_verify


class Command(BaseCommand):
    help = (
        "Walk the audit chains and prove that no event was altered, removed, inserted or "
        "re-ordered. Exit status 0: intact; 1: a chain is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument("--case", help="only the chain of this case (its id)")

    def handle(self, *args: Any, **options: Any) -> None:
        names = [f"case:{options['case']}"] if options["case"] else chain_names()
        verdicts = [chain_verify(name) for name in names]
        broken = [verdict for verdict in verdicts if not verdict.intact]
        events = sum(verdict.events for verdict in verdicts)
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "intact": not broken,
                        "chains": len(verdicts),
                        "events": events,
                        "broken": [verdict.to_dict() for verdict in broken],
                    }
                )
            )
        else:
            for verdict in broken:
                self.stdout.write(verdict.sentence)
            self.stdout.write(
                f"{len(verdicts)} chains, {events} events: "
                + ("intact." if not broken else f"{len(broken)} broken.")
            )
        if broken:
            raise SystemExit(1)
