"""What a trust list is, and what is known of one that is not here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TrustList:
    """One list. ``anchors`` and ``time_stamps`` are PEM texts, ``allowed`` SHA-256 hex digests of
    leaf certificates, ``sha256`` the digest over the list's files, ``files`` the SHA-256 of each,
    ``counts`` how many certificates of each sort it holds."""

    name: str
    title: str
    date: dt.date
    next_update: dt.date | None
    note: str
    anchors: str
    time_stamps: str
    allowed: frozenset[str]
    sha256: str
    files: dict[str, str] = field(compare=False)
    own: bool
    counts: dict[str, int] = field(compare=False)
    key: str = ""
    """SHA-256 over the certificates that count, by which the child knows the list again."""

    def to_dict(self) -> dict[str, Any]:
        """What to show and to store: everything but the certificates."""
        return {
            "name": self.name,
            "title": self.title,
            "date": self.date.isoformat(),
            "next_update": self.next_update.isoformat() if self.next_update else None,
            "overdue": bool(self.next_update and self.next_update < dt.datetime.now(dt.UTC).date()),
            "note": self.note,
            "sha256": self.sha256,
            "files": dict(self.files),
            "own": self.own,
            "counts": dict(self.counts),
        }

    def reference(self) -> dict[str, Any]:
        """The form in which a list goes to a child that may know it already."""
        return {
            "name": self.name,
            "title": self.title,
            "date": self.date.isoformat(),
            "note": self.note,
            "sha256": self.sha256,
            "own": self.own,
            "key": self.key,
        }

    def payload(self) -> dict[str, Any]:
        """``reference`` with the certificates."""
        return {
            **self.reference(),
            "anchors": self.anchors,
            "time_stamps": self.time_stamps,
            "allowed": sorted(self.allowed),
        }


@dataclass(frozen=True, kw_only=True)
class MissingList:
    """A list that is known but not here, and what to do about it."""

    name: str
    title: str
    resources: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What the person should know."""
        return (
            f"{self.title} is not installed, so nothing was judged by it: "
            f"run `probity pull {' '.join(self.resources)}`."
        )

    def to_dict(self) -> dict[str, Any]:
        """The members with the sentence."""
        return {
            "name": self.name,
            "title": self.title,
            "resources": list(self.resources),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, kw_only=True)
class TrustStore:
    """The lists to judge by, in order; those that should be here but are not; and those of which
    only versions of a later day are here."""

    lists: tuple[TrustList, ...]
    missing: tuple[MissingList, ...]
    later: tuple[TrustList, ...] = ()
