"""Issue an API token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from probity.accounts.roles import ALL, Ability
from probity.accounts.selectors import person_find
from probity.accounts.tokens import token_create
from probity.core.clock import now
from probity.core.errors import Refusal


class Command(BaseCommand):
    help = "Issue an API token for a person. The token is printed once, alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the person's sign-in name")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            help=f"what the token may do; repeatable: {', '.join([*Ability, ALL])}",
        )
        parser.add_argument("--days", type=int, help="days until it expires (default: 90)")
        parser.add_argument("--name", default="", help="what it is for, shown in the list")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_find(options["user"])
        if person is None:
            raise CommandError(f"There is nobody called {options['user']!r}.")
        expires = now() + timedelta(days=options["days"]) if options["days"] else None
        scopes = [part for value in options["scope"] for part in value.split(",") if part]
        try:
            _, secret = token_create(
                person=person, scopes=scopes, expires_at=expires, name=options["name"]
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write("Keep this token safe; it cannot be shown again.")
        self.stdout.write(secret)
