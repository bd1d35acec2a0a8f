"""The titles and explanations of shipped rules in other languages than the packs' own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parent / "texts"


@lru_cache(maxsize=8)
def _table(language: str) -> dict[str, tuple[str, str]]:
    path = FOLDER / language / "grounds.yaml"
    if not path.is_file():
        return {}
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {rule: (row["title"], row["explanation"]) for rule, row in rows.items()}


def ground_in(rule: str, language: str) -> tuple[str, str] | None:
    """(title, explanation) of a rule in a language; None where only the pack's own words exist."""
    return _table(language).get(rule)
