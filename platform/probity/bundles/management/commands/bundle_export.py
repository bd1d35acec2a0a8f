"""Make a case's evidence bundle here and now."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.terminal import progress
from probity.bundles.models import Export, ExportState, Profile
from probity.bundles.services import export_build, export_request
from probity.cases.models import Case
from probity.core.errors import Refusal
from probity.evidence.selectors import bundle_open


class Command(BaseCommand):
    help = (
        "Make the evidence bundle of a case and write it to a file. The export is recorded in "
        "the case's log with commitments to purpose and recipient."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="the case's id or its number, such as P-000012")
        parser.add_argument("-o", "--output", required=True, metavar="FILE.zip")
        parser.add_argument("--purpose", required=True, help="what the bundle is for")
        parser.add_argument("--recipient", required=True, help="who gets it")
        parser.add_argument(
            "--redact", choices=list(Profile), default=Profile.COURT.value,
            help="how much it shows (default: court)",
        )  # fmt: skip
        parser.add_argument("--why", default="", help="why everything must be shown (full)")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["output"])
        if target.exists():
            raise CommandError(f"{target} exists already; choose another name.")
        try:
            export = export_request(
                case=_case(options["case"]), profile=options["redact"], person=None,
                purpose=options["purpose"], recipient=options["recipient"], why=options["why"],
                actor="system",
            )  # fmt: skip
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        with progress("Building the bundle"):
            Export.objects.filter(pk=export.pk).update(state=ExportState.BUILDING)
            export_build(export)
        if export.state != ExportState.DONE:
            raise CommandError(f"The bundle could not be made: {export.error}")
        partial = target.with_name(f"{target.name}.part")
        with bundle_open(export.storage_name) as source, partial.open("wb") as out:
            shutil.copyfileobj(source, out)
        partial.replace(target)
        said = {"file": str(target), "export": str(export.pk), "sha256": export.sha256,
                "bytes": export.bytes, "files": export.total}  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(said))
        else:
            self.stdout.write(f"{target}: {export.total} files, SHA-256 {export.sha256}.")


def _case(text: str) -> Case:
    rows = Case.objects.all()
    if text.upper().startswith("P-") and text[2:].isdigit():
        found = rows.filter(number=int(text[2:])).first()
    else:
        try:
            found = rows.filter(pk=UUID(text)).first()
        except ValueError:
            found = None
    if found is None:
        raise CommandError(f"There is no case {text}.")
    return found
