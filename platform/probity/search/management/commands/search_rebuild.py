"""Build the words that searches look at anew from the texts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from probity.search.keeping import words_rebuild


class Command(BaseCommand):
    """Needed after a restore from texts alone, or when a version changes what is found."""

    help = "Build the words that searches look at anew from the texts; nothing else changes."

    def handle(self, *_: Any, **__: Any) -> None:
        for kind, count in words_rebuild().items():
            self.stdout.write(f"{kind}: {count}")
