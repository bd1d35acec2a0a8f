"""Hash stored originals again."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from foundation.terminal import progress
from probity.evidence.fixity import fixity_check
from probity.evidence.models import Asset


class Command(BaseCommand):
    help = (
        "Hash every stored original again and keep the result in its history. "
        "Exit status 0: all are what they were; 1: one is missing or differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sha256", nargs="*", help="only these assets")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        assets = Asset.objects.order_by("sha256")
        if options["sha256"]:
            assets = assets.filter(sha256__in=options["sha256"])
        wrong = []
        with progress("Hashing", total=assets.count()) as steps:
            for asset in assets.iterator():
                row = fixity_check(asset)
                if not row.intact:
                    wrong.append({"asset": asset.sha256, "found": row.found or None})
                steps.advance()
        if options["json"]:
            self.stdout.write(json.dumps({"checked": assets.count(), "wrong": wrong}))
        else:
            for line in wrong:
                what = f"is {line['found']}" if line["found"] else "is missing"
                self.stdout.write(f"{line['asset']} {what}.")
            self.stdout.write(f"{assets.count()} originals hashed, {len(wrong)} wrong.")
        if wrong:
            raise SystemExit(1)
