"""The hashes that a process holds: an index, and what came since it was built."""

from __future__ import annotations

import threading
import time
from typing import Final

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

from foundation.fingerprint.index import Index, scan_codes
from foundation.fingerprint.sound_codes import Codes, SoundIndex

FRESH_MOST: Final = 20_000
"""So many new hashes are looked at one by one; more are merged into the index."""
TAKEN_MOST: Final = 100_000
"""More new rows at once are quicker loaded with all others."""

_BYTES = 32
_SPAN = 1 << 18
_MANY = (
    "SELECT string_agg(int8send(id) || value, ''::bytea) FROM matching_signal"
    " WHERE id >= %s AND id < %s AND kind IN ('pdq', 'video') AND length(value) = 32"
)
_ROW = np.dtype([("id", ">i8"), ("code", f"V{_BYTES}")])


class Held:
    """One state of the index. Not for several threads: the follower's lock guards it."""

    def __init__(self, index: Index, sounds: dict[int, Codes], *, seconds: float) -> None:
        self._index = index
        self._codes = bytearray()
        self._names: list[int] = []
        self._known: set[int] = set()
        self._sounds = sounds
        self._sound_index: SoundIndex | None = None
        self._seconds = seconds
        self._merging: _Merge | None = None
        self.highest = int(index.names.max(initial=0))

    def near(self, code: bytes, *, radius: int) -> dict[int, int]:
        """Number to distance of all within the radius."""
        names, apart = self._index.near(code, radius=radius)
        found = dict(zip(names.tolist(), apart.tolist(), strict=True))
        if self._names:
            flat = np.frombuffer(bytes(self._codes), dtype=np.uint8).reshape(-1, _BYTES)
            places, bits = scan_codes(flat, code, radius=radius)
            for place, count in zip(places.tolist(), bits.tolist(), strict=True):
                found[self._names[place]] = count
        return found

    def sounds(self) -> SoundIndex:
        """All recordings, built when first asked for after a change."""
        if self._sound_index is None:
            self._sound_index = SoundIndex(sorted(self._sounds.items()))
        return self._sound_index

    def facts(self) -> dict[str, float]:
        """Counts, bytes and the seconds that loading took."""
        return {
            "hashes": len(self._index) + len(self._names),
            "recordings": len(self._sounds),
            "bytes": self._index.nbytes + len(self._codes),
            "load_seconds": round(self._seconds, 3),
        }

    def take(self, low: int, high: int) -> bool:
        """Fetch the rows of a span of numbers; False when there are too many to add one by one."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, kind, value FROM matching_signal WHERE id BETWEEN %s AND %s"
                " AND kind IN ('pdq', 'video', 'sound') ORDER BY id LIMIT %s",
                [low, high, TAKEN_MOST + 1],
            )
            rows = cursor.fetchall()
        if len(rows) > TAKEN_MOST:
            return False
        for number, kind, value in rows:
            self._add(int(number), kind, bytes(value))
        return True

    def _add(self, number: int, kind: str, value: bytes) -> None:
        self.highest = max(self.highest, number)
        if kind == "sound":
            if number not in self._sounds:
                self._sounds[number] = codes_of(value)
                self._sound_index = None
        elif number not in self._known:
            self._known.add(number)
            self._names.append(number)
            self._codes += value

    def merge_if_due(self) -> None:
        """Build a new index beside the old one when much has come; take it over when it is done."""
        if self._merging is not None and self._merging.done is not None:
            count = self._merging.count
            self._index = self._merging.done
            del self._names[:count]
            del self._codes[: count * _BYTES]
            self._known = set(self._names)
            self._merging = None
        if self._merging is None and len(self._names) > FRESH_MOST:
            self._merging = _Merge(self._index, bytes(self._codes), list(self._names))
            self._merging.start()


class _Merge(threading.Thread):
    """Old and new hashes in one index."""

    def __init__(self, index: Index, codes: bytes, names: list[int]) -> None:
        super().__init__(name="merge-hashes", daemon=True)
        self._old, self._codes, self._new = index, codes, names
        self.count = len(names)
        self.done: Index | None = None

    def run(self) -> None:
        fresh = np.frombuffer(self._codes, dtype=np.uint8).reshape(-1, _BYTES)
        new = np.array(self._new, dtype=np.int64)
        # a row that was loaded and then told of stands in both
        first = ~np.isin(new, self._old.names)
        self.done = Index(
            np.concatenate([self._old.codes, fresh[first]]),
            np.concatenate([self._old.names, new[first]]),
        )


def load() -> Held:
    """Everything, in the database's own binary form: a million hashes take seconds."""
    begun = time.monotonic()
    names, codes = _rows()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, value FROM matching_signal WHERE kind = 'sound'")
        sounds = {int(number): codes_of(bytes(value)) for number, value in cursor.fetchall()}
    return Held(Index(codes, names), sounds, seconds=time.monotonic() - begun)


def codes_of(value: bytes) -> Codes:
    """A recording's codes as they are stored."""
    return np.frombuffer(value, dtype="<u4").astype(np.uint32)


def _rows() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """All near hashes, many in one value: a row each would cost the client twenty times as much."""
    parts = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM matching_signal")
        low, high = cursor.fetchone()
        # Django's own cursor binds on the client and gets text, in which bytes take twice the room
        with psycopg.Cursor(cursor.connection) as plain:
            for first in range(low, high + 1, _SPAN):
                plain.execute(_MANY, [first, first + _SPAN], binary=True)
                found = plain.fetchone()
                parts.append(np.frombuffer((found and found[0]) or b"", dtype=_ROW))
    rows = np.concatenate([np.zeros(0, dtype=_ROW), *parts])
    codes = np.frombuffer(rows["code"].tobytes(), dtype=np.uint8).reshape(-1, _BYTES)
    return rows["id"].astype(np.int64), codes
