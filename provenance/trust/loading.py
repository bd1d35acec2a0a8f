"""The lists to judge by: all or the named ones, of today or of another day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from provenance.errors import TrustListUnknown
from provenance.trust import sources, versions
from provenance.trust.lists import MissingList, TrustList, TrustStore
from provenance.trust.sources import Source


def names() -> tuple[str, ...]:
    """The names of all lists that are known here, public ones first. Raises TrustListInvalid."""
    return (*sources.public(), *sources.own_names())


def load(wanted: Collection[str] | None = None, *, day: dt.date | None = None) -> TrustStore:
    """The wanted lists (all when None), validated; with ``day`` the versions of that day.

    Raises TrustListUnknown for a name that nobody knows, TrustListInvalid for a broken list.
    """
    known = names()
    for name in wanted or ():
        if name not in known:
            raise TrustListUnknown(
                f"There is no trust list {name!r} here; known are {', '.join(known)}."
            )
    found: list[TrustList] = []
    missing: list[MissingList] = []
    later: list[TrustList] = []
    for name in known if wanted is None else [name for name in known if name in wanted]:
        current = _current(name)
        held = current.read() if isinstance(current, Source) else None
        if held is not None and isinstance(current, Source):
            versions.keep(current, held)
        chosen = held if day is None else _of_day(name, held, day)
        if chosen is not None:
            found.append(chosen)
        elif isinstance(current, MissingList):
            missing.append(current)
        elif held is not None:
            later.append(held)
    return TrustStore(lists=tuple(found), missing=tuple(missing), later=tuple(later))


def _current(name: str) -> Source | MissingList:
    entry = sources.public().get(name)
    if entry is not None:
        return sources.public_source(entry)
    folder = sources.own_folder()
    if folder is None:
        raise TrustListUnknown(f"There is no trust list {name!r} here.")
    return sources.own_source(folder, name)


def _of_day(name: str, held: TrustList | None, day: dt.date) -> TrustList | None:
    """The newest version that was out by that day."""
    if held is not None and held.date <= day:
        return held
    for source in versions.kept(name):
        if source.described["date"] <= day:
            return source.read()
    return None


@dataclass(frozen=True, kw_only=True)
class Updated:
    """What became of one public list: ``changed`` when any of its resources was fetched anew."""

    known: TrustList
    changed: bool


def update(wanted: Collection[str] | None = None) -> list[Updated]:
    """Fetch the pinned resources of the public lists and keep their versions.

    Raises TrustListUnknown, TrustListInvalid and the refusals of ``foundation.resources``.
    """
    public = sources.public()
    for name in wanted or ():
        if name not in public:
            raise TrustListUnknown(
                f"There is no public trust list {name!r}; there are {', '.join(public)}."
            )
    done = []
    for name, entry in public.items():
        if wanted and name not in wanted:
            continue
        before = sources.public_source(entry)
        if isinstance(before, Source):
            versions.keep(before, before.read())
        fetched = [
            sources.catalogue().pull(resource)[1] for resource in sources.parts_of(entry).values()
        ]
        known = load([name]).lists[0]
        done.append(Updated(known=known, changed=any(fetched)))
    return done
