"""What can be set, and what can happen, is described."""

from __future__ import annotations

import re
from pathlib import Path

from probity.audit.registry import kinds


def test_every_setting_is_described(root: Path) -> None:
    modules = sorted((root / "platform/probity/settings").glob("*.py"))
    source = "\n".join(module.read_text(encoding="utf-8") for module in modules)
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]{6,})"', source))
    described = (root / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert len(names) > 12
    assert sorted(name for name in names if f"`{name}`" not in described) == []


def test_every_event_is_described(root: Path) -> None:
    described = (root / "docs/reference/events.md").read_text(encoding="utf-8")
    assert len(kinds()) > 10
    missing = [
        kind.name
        for kind in kinds()
        if f"| `{kind.name}` | {kind.says} | {', '.join(sorted(kind.keys)) or '–'} |"
        not in described
    ]
    assert missing == [], "Run manage.py audit_events and paste it into docs/reference/events.md."
