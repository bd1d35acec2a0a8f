"""Add demonstration cases, or take them away again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from probity.core.errors import Refusal
from probity.workflow.demonstrations import SHOWN, demonstrations_add, demonstrations_remove


class Command(BaseCommand):
    help = (
        "Add fifteen cases from media that are drawn, spoken and signed at this moment, "
        "marked as demonstration. What is here already is left as it is. --remove destroys their "
        "media and takes the cases out of sight; their logs stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take all of them away again")
        parser.add_argument(
            "--only", action="append", default=[], metavar="NAME",
            help=f"only this one; repeatable ({', '.join(shown.name for shown in SHOWN)})",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["remove"]:
                self._remove()
            else:
                self._add(options["only"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _add(self, only: list[str]) -> None:
        total, added = len(set(only)) or len(SHOWN), 0
        for number, (shown, case) in enumerate(demonstrations_add(only=only), 1):
            added += case is not None
            what = f"{case.label}, now in the queue" if case else "is here already"
            self.stdout.write(f"{number} of {total}: {shown.name.replace('-', ' ')}: {what}")
            self.stdout.flush()
        self.stdout.write(
            f"{added} demonstration cases were added; the workers are looking at them. "
            "Take them away again with --remove."
            if added
            else "All demonstration cases were here already."
        )

    def _remove(self) -> None:
        count = demonstrations_remove(
            say=lambda case: self.stdout.write(f"{case.label} is taken out of sight.")
        )
        self.stdout.write(
            f"{count} demonstration cases were removed and their media destroyed."
            if count
            else "There is no demonstration case here."
        )
