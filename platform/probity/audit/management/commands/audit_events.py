"""List every event that the log can hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from probity.audit.registry import kinds


class Command(BaseCommand):
    help = "Print the registered audit events as a Markdown table."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("| event | what happened | payload |\n|---|---|---|")
        for kind in kinds():
            keys = ", ".join(sorted(kind.keys)) or "–"
            self.stdout.write(f"| `{kind.name}` | {kind.says} | {keys} |")
