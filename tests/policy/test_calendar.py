"""Event calendars: what follows from place, day and calendar, and what stays unknown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from policy.calendar import calendar_facts, occasions
from policy.cli import command
from policy.errors import PackInvalid, PlaceRefused

HOURS = """
calendar: A test
events:
  - {id: sg-writ, place: SG, kind: writ_of_election, day: 2027-03-01, name: Writ, source: x, grade: G}
  - {id: sg-vote, place: SG, kind: election, day: 2027-03-20, name: Vote, source: x, grade: G}
  - {id: br-start, place: BR, kind: vote_start, moment: "2027-10-03T08:00:00-03:00", name: Polls, source: x, grade: G}
  - {id: br-end, place: BR, kind: vote_end, moment: "2027-10-03T17:00:00-03:00", name: Close, source: x, grade: G}
  - {id: mn-convention, place: US-MN, kind: party_convention, day: 2028-05-20, name: C, source: x, grade: G}
  - {id: mn-absentee, place: US-MN, kind: absentee_voting_start, day: 2028-09-22, name: A, source: x, grade: G}
"""  # noqa: E501


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "more.yaml").write_text(HOURS)
    return tmp_path


def facts(at: datetime, *places: str, folder: Path | None = None) -> dict[str, object]:
    known = occasions([folder] if folder else [])
    return {name: fact.value for name, fact in calendar_facts(known, at=at, places=places).items()}


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00:00+00:00")


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("2026-10-14", 20), ("2026-11-02", 1), ("2026-11-03", 0), ("2026-11-04", -1),
        ("2027-01-02", -60), ("2027-01-03", 674),
    ],
)  # fmt: skip
def test_an_election_holds_everywhere_inside_its_place(when: str, days: int) -> None:
    assert facts(day(when), "US-TX")["days_to_election"] == days
    assert facts(day(when), "US")["days_to_election"] == days


@pytest.mark.parametrize("places", [(), ("DE",), ("EU",), ("*",)])
def test_where_the_calendar_says_nothing_it_stays_unknown(places: tuple[str, ...]) -> None:
    assert facts(day("2026-10-14"), *places) == {}


def test_days_are_counted_in_the_zone_of_the_moment() -> None:
    late = datetime(2026, 11, 3, 23, 30, tzinfo=timezone(timedelta(hours=-6)))
    assert facts(late, "US-TX")["days_to_election"] == 0
    assert facts(late.astimezone(UTC), "US-TX")["days_to_election"] == -1


def test_periods_conventions_and_hours(folder: Path) -> None:
    before = facts(day("2027-02-20"), "SG", folder=folder)
    assert before["election_period"] is False
    within = facts(day("2027-03-05"), "SG", folder=folder)
    assert (within["election_period"], within["days_to_election"]) == (True, 15)
    assert "election_period" not in facts(day("2027-03-21"), "SG", folder=folder)
    poll = facts(datetime(2027, 10, 3, 12, tzinfo=UTC), "BR", folder=folder)
    assert (poll["hours_to_vote_start"], poll["hours_to_vote_end"]) == (-1, 8)
    minnesota = facts(day("2028-05-01"), "US-MN", folder=folder)
    assert minnesota["days_to_party_convention"] == 19
    assert minnesota["absentee_voting_started"] is False
    assert facts(day("2028-10-01"), "US-MN", folder=folder)["absentee_voting_started"] is True
    assert "absentee_voting_started" not in facts(day("2028-10-01"), "US-TX", folder=folder)


@given(st.dates(min_value=day("2026-01-01").date(), max_value=day("2029-01-01").date()))
def test_the_election_that_counts(when: object) -> None:
    found = facts(day(str(when)), "US-CA").get("days_to_election")
    known = [row.day for row in occasions([]) if row.place == "US" and row.kind == "election"]
    away = [(election - day(str(when)).date()).days for election in known]
    if soon := [days for days in away if 0 <= days <= 120]:
        assert found == min(soon)
    elif just := [days for days in away if -60 <= days < 0]:
        assert found == max(just)
    else:
        assert found == min((days for days in away if days >= 0), default=None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("calendar: x\nevents: []\n", "at least one entry"),
        (HOURS.replace("election,", "party,", 1), "is not one of"),
        (HOURS.replace("place: SG", "place: ZZ", 1), "not a place"),
        (HOURS.replace("day: 2027-03-01", "date: 2027-03-01", 1), "unknown here"),
        (HOURS.replace("id: sg-vote", "id: sg-writ", 1), "exists already"),
        (HOURS.replace("day: 2027-03-01, ", "", 1), "a day, or a moment"),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_place(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "wrong.yaml").write_text(text)
    with pytest.raises(PackInvalid, match=sentence):
        occasions([tmp_path])


def test_an_unknown_folder_or_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackInvalid, match="no folder"):
        occasions([tmp_path / "none"])
    with pytest.raises(PlaceRefused):
        facts(day("2026-10-14"), "Atlantis")


def test_a_given_number_beats_the_calendar() -> None:
    def told(text: str) -> dict[str, object]:
        arguments = ["evaluate", "--facts", "-", "--at", "2026-10-14", "--place", "US-CA", "--json"]
        done = CliRunner().invoke(command, arguments, input=text)
        body: dict[str, object] = json.loads(done.stdout)["facts"]["days_to_election"]
        return body

    assert told("{}") == {"value": 20, "source": "platform"}
    assert told('{"days_to_election": 100}') == {"value": 100, "source": "reviewer"}
