"""Plugins found through entry points: cards first, code never until one is used.

An entry's name is the plugin's id, its value ``package.module:Class``, and a card (YAML) lies
beside the module. Finding a card imports nothing of the plugin; a broken plugin is listed with its
error and harms nobody else.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from foundation.errors import Refusal

DISTRIBUTION = "probity-platform"


class Card(Protocol):
    """What a plugin says of itself."""

    @property
    def id(self) -> str: ...


C = TypeVar("C", bound=Card)


@dataclass(frozen=True, kw_only=True)
class Entry(Generic[C]):
    """One installed plugin. Exactly one of ``card`` and ``error`` is None."""

    id: str
    target: str
    distribution: str
    card_path: Path | None = None
    card: C | None = None
    error: str | None = None


class Registry(Generic[C]):
    """The installed plugins of one entry-point group.

    ``load`` reads a card; ``kind`` is what people call such a plugin; ``unknown`` and ``broken``
    are the refusals raised for it.
    """

    def __init__(
        self,
        group: str,
        *,
        kind: str,
        load: Callable[[Path], C],
        unknown: type[Refusal],
        broken: type[Refusal],
    ) -> None:
        self.group, self.kind = group, kind
        self._load, self._unknown, self._broken = load, unknown, broken
        self._lock = threading.Lock()
        self._entries: tuple[Entry[C], ...] | None = None

    def entries(self) -> tuple[Entry[C], ...]:
        """Every installed plugin, broken ones too, in the order of their ids."""
        with self._lock:
            if self._entries is None:
                self._entries = self._discover()
            return self._entries

    def usable(self) -> tuple[Entry[C], ...]:
        """The installed plugins whose cards are in order."""
        return tuple(entry for entry in self.entries() if entry.card is not None)

    def find(self, plugin_id: str) -> Entry[C]:
        """The entry of this id; raises ``unknown`` naming what is installed."""
        for entry in self.entries():
            if entry.id == plugin_id:
                return entry
        known = ", ".join(entry.id for entry in self.entries()) or "none"
        raise self._unknown(f"No {self.kind} is called {plugin_id!r}. Installed: {known}.")

    def reset(self) -> None:
        """Forget what was found; the next call looks again (for tests, after an installation)."""
        with self._lock:
            self._entries = None

    @contextmanager
    def registered(self, *extra: Entry[C]) -> Iterator[None]:
        """Add entries for the length of a ``with`` block (for tests and plugin authors)."""
        before = self.entries()
        ids = {entry.id for entry in extra}
        kept = [entry for entry in before if entry.id not in ids]
        with self._lock:
            self._entries = tuple(sorted([*kept, *extra], key=lambda entry: entry.id))
        try:
            yield
        finally:
            with self._lock:
                self._entries = before

    def describe(self, plugin_id: str, *, target: str, distribution: str) -> Entry[C]:
        """Read the card of a target without importing its module; errors land in the entry."""
        entry = Entry[C](id=plugin_id, target=target, distribution=distribution)
        try:
            path = self.card_path(target)
            card = self._load(path)
        except Exception as error:  # a plugin may be broken in any way; it must harm nobody else
            return replace(entry, error=str(error) or type(error).__name__)
        if card.id != plugin_id:
            wrong = f"{path}: the card's id {card.id!r} differs from the entry point's name."
            return replace(entry, card_path=path, error=wrong)
        return replace(entry, card_path=path, card=card)

    def card_path(self, target: str) -> Path:
        """Where the card of ``package.module:Class`` lies; raises ``broken``."""
        module, colon, name = target.partition(":")
        top, *rest = module.split(".")
        if not (colon and name.isidentifier() and module):
            raise self._broken(f"The entry point {target!r} must read 'package.module:Class'.")
        spec = importlib.machinery.PathFinder.find_spec(top) or importlib.util.find_spec(top)
        if spec is None:
            raise self._broken(f"The package {top!r} of the entry point {target!r} is not there.")
        if not rest:
            return Path(spec.origin or top).with_suffix(".yaml")
        folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
        paths = [folder.joinpath(*rest).with_suffix(".yaml") for folder in folders]
        return next((path for path in paths if path.is_file()), paths[0] if paths else Path(top))

    def instantiate(self, target: str) -> Any:
        """Import ``package.module:Class`` and make one; raises ``broken``."""
        module, _, name = target.partition(":")
        try:
            return getattr(importlib.import_module(module), name)()
        except Exception as error:
            raise self._broken(
                f"{target} could not be loaded: {type(error).__name__}: {error}"
            ) from error

    def _discover(self) -> tuple[Entry[C], ...]:
        found: dict[str, Entry[C]] = {}
        for plugin_id, target, distribution in sorted(set(self._declared())):
            entry = self.describe(plugin_id, target=target, distribution=distribution)
            if (first := found.get(plugin_id)) is None:
                found[plugin_id] = entry
            elif first.target != target:
                taken = f"The id is taken by {first.target} ({first.distribution})."
                found[f"{plugin_id} ({distribution})"] = replace(entry, card=None, error=taken)
        return tuple(found[key] for key in sorted(found))

    def _declared(self) -> Iterator[tuple[str, str, str]]:
        ours = self._of_checkout()
        yield from ours
        for point in importlib.metadata.entry_points(group=self.group):
            name = point.dist.name if point.dist else "unknown"
            version = point.dist.version if point.dist else ""
            if name != DISTRIBUTION or not ours:
                yield point.name, point.value, f"{name} {version}".strip()

    def _of_checkout(self) -> list[tuple[str, str, str]]:
        """The same table, read from the checkout: an editable install keeps a stale copy of it."""
        path = Path(__file__).resolve().parent.parent / "pyproject.toml"
        try:
            project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
            if project["name"] != DISTRIBUTION:
                return []
            table = project["entry-points"][self.group]
            return [(name, table[name], f"{DISTRIBUTION} {project['version']}") for name in table]
        except (OSError, UnicodeError, tomllib.TOMLDecodeError, KeyError):
            # no checkout, or its file is just being edited: what was installed is the answer
            return []
