"""Walk every chain, hold the log against its kept checkpoints, name the first wrong event."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.chain import Verdict
from foundation.terminal import progress
from probity.audit.selectors import chain_names, chain_verify
from probity.audit.witness import Witness, log_witness


class Command(BaseCommand):
    help = (
        "Walk the audit chains and prove that no event was altered, removed, inserted, "
        "re-ordered or forked, and that the database is the one whose checkpoints were kept "
        "outside it. Exit status 0: intact; 1: something is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument("--case", help="only the chain of this case (its id)")
        parser.add_argument(
            "--since",
            metavar="DATE",
            help="take what a checkpoint before this day or moment vouched for as checked",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        since = _moment(options["since"]) if options["since"] else None
        names = [f"case:{options['case']}"] if options["case"] else chain_names()
        witness = log_witness()
        with progress("Walking the chains", total=len(names)) as steps:
            verdicts = []
            for name in names:
                verdicts.append(chain_verify(name, since=since))
                steps.advance()
        broken = [verdict for verdict in verdicts if not verdict.intact]
        events = sum(verdict.events for verdict in verdicts)
        if options["json"]:
            self.stdout.write(json.dumps(_report(verdicts, broken, events, witness)))
        else:
            self._say(broken, witness, chains=len(verdicts), events=events)
        if broken or not witness.intact:
            raise SystemExit(1)

    def _say(self, broken: list[Verdict], witness: Witness, *, chains: int, events: int) -> None:
        for verdict in broken:
            self.stdout.write(verdict.sentence)
        for finding in witness.findings:
            self.stdout.write(finding.sentence)
        self.stdout.write(
            f"{chains} chains, {events} events: "
            + ("intact." if not broken else f"{len(broken)} broken.")
        )
        self.stdout.write(
            f"{witness.notes} kept checkpoints, {witness.leaves} statements: "
            + ("all agree." if witness.intact else f"{len(witness.findings)} disagree.")
        )


def _report(
    verdicts: list[Verdict], broken: list[Verdict], events: int, witness: Witness
) -> dict[str, Any]:
    return {
        "intact": not broken and witness.intact,
        "chains": len(verdicts),
        "events": events,
        "broken": [verdict.to_dict() for verdict in broken],
        "log": {
            "intact": witness.intact,
            "checkpoints": witness.notes,
            "statements": witness.leaves,
            "findings": [vars(finding) for finding in witness.findings],
        },
    }


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError("--since takes a day or a moment, such as 2026-11-01.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
