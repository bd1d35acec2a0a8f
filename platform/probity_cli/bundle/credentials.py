"""Reading a file's Content Credentials again, under the trust lists and the clock of then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from foundation import child
from foundation.errors import Refusal
from probity_cli.bundle.checks import FAILED, PASSED, UNCHECKED, Check

COMPARED = ("credentials", "verdict", "by_list", "ingredients_intact", "signer", "identity")
NAME = "content credentials"


def credentials_again(
    path: Path, finding: dict[str, Any], *, lists: list[dict[str, Any]], day: str
) -> Check:
    """Compare what is read now with what was recorded. Needs no list that is installed here."""
    said = finding["details"]
    short = f"{path.name[:16]}…"
    if not said:
        return Check(NAME, UNCHECKED, f"{short}: the recorded reading failed.")
    now = _read(path, lists=_used(said, lists), day=date.fromisoformat(day))
    if isinstance(now, str):
        return Check(NAME, FAILED, f"{short}: {now}")
    library = said.get("versions", {}).get("library")
    installed = now["versions"]["library"]
    differing = [name for name in COMPARED if _shape(said, name) != _shape(now, name)]
    if not differing:
        return Check(NAME, PASSED, f"{short}: {said['verdict']}, as recorded.")
    if library != installed:
        words = f"{short}: recorded with {library}, read here with {installed}: other results."
        return Check(NAME, UNCHECKED, words)
    return Check(NAME, FAILED, f"{short}: differs in {', '.join(differing)}.")


def _used(said: dict[str, Any], lists: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lists of the bundle with exactly the digests under which the file was read."""
    wanted = {(name, entry["sha256"]) for name, entry in said["versions"].get("lists", {}).items()}
    return [row for row in lists if (row["name"], row["sha256"]) in wanted]


def _read(path: Path, *, lists: list[dict[str, Any]], day: date) -> dict[str, Any] | str:
    payload = {
        "path": str(path),
        "sidecar": None,
        "lists": lists,
        "as_of": datetime.combine(day, time.max, UTC).isoformat(),
    }
    try:
        found: dict[str, Any] = child.call("provenance.reading:inspect", payload)
    except Refusal as refusal:
        return refusal.sentence
    return found


def _shape(record: dict[str, Any], name: str) -> Any:
    """A member, without lists that were known by name only."""
    value = record.get(name)
    if name == "by_list" and isinstance(value, dict):
        return {key: state for key, state in value.items() if state is not None}
    return value
