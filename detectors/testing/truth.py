"""Whether a card says of its code what is so: which libraries it runs on, what it asks for."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from detectors.card import Card
from detectors.registry import Entry
from detectors.testing.rules import require

OURS = {"detectors", "foundation"}


def check_imports(entry: Entry, *, card: Card) -> None:
    """Every library that the detector's module imports is named on the card."""
    require(entry.card_path is not None, "The card's file is not known.")
    source = Path(str(entry.card_path)).with_suffix(".py")
    if not source.is_file():
        return
    own = entry.target.partition(".")[0].partition(":")[0]
    known = OURS | {own} | set(card.runtime.libraries) | sys.stdlib_module_names
    missing = sorted(set(_imported(source)) - known)
    require(
        not missing,
        f"{source.name} imports {', '.join(missing)}; name it under runtime: libraries, so that "
        "a machine without it is told.",
    )


def _imported(source: Path) -> Iterator[str]:
    """Top-level names of all absolute imports, wherever in the file they stand."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def check_needs(card: Card, *, asked: set[str]) -> None:
    """Every need is made use of: what nobody asks for is decoded, or fetched, for nothing."""
    needs = card.needs
    simple = ("raw", "pixels", "jpeg_luma", "packets", "frames", "audio")
    declared = {name for name in simple if getattr(needs, name)}
    declared |= {f"resources: {name}" for name in needs.resources}
    idle = sorted(declared - asked)
    require(
        not idle,
        f"The card declares {', '.join(idle)}, but none of the files made the detector ask for it. "
        "Take it off the card, or give a file for which it is needed.",
    )
