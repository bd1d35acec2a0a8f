"""Gather what pages, law packs and engines say into the catalogues of their languages."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from probity.web.language.catalogues import (
    compiled,
    gathered,
    kept,
    missing,
    read,
    templates_written,
    written,
)
from probity.web.language.gather import forms
from probity.web.language.said import FORMS


class Command(BaseCommand):
    """``manage.py languages``: say what is missing; with ``--write`` bring the files up to date."""

    help = "Gather what pages, law packs and engines say, compile the translations (needs Babel)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--write``."""
        parser.add_argument("--write", action="store_true", help="write the files anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with a sentence when a message is not translated."""
        if options["write"]:
            FORMS.write_text(json.dumps(forms(), ensure_ascii=False, indent=0) + "\n")
        left = 0
        for file in kept():
            said = file.said
            catalogue = gathered(read(file.source, file.language), said)
            if options["write"]:
                file.source.write_bytes(written(catalogue))
                file.compiled.write_bytes(compiled(catalogue))
                if file.templates:
                    file.templates.write_text(templates_written(said))
            gaps = missing(catalogue)
            left += len(gaps)
            self.stdout.write(
                f"{file.language}, {file.domain}: {len(said)} messages, {len(gaps)} not translated."
            )
            for text in gaps:
                self.stdout.write(f"  {text}")
        if left and not options["write"]:
            raise CommandError("Translate them in the catalogue, then run this with --write.")
