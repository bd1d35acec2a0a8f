"""Holds as a bundle tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from probity.bundles.entries import Entry, json_entry
from probity.bundles.records import moment, person_key
from probity.cases.models import Case

from .models import LegalHold
from .selectors import holds_of_case

WITHHELD = (
    "Why something is kept, and on whose order, may itself be confidential; that it is kept, "
    "since when and until when is shown."
)


def hold_entries(case: Case, full: bool) -> Iterator[tuple[Entry, str]]:  # noqa: FBT001
    """``holds.json``: every hold on the case or its files, open or released."""
    rows = list(holds_of_case(case))
    if rows:
        body = [_hold(row, full=full) for row in rows]
        yield json_entry("holds.json", "legal holds", body), "" if full else WITHHELD


def _hold(row: LegalHold, *, full: bool) -> dict[str, Any]:
    shown = {
        "id": str(row.pk),
        "kind": row.kind,
        "on": "file" if row.asset_id else "case",
        "asset": row.asset_id,
        "placed_at": moment(row.placed_at),
        "placed_by": person_key(row.placed_by_id),
        "until": moment(row.until),
        "released_at": moment(row.released_at),
    }
    said = ("reason", "reference", "release_reason", "salts")
    return shown | ({name: getattr(row, name) for name in said} if full else {"withheld": True})
