"""Erase what a report says of its sender."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from probity.cases.models import Report
from probity.core.errors import Refusal
from probity.keeping.forgetting import report_forget
from probity.keeping.notes import WAITS, notes_waiting


class Command(BaseCommand):
    help = (
        "Erase a reporter's contact, words and address with their salts. The log keeps its "
        "commitments, which open to nothing any more, so the chain stays whole. Refused under a "
        "legal hold."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("report", help="the report's id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = Report.objects.filter(pk=UUID(options["report"])).first()
        except ValueError:
            report = None
        if report is None:
            raise CommandError("There is no report with this id.")
        try:
            report_forget(report=report, actor="system", why="erased on the command line")
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"What report {report.pk} said of its sender is erased.")
        waiting = notes_waiting([f"report:{report.pk}"]).count()
        if waiting:
            self.stdout.write(
                f"Notes that wait for a person to look at them, since nothing of it was found in "
                f"them: {waiting} (see Keeping). What nobody keeps is erased in {WAITS.days} days."
            )
