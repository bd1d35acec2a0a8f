"""After restoring a backup: destroy again what had been destroyed since it was taken."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from probity.audit.erasures import ledger_path, ledger_read
from probity.core.errors import Refusal
from probity.keeping.replay import erasures_replay


class Command(BaseCommand):
    help = (
        "Go through the erasure ledger (PROBITY_ERASURE_LEDGER) and destroy again what a restored "
        "backup brought back. Run it before anybody is let in; running it twice changes nothing. "
        "Exit status 0: all of it is gone; 1: a legal hold or something else keeps a thing, or "
        "the ledger does not hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only check the ledger")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check(as_json=options["json"])
            return
        try:
            told = erasures_replay()
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        if options["json"]:
            self.stdout.write(json.dumps(vars(told)))
        else:
            self.stdout.write(
                f"{told.lines} lines read: {len(told.again)} things destroyed again, {told.gone} "
                f"were gone, {told.anew} were received anew since and stay."
            )
            for thing in told.held:
                self.stdout.write(f"Kept by a legal hold: {thing}. Run this again once released.")
            for thing, why in told.waits.items():
                self.stdout.write(f"Not yet: {thing}. {why} Run this again then.")
        if told.held or told.waits:
            raise SystemExit(1)

    def _check(self, *, as_json: bool) -> None:
        ledger = ledger_read()
        body = {"lines": len(ledger.lines), "sound": ledger.sound, "path": str(ledger_path())}
        self.stdout.write(json.dumps(body) if as_json else ledger.sentence)
        if not ledger.sound:
            raise SystemExit(1)
