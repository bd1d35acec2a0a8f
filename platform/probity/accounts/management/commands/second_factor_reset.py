"""Take away a person's lost second factor from the machine itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from probity.accounts.second_factor import factors_clear, has_factor
from probity.accounts.selectors import person_find
from probity.accounts.sessions import sessions_end


class Command(BaseCommand):
    help = (
        "Take away a person's second factors and recovery codes, and end their sessions. For the "
        "last administrator who lost theirs; otherwise two administrators do this on the page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the sign-in name")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_find(options["user"])
        if person is None:
            raise CommandError(f"There is nobody called {options['user']!r}.")
        if not has_factor(person):
            raise CommandError(f"{person.username} has no second factor.")
        with transaction.atomic():
            factors_clear(person=person, why="reset on the command line", actor="system")
            sessions_end(person=person, why="second factor reset", actor="system")
        self.stdout.write(f"{person.username} signs in with the password and adds a new one.")
