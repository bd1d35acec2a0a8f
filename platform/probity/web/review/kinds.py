"""The kinds of events that a history can be narrowed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from probity.web.language.later import later

from .replay import Entry

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": (later("All"), ("",)),
    "reports": (later("Reports"), ("report.", "request.", "case.opened")),
    "evidence": (later("Evidence"), ("asset.", "run.")),
    "law": (later("Law and clocks"), ("fact.", "law.", "clock", "case.places")),
    "decisions": (later("Decisions"), ("case.decided", "statement.", "case.state")),
    "notices": (later("Notices"), ("notice.", "message.", "transparency.")),
    "keeping": (
        later("Holds and erasure"),
        (
            "hold.",
            "retention.",
            "erasure.",
            "report.erased",
            "asset.destroyed",
            "item.given_up",
            "bundle.destroyed",
        ),
    ),
    "access": (later("Who saw what"), ("asset.viewed", "bundle.", "counsel.", "case.claim")),
}


def shown(row: Entry, show: str) -> bool:
    """Whether an event belongs to the chosen kind; a broken one always shows."""
    _, beginnings = KINDS.get(show, KINDS[""])
    return row.broken or row.name.startswith(beginnings)


def kinds_of(rows: Sequence[Entry], show: str) -> list[tuple[str, str, int, bool]]:
    """Each kind with its words, how many events it has, and whether it is chosen."""
    return [
        (name, words, sum(shown(row, name) for row in rows), name == show)
        for name, (words, _) in KINDS.items()
    ]
