"""Verifying many files: several to a call of the child, so that its cost is shared.

The child hands out each record as soon as it is there. When a file ends it, that file is read again
by itself, for the refusal that fits it, and the others go on in another child.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from foundation import child
from foundation.batch import Outcome, in_order, one
from foundation.errors import Refusal
from provenance import remote, trust, verify
from provenance.api import CredentialRecord

MOST_FILES = 16
MOST_BYTES = 64 * 2**20
_TARGET = "provenance.reading:inspect_each"

Found = Outcome[CredentialRecord]


def read_many(
    paths: Iterable[Path],
    *,
    as_of: date | str | None = None,
    lists: Collection[str] | None = None,
    workers: int | None = None,
) -> Iterator[Found]:
    """``verify.read`` for every path, on all cores, in order; one call stands for one set of lists.

    Raises DateInvalid, TrustListUnknown, TrustListInvalid and RemoteHostsInvalid before the first
    file; every other refusal is part of its file's outcome.
    """
    day = verify.day_of(as_of)
    asked = _Asked(day=day, lists=lists, store=trust.load(lists, day=day), hosts=remote.hosts())
    return in_order(_shares(paths), asked.look, workers=workers)


def _shares(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """Neighbouring files, together neither many nor large."""
    share: list[Path] = []
    total = 0
    for path in paths:
        size = _size(path)
        if share and (len(share) >= MOST_FILES or total + size > MOST_BYTES):
            yield share
            share, total = [], 0
        share.append(path)
        total += size
    if share:
        yield share


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@dataclass(frozen=True, kw_only=True)
class _Asked:
    day: date | None
    lists: Collection[str] | None
    store: trust.TrustStore
    hosts: remote.Hosts

    def look(self, share: list[Path]) -> list[Found]:
        """The outcomes of one share, in its order."""
        found: list[Found] = []
        while len(found) < len(share):
            found += self._some(share[len(found) :])
        return found

    def _some(self, left: list[Path]) -> list[Found]:
        """At least one outcome: of all files up to the first that the child did not answer for,
        and of that one by itself."""
        found: list[Found] = []
        started = time.perf_counter()

        def take(event: dict[str, Any]) -> None:
            nonlocal started
            path = left[len(found)]
            record = self._record(path, event, started)
            found.append(Outcome(path=path, answer=record))
            started = time.perf_counter()

        if len(left) > 1:
            with contextlib.suppress(Refusal):
                self._ask(left, take)
        if len(found) < len(left):
            found.append(one(left[len(found)], self._alone))
        return found

    def _ask(self, left: list[Path], take: Any) -> None:
        payload = {"paths": [str(path.absolute()) for path in left], **verify.asked(self.day)}
        for sent in ([known.reference() for known in self.store.lists], None):
            held = sent or [known.payload() for known in self.store.lists]
            answer = child.call(
                _TARGET, {**payload, "lists": held}, limits=verify.LIMITS, on_event=take
            )
            if not answer.get("lists_wanted"):
                return

    def _record(self, path: Path, event: dict[str, Any], started: float) -> CredentialRecord:
        return verify.finished(
            event, path=path, store=self.store, day=self.day, hosts=self.hosts, started=started
        )

    def _alone(self, path: Path) -> CredentialRecord:
        return verify.read(path, as_of=self.day, lists=self.lists, remote=self.hosts)
