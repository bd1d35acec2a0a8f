from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from policy.durations import Duration, aware, moment
from policy.errors import MomentRefused


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("PT48H", "2026-11-20T09:30:00+00:00", "2026-11-22T09:30:00+00:00"),
        ("P7D", "2026-02-25T00:00:00+00:00", "2026-03-04T00:00:00+00:00"),
        ("P2W", "2026-01-01T00:00:00+00:00", "2026-01-15T00:00:00+00:00"),
        ("P6M", "2027-08-31T10:00:00+00:00", "2028-02-29T10:00:00+00:00"),
        ("P1Y2M", "2026-12-31T00:00:00+00:00", "2028-02-29T00:00:00+00:00"),
        ("P1DT2H3M4S", "2026-01-01T00:00:00+00:00", "2026-01-02T02:03:04+00:00"),
        ("PT0S", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"),
    ],
)
def test_after(text: str, start: str, end: str) -> None:
    duration = Duration.parse(text)
    assert duration.text == text
    assert duration.after(datetime.fromisoformat(start)) == datetime.fromisoformat(end)


def test_hours_are_elapsed_over_a_change_of_clocks_and_days_are_calendar_days() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 12, tzinfo=berlin)
    hours = Duration.parse("PT48H").after(start)
    assert (hours.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == 48 * 3600
    assert hours.hour == 11
    assert Duration.parse("P2D").after(start).hour == 12


@pytest.mark.parametrize("text", ["", "P", "PT", "48H", "PT1.5H", "-P1D", "P1H", "P1DT", "PT1H "])
def test_refused_durations(text: str) -> None:
    with pytest.raises(MomentRefused, match="ISO 8601"):
        Duration.parse(text)


def test_moments() -> None:
    assert moment("2026-11-20") == datetime(2026, 11, 20, tzinfo=UTC)
    assert moment("2026-11-20T10:00:00Z") == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert moment("2026-11-20T10:00:00+02:00") == datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "", "2026-13-01T00:00:00Z"])
def test_refused_moments(text: str) -> None:
    with pytest.raises(MomentRefused, match="not a date"):
        moment(text)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(MomentRefused, match="time zone"):
        moment("2026-11-20T10:00:00")
    with pytest.raises(MomentRefused, match="time zone"):
        aware(datetime(2026, 11, 20))
