"""An event, its hash, and a chain's two ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar

from foundation.chain.canonical import NotCanonical, canonical, digest
from foundation.errors import Refusal

EVENT_DOMAIN = b"probity.chain.event.v1\n"
GENESIS_DOMAIN = b"probity.chain.genesis.v1\n"
LARGEST_WHOLE = 2**53 - 1

_TYPES: dict[str, type] = {
    "chain": str, "seq": int, "name": str, "at": str,
    "actor": str, "payload": dict, "prev": str, "hash": str,
}  # fmt: skip
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


class EventUnreadable(Refusal):
    """The object is not an event: a member is missing, unknown, or of the wrong type."""

    code: ClassVar[str] = "event-unreadable"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a chain; the package's docstring defines every member."""

    chain: str
    seq: int
    name: str
    at: str
    actor: str
    payload: Mapping[str, Any]
    prev: str
    hash: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The eight members, as they travel in a bundle."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Event:
        """Read an event that was written elsewhere; raises EventUnreadable."""
        if set(data) != set(_TYPES):
            raise EventUnreadable(f"An event has exactly the members {', '.join(_TYPES)}.")
        for name, wanted in _TYPES.items():
            if type(data[name]) is not wanted:
                raise EventUnreadable(f"An event's {name} must be of type {wanted.__name__}.")
        if not _AT.fullmatch(data["at"]):
            raise EventUnreadable("An event's at must read YYYY-MM-DDTHH:MM:SS.ffffffZ.")
        return cls(**data)


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where a chain ends: how many events, and the last one's hash."""

    events: int
    hash: str

    def to_dict(self) -> dict[str, Any]:
        """The form that is signed in a checkpoint."""
        return asdict(self)


def genesis(chain: str) -> str:
    """The ``prev`` of a chain's first event; differs from chain to chain."""
    return digest(GENESIS_DOMAIN + canonical({"chain": chain}))


def event_hash(event: Event) -> str:
    """The hash over everything in the event but ``hash`` itself.

    Raises NotCanonical when the payload holds what would not come back from a JSON column as it
    went in: what canonical JSON refuses, and fractional numbers of 2**53 and above.
    """
    body = {name: value for name, value in event.to_dict().items() if name != "hash"}
    body["payload"] = dict(event.payload)
    _refuse_large_numbers(body)
    return digest(EVENT_DOMAIN + canonical(body))


def timestamp(moment: datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SS.ffffffZ`` in UTC; raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("An event's time needs a time zone.")
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def _refuse_large_numbers(value: Any) -> None:
    """PostgreSQL's jsonb turns 1e300 into a whole number, which canonical JSON then refuses."""
    if isinstance(value, float) and abs(value) > LARGEST_WHOLE:
        raise NotCanonical(f"The number {value} is too large for an event.")
    if isinstance(value, dict):
        for member in value.values():
            _refuse_large_numbers(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _refuse_large_numbers(member)
