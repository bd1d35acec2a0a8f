"""After restoring a backup: say so in the log, and put the checkpoints of what was lost apart."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from probity.workflow.instance_restored import instance_restored


class Command(BaseCommand):
    help = (
        "After a restore, when audit_verify says that an older state was put in the database's "
        "place: record the restore in the log and move the checkpoints that know more than the "
        "database into a folder beside them. Nothing is deleted. Refused where anything else is "
        "wrong with the log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--why", required=True, help="why it was restored, one line, no names")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        told = instance_restored(why=options["why"].strip()[:200])
        if options["json"]:
            place = str(told.folder) if told.folder else None
            self.stdout.write(json.dumps({**vars(told), "folder": place}))
        elif told.folder is None:
            self.stdout.write("Every kept checkpoint agrees with the database; nothing to record.")
        else:
            self.stdout.write(
                f"Recorded. {told.notes} checkpoints that know {told.lost} statements more than "
                f"the database lie in {told.folder}; keep them. Whoever holds a bundle or a "
                "checkpoint from the lost time will find that the log does not lead to it: tell "
                "them."
            )
