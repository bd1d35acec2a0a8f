"""Destroy what is due by its retention schedule, or only say what would go."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from probity.keeping.retention import Cleared, Preview, retention_preview, retention_run

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Destroy media, previews, bundles and reporters' words of decided cases whose time is "
        "over. Cases under a legal hold stay. May be stopped and run again. Exit status 0: done; "
        "1: a case could not be cleared."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument("--most", type=int, metavar="N", help="at most so many cases")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            preview = retention_preview()
            self.stdout.write(json.dumps(_seen(preview)) if options["json"] else _said(preview))
            return
        done = retention_run(most=options["most"])
        self.stdout.write(json.dumps(vars(done)) if options["json"] else _told(done))
        if done.failed:
            raise SystemExit(1)


def _seen(preview: Preview) -> dict[str, Any]:
    return {
        "cases": [
            {
                "case": due.case.label,
                "id": str(due.case.pk),
                "category": due.case.category,
                "since": due.since.isoformat(),
                "due": due.due_at.isoformat(),
            }
            for due in preview.cases
        ],
        "held": [due.case.label for due in preview.held],
        "files": preview.files,
        "bytes": preview.bytes,
        "left_to_others": preview.left_to_others,
    }


def _said(preview: Preview) -> str:
    lines = [
        f"{due.case.label}: {due.schedule.words}, {due.schedule.days} days, due since "
        f"{due.due_at:%Y-%m-%d}"
        for due in preview.cases[:SHOWN]
    ]
    rest = len(preview.cases) - SHOWN
    lines += [f"and {rest} more"] if rest > 0 else []
    lines.append(
        f"{len(preview.cases)} cases would be cleared: {preview.files} files, {preview.bytes} "
        f"bytes; {preview.left_to_others} files stay for other cases; {len(preview.held)} cases "
        "are under a legal hold."
    )
    return "\n".join(lines)


def _told(done: Cleared) -> str:
    failed = (
        f" Not cleared, tried again next time: {', '.join(done.failed)}." if done.failed else ""
    )
    return (
        f"{done.cases} cases cleared: {done.files} files, {done.reports} reports, {done.bundles} "
        f"bundles; {done.left_to_others} files stay for other cases; {done.held} cases are under "
        f"a legal hold.{failed}"
    )
