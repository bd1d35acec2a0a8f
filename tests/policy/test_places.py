from __future__ import annotations

import pytest

from policy.errors import PlaceRefused
from policy.places import COUNTRIES, MEMBERS, line, normalise, within


@pytest.mark.parametrize(
    ("jurisdiction", "places", "expected"),
    [
        ("US", ("US-CA",), True),
        ("US-CA", ("US-CA",), True),
        ("US-CA", ("US",), None),
        ("US-CA", ("US", "US-TX"), False),
        ("US-CA", ("US", "US-CA"), True),
        ("US-CA", ("DE", "US"), None),
        ("US-CA", ("DE",), False),
        ("US-CA", ("CA",), False),
        ("US-CA", (), None),
        ("EU", ("DE",), True),
        ("EU", ("DE-BY",), True),
        ("EU", ("CH",), False),
        ("DE", ("EU",), None),
        ("DE", ("EU", "FR"), False),
        ("*", (), True),
        ("*", ("KR",), True),
        ("KR", ("*",), None),
        ("KR", ("*", "JP"), False),
    ],
)
def test_within(jurisdiction: str, places: tuple[str, ...], expected: bool | None) -> None:
    assert within(jurisdiction, places) is expected


def test_line_runs_from_the_place_to_the_world() -> None:
    assert line("US-CA") == ("US-CA", "US", "*")
    assert line("DE-BY") == ("DE-BY", "DE", "EU", "*")
    assert line("EU") == ("EU", "*")
    assert line("*") == ("*",)


def test_the_union_has_27_members_and_the_list_of_countries_is_whole() -> None:
    assert len(MEMBERS) == 27
    assert len(COUNTRIES) == 249
    assert "GB" not in MEMBERS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" us-ca ", "US-CA"),
        ("uk", "GB"),
        ("EL", "GR"),
        ("UK-SCT", "GB-SCT"),
        ("eu", "EU"),
        ("*", "*"),
    ],
)
def test_normalise(text: str, code: str) -> None:
    assert normalise(text) == code


@pytest.mark.parametrize(
    "text", ["", "California", "XX", "US-", "US-CALI", "USA", "EU-DE", "U", "**"]
)
def test_no_such_place(text: str) -> None:
    with pytest.raises(PlaceRefused, match="ISO 3166"):
        normalise(text)
