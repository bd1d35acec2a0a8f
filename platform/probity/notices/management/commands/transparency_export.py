"""Write or send statements of reasons for the DSA Transparency Database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from probity.core.clock import now
from probity.core.errors import Refusal
from probity.notices.transparency.client import Database
from probity.notices.transparency.sending import Report, export_plan, export_send

LEFT_OUT = 3


class Command(BaseCommand):
    help = (
        "Statements of reasons for the DSA Transparency Database (art. 24(5)). Without --send "
        "nothing leaves: the statements are written to statements.jsonl, with a report beside them "
        "of what is refused here and why. With --send they go to PROBITY_TRANSPARENCY_URL in "
        "batches of at most 100; what was stored before is never sent again. Ends with 3 when a "
        "statement was left out or the run stopped early."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--send", action="store_true", help="send, instead of writing files")
        parser.add_argument("--out", help="the folder for the files; a new one by default")
        parser.add_argument("--limit", type=int, help="at most so many statements")

    def handle(self, *args: Any, **options: Any) -> None:
        limit = options["limit"]
        if limit is not None and limit < 1:
            raise CommandError("--limit is a whole number from 1 on.")
        try:
            report = self._sent(limit) if options["send"] else self._written(options["out"], limit)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        except OSError as error:
            raise CommandError(f"The files cannot be written: {error}.") from None
        for built in report.refused:
            self.stdout.write(f"{built.decision.case.label}: {' '.join(built.problems)}")
        for puid, why in report.turned_down:
            self.stdout.write(f"{puid}: the database refused it: {why}")
        if report.stopped:
            self.stdout.write(f"Stopped: {report.stopped}")
        if report.refused or report.turned_down or report.stopped:
            raise SystemExit(LEFT_OUT)

    def _sent(self, limit: int | None) -> Report:
        report = export_send(database=Database.configured(), actor="system", limit=limit)
        self.stdout.write(
            f"{report.stored} stored, {report.existing} were there already, "
            f"{len(report.turned_down)} refused by the database, {len(report.refused)} kept here."
        )
        return report

    def _written(self, out: str | None, limit: int | None) -> Report:
        report = export_plan(limit=limit)
        folder = Path(out) if out else settings.HOME / "transparency" / f"{now():%Y%m%d-%H%M%S}"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(built.body, ensure_ascii=False) for built in report.ready]
        said = "".join(f"{line}\n" for line in lines)
        (folder / "statements.jsonl").write_text(said, encoding="utf-8")
        rows = [
            {
                "case": built.decision.case.label, "puid": built.puid, "sha256": built.digest,
                "problems": built.problems, "remarks": built.remarks,
            }
            for built in [*report.ready, *report.refused]
        ]  # fmt: skip
        (folder / "report.json").write_text(
            json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        self.stdout.write(
            f"{len(report.ready)} statements written to {folder}, {len(report.refused)} kept "
            "here; report.json says why. Nothing was sent."
        )
        return report
