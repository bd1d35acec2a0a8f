"""Give a person an account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from probity.accounts.models import EVERY_QUEUE
from probity.accounts.roles import Role
from probity.accounts.services import person_create
from probity.core.errors import Refusal


class Command(BaseCommand):
    help = "Give a person an account and print their one-time password, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the sign-in name")
        parser.add_argument(
            "--role", action="append", required=True, choices=list(Role), help="repeatable"
        )
        parser.add_argument(
            "--queue", action="append", help="a queue they see, by its key; default: every queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _, password = person_create(
                username=options["user"],
                roles=options["role"],
                queues=options["queue"] or [EVERY_QUEUE],
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write("One-time password, to be changed at the first sign-in:")
        self.stdout.write(password)
