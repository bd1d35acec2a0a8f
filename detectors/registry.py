"""Which detectors are installed: cards first, code never until a detector runs.

Built-ins and third parties come through the same entry-point group, ``probity.detectors``:
the entry's name is the detector's id, its value ``package.module:Class``, and the card lies beside
the module. Finding a card imports nothing of the plugin. A broken plugin is listed with its error.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from detectors.api import Detector, DetectorBroken, DetectorUnknown
from detectors.card import Card, load

GROUP = "probity.detectors"
DISTRIBUTION = "probity-platform"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One installed detector. Exactly one of ``card`` and ``error`` is None."""

    id: str
    target: str
    distribution: str
    card_path: Path | None = None
    card: Card | None = None
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-able summary; what only the card tells is None for a broken one."""
        card = self.card
        return {
            "id": self.id,
            "name": card.name if card else None,
            "version": card.version if card else None,
            "from": self.distribution,
            "modality": card.modality.value if card else None,
            "speaks_about": card.speaks_about.value if card else None,
            "evidence": card.evidence.value if card else None,
            "calibrated": card.calibrated if card else None,
            "error": self.error,
        }


_lock = threading.Lock()
_entries: tuple[Entry, ...] | None = None


def entries() -> tuple[Entry, ...]:
    """Every installed detector, broken ones too, in the order of their ids."""
    global _entries
    with _lock:
        if _entries is None:
            _entries = _discover()
        return _entries


def usable() -> tuple[Entry, ...]:
    """The installed detectors whose cards are in order."""
    return tuple(entry for entry in entries() if entry.card is not None)


def find(detector_id: str) -> Entry:
    """The entry of this id. Raises :class:`DetectorUnknown` naming what is installed."""
    for entry in entries():
        if entry.id == detector_id:
            return entry
    known = ", ".join(entry.id for entry in entries()) or "none"
    raise DetectorUnknown(f"No detector is called {detector_id!r}. Installed: {known}.")


def reset() -> None:
    """Forget what was found; the next call looks again (for tests and after an installation)."""
    global _entries
    with _lock:
        _entries = None


@contextmanager
def registered(*extra: Entry) -> Iterator[None]:
    """Add entries for the length of a ``with`` block (for tests and plugin authors)."""
    global _entries
    before = entries()
    ids = {entry.id for entry in extra}
    kept = [entry for entry in before if entry.id not in ids]
    with _lock:
        _entries = tuple(sorted([*kept, *extra], key=lambda entry: entry.id))
    try:
        yield
    finally:
        with _lock:
            _entries = before


def describe(*, detector_id: str, target: str, distribution: str) -> Entry:
    """Read the card of a target, without importing its module; errors land in the entry."""
    entry = Entry(id=detector_id, target=target, distribution=distribution)
    try:
        path = card_path(target)
        card = load(path)
    except Exception as error:  # a plugin may be broken in any way; it must harm nobody else
        return replace(entry, error=str(error) or type(error).__name__)
    if card.id != detector_id:
        wrong = f"{path}: the card's id {card.id!r} differs from the entry point's name."
        return replace(entry, card_path=path, error=wrong)
    return replace(entry, card_path=path, card=card)


def card_path(target: str) -> Path:
    """Where the card of ``package.module:Class`` lies. Raises :class:`DetectorBroken`."""
    module, colon, name = target.partition(":")
    top, *rest = module.split(".")
    if not (colon and name.isidentifier() and module):
        raise DetectorBroken(f"The entry point {target!r} must read 'package.module:Class'.")
    spec = importlib.machinery.PathFinder.find_spec(top) or importlib.util.find_spec(top)
    if spec is None:
        raise DetectorBroken(f"The package {top!r} of the entry point {target!r} is not there.")
    if not rest:
        return Path(spec.origin or top).with_suffix(".yaml")
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    paths = [folder.joinpath(*rest).with_suffix(".yaml") for folder in folders]
    return next((path for path in paths if path.is_file()), paths[0] if paths else Path(top))


def instantiate(target: str) -> Detector:
    """Import ``package.module:Class`` and make one. Raises :class:`DetectorBroken`."""
    module, _, name = target.partition(":")
    try:
        made = getattr(importlib.import_module(module), name)()
    except Exception as error:
        raise DetectorBroken(
            f"{target} could not be loaded: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(made, Detector):
        raise DetectorBroken(f"{target} has no method 'detect'.")
    return made


def _discover() -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for detector_id, target, distribution in sorted(set(_declared())):
        entry = describe(detector_id=detector_id, target=target, distribution=distribution)
        if (first := found.get(detector_id)) is None:
            found[detector_id] = entry
        elif first.target != target:
            taken = f"The id is taken by {first.target} ({first.distribution})."
            found[f"{detector_id} ({distribution})"] = replace(entry, card=None, error=taken)
    return tuple(found[key] for key in sorted(found))


def _declared() -> Iterator[tuple[str, str, str]]:
    ours = _of_checkout()
    yield from ours
    for point in importlib.metadata.entry_points(group=GROUP):
        name = point.dist.name if point.dist else "unknown"
        version = point.dist.version if point.dist else ""
        if name != DISTRIBUTION or not ours:
            yield point.name, point.value, f"{name} {version}".strip()


def _of_checkout() -> list[tuple[str, str, str]]:
    """The same table, read from the checkout: an editable install keeps a stale copy of it."""
    path = Path(__file__).resolve().parent.parent / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        if project["name"] != DISTRIBUTION:
            return []
        table = project["entry-points"][GROUP]
        return [(name, table[name], f"{DISTRIBUTION} {project['version']}") for name in table]
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, KeyError):
        # no checkout, or its file is just being edited: what was installed is the answer
        return []
