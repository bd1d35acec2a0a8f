"""Two exports of one case: what was added, changed, withheld or shown since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.bundle import standalone
from probity_cli.bundle.checks import NoBundle, bundle_open

#: Made anew with every export, so that they always differ.
OWN = (
    "data/README.txt", "data/certificates/", "data/report.", "data/redactions.json", "data/log/",
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """Paths that only one has or that differ, and the events that came after."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    events: list[dict[str, Any]]
    redactions: dict[str, list[str]]

    @property
    def differ(self) -> bool:
        """Whether anything but the exports themselves differs."""
        return bool(self.added or self.removed or self.changed or self.events)

    def to_dict(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {"differ": self.differ, **vars(self)}

    def lines(self) -> Iterator[str]:
        """All of it, for people."""
        yield from (f"added    {path}" for path in self.added)
        yield from (f"removed  {path}" for path in self.removed)
        yield from (f"changed  {path}" for path in self.changed)
        yield from (f"event    {row['seq']} {row['at']} {row['name']}" for row in self.events)
        for name, rows in self.redactions.items():
            yield from (f"{name} {row}" for row in rows)
        if not self.differ:
            yield "The two bundles hold the same records of the case."


def compare_bundles(old: Path, new: Path) -> Difference:
    """Compare two bundles; raises NoBundle when they are not of one case."""
    before, after = bundle_open(old), bundle_open(new)
    if before.json("data/case.json")["id"] != after.json("data/case.json")["id"]:
        raise NoBundle("These are bundles of two different cases; compare two exports of one.")
    was, now = (_files(bundle) for bundle in (before, after))
    return Difference(
        added=sorted(now.keys() - was.keys()),
        removed=sorted(was.keys() - now.keys()),
        changed=sorted(path for path in was.keys() & now.keys() if was[path] != now[path]),
        events=_later(before, after),
        redactions=_redactions(before, after),
    )


def _files(bundle: standalone.Bundle) -> dict[str, str]:
    listed = standalone.manifest(bundle, "manifest-sha256.txt")
    return {path: digest for path, digest in listed.items() if not path.startswith(OWN)}


def _events(bundle: standalone.Bundle) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    standalone.check_chain(bundle, events)
    return events


def _later(old: standalone.Bundle, new: standalone.Bundle) -> list[dict[str, Any]]:
    was, now = _events(old), _events(new)
    if now[: len(was)] != was:
        raise NoBundle("The log of the second bundle does not continue that of the first.")
    return now[len(was) :]


def _redactions(old: standalone.Bundle, new: standalone.Bundle) -> dict[str, list[str]]:
    was, now = (
        {row["what"] for row in bundle.json("data/redactions.json")} for bundle in (old, new)
    )
    return {"withheld": sorted(now - was), "shown": sorted(was - now)}
