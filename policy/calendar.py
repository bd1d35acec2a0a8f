"""Event calendars: elections and what surrounds them, as data that an operator loads.

From the places and the moment of a case follow facts such as `days_to_election`. Where the calendar
says nothing they stay unknown: an election that nobody entered is not an election that is far away.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from policy.api import Fact, Grade, Source
from policy.cursor import Cursor
from policy.durations import aware
from policy.errors import PackInvalid
from policy.parse_sources import place as read_place
from policy.places import line, normalise
from policy.strict_yaml import read

FOLDERS = "PROBITY_CALENDARS_DIR"
#: The windows that laws set before an election and after it: within them the coming election
#: counts, then the one just past, and beyond them again the coming one.
AHEAD, PAST = 120, 60


class Kind(StrEnum):
    """What happens on the day."""

    ELECTION = "election"
    PARTY_CONVENTION = "party_convention"
    ABSENTEE_VOTING_START = "absentee_voting_start"
    NOTICE_OF_ELECTION = "notice_of_election"
    WRIT_OF_ELECTION = "writ_of_election"
    VOTE_START = "vote_start"
    VOTE_END = "vote_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One dated event in one place; `moment` only where the law counts hours."""

    id: str
    place: str
    kind: Kind
    day: date
    moment: datetime | None
    name: str
    source: str
    grade: Grade


def occasions(folders: Iterable[Path] | None = None) -> tuple[Occasion, ...]:
    """The starter calendar and those of `folders` (default: PROBITY_CALENDARS_DIR), by day.

    Raises PackInvalid with file and line.
    """
    found: dict[str, Occasion] = {}
    for path in _files(_setting() if folders is None else folders):
        state = path.stat()
        for occasion in _file(path, state.st_mtime_ns, state.st_size):
            if occasion.id in found:
                raise PackInvalid(f"{path.name}: the event {occasion.id} exists already.")
            found[occasion.id] = occasion
    return tuple(sorted(found.values(), key=lambda row: (row.day, row.id)))


def calendar_facts(
    known: Iterable[Occasion], *, at: datetime, places: Collection[str]
) -> dict[str, Fact]:
    """What follows from the calendar for a case; a fact that somebody gives goes before it.

    An event holds in its place and everywhere inside it. Days count calendar days in the zone of
    `at`, hours whole hours. Raises PlaceRefused, MomentRefused.
    """
    covering = {code for place in places for code in line(normalise(place))}
    here = [row for row in known if row.place in covering]
    values: dict[str, bool | int | None] = {
        "days_to_election": _days(here, Kind.ELECTION, aware(at).date()),
        "days_to_party_convention": _days(here, Kind.PARTY_CONVENTION, aware(at).date()),
        "absentee_voting_started": _begun(here, Kind.ABSENTEE_VOTING_START, aware(at).date()),
        "election_period": _period(here, aware(at).date()),
        "hours_to_vote_start": _hours(here, Kind.VOTE_START, aware(at)),
        "hours_to_vote_end": _hours(here, Kind.VOTE_END, aware(at)),
    }
    return {
        name: Fact(name=name, value=value, source=Source.PLATFORM)
        for name, value in values.items()
        if value is not None
    }


def _days(here: Iterable[Occasion], kind: Kind, day: date) -> int | None:
    """Days to the one that counts, negative after it; None for neither."""
    away = [(row.day - day).days for row in here if row.kind is kind]
    ahead = min((days for days in away if days >= 0), default=None)
    past = max((days for days in away if -PAST <= days < 0), default=None)
    if ahead is None or (ahead > AHEAD and past is not None):
        return past
    return ahead


def _begun(here: Collection[Occasion], kind: Kind, day: date) -> bool | None:
    """Whether the coming election's `kind` has happened; None where its day is not entered."""
    ends = [row.day for row in here if row.kind is Kind.ELECTION and row.day >= day]
    if not ends:
        return None
    last = max(
        (row.day for row in here if row.kind is Kind.ELECTION and row.day < day), default=date.min
    )
    starts = [row.day for row in here if row.kind is kind and last < row.day <= min(ends)]
    return min(starts) <= day if starts else None


def _period(here: Collection[Occasion], day: date) -> bool | None:
    """Between the writ or notice of an election and its day; None where neither is entered."""
    by_writ = _begun(here, Kind.WRIT_OF_ELECTION, day)
    return by_writ if by_writ is not None else _begun(here, Kind.NOTICE_OF_ELECTION, day)


def _hours(here: Iterable[Occasion], kind: Kind, at: datetime) -> int | None:
    """Whole hours to the one ahead, or since the last one."""
    moments = [row.moment for row in here if row.kind is kind and row.moment is not None]
    near = [moment for moment in moments if moment >= at - timedelta(days=PAST)]
    ahead = [moment for moment in near if moment >= at]
    chosen = min(ahead) if ahead else max(near, default=None)
    return int((chosen - at).total_seconds() // 3600) if chosen else None


def _files(folders: Iterable[Path]) -> list[Path]:
    own = Path(str(files("policy").joinpath("calendars")))
    found: list[Path] = []
    for folder in (own, *folders):
        if not folder.is_dir():
            raise PackInvalid(f"There is no folder {folder} to read event calendars from.")
        found += sorted(folder.rglob("*.yaml"))
    return found


def _setting() -> list[Path]:
    value = os.environ.get(FOLDERS, "")
    return [Path(part) for part in value.split(os.pathsep) if part]


@lru_cache(maxsize=256)
def _file(path: Path, _changed: int, _size: int) -> tuple[Occasion, ...]:
    document = read(path.read_text(encoding="utf-8"), file=path.name)
    key = document.record(required=("calendar", "events"))
    key["calendar"].text()
    return tuple(_occasion(at) for at in key["events"].items())


def _occasion(at: Cursor) -> Occasion:
    key = at.record(
        required=("id", "place", "kind", "name", "source", "grade"), optional=("day", "moment")
    )
    if ("day" in key) == ("moment" in key):
        raise at.refusal("an event has a day, or a moment with its zone.")
    moment = key["moment"].moment() if "moment" in key else None
    return Occasion(
        id=key["id"].identifier(),
        place=read_place(key["place"]),
        kind=key["kind"].choice(Kind),
        day=moment.date() if moment else key["day"].day(),
        moment=moment.astimezone(UTC) if moment else None,
        name=key["name"].text(),
        source=key["source"].text(),
        grade=key["grade"].choice(Grade),
    )
