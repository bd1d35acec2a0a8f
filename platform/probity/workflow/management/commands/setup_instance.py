"""Make a migrated database ready to serve."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from probity.accounts.models import Person
from probity.accounts.roles import Role
from probity.accounts.services import person_create
from probity.core.roles import application_role_grant
from probity.core.schema import schema_behind, schema_check, schema_note
from probity.decisions.law import packs
from probity.decisions.packs import packs_keep
from probity.workflow.instance_record import instance_record


class Command(BaseCommand):
    help = (
        "After migrate, as the owner: make the cache table, grant the application's role its "
        "rights, keep the policy packs, and on the first start create the administrator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--migrate", action="store_true",
            help="bring the tables up to date first; what migrate says goes to standard error",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("migrate"):
            self._tables()
        call_command("createcachetable", verbosity=0)
        owner = connection.get_connection_params().get("user")
        role = settings.DATABASE_URLS.app_role
        if role and role != owner:
            application_role_grant(role=role)
        packs_keep(packs=packs())
        instance_record()
        if not Person.objects.exists():
            _, password = person_create(username="admin", roles=list(Role))
            self.stdout.write(
                f"First start: sign in as “admin” with the one-time password {password}"
            )

    def _tables(self) -> None:
        """Most starts find nothing to migrate, and need not wait for Django to say so."""
        schema_check()
        if schema_behind():
            call_command("migrate", interactive=False, stdout=self.stderr)
        else:
            schema_note()
