"""Django's migrate, which first looks whether the tables are ones that it can go on from."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from probity.core.schema import schema_check, schema_note


class Command(migrate.Command):
    """Raises TablesDoNotFit, and changes nothing, where the tables are of another version."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == DEFAULT_DB_ALIAS:
            schema_check()
            if not (options["plan"] or options["check_unapplied"]):
                schema_note()
        super().handle(*args, **options)
