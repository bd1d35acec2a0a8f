"""Fill an empty installation with made-up cases."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from probity.core.errors import Refusal
from probity.workflow.synthetic import synthetic_load


class Command(BaseCommand):
    """For trying out load and for the benchmarks; never beside real cases."""

    help = "Fill an empty installation with made-up cases. Refuses where there is a real one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=10_000, help="how many")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed makes the same cases"
        )
        parser.add_argument("--undecided", type=float, default=0.2, help="share that waits, 0 to 1")
        parser.add_argument(
            "--into-empty", action="store_true",
            help="needed: yes, this installation is there to be filled with made-up cases",
        )  # fmt: skip

    def handle(self, *_: Any, **options: Any) -> None:
        if not options["into_empty"]:
            raise CommandError(
                "This fills the installation with made-up cases, which never leave it again. Add "
                "--into-empty if it is there for nothing else."
            )
        try:
            made = synthetic_load(
                count=options["cases"], seed=options["seed"], undecided=options["undecided"],
                say=self.stderr.write,
            )  # fmt: skip
        except Refusal as refusal:
            raise CommandError(refusal.sentence)
        for table, count in made.items():
            self.stdout.write(f"{table}: {count}")
