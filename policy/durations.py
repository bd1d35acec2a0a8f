"""ISO 8601 durations added to a moment, and moments with a time zone.

Hours, minutes and seconds are elapsed time. Days, weeks, months and years move the calendar date
in the moment's own zone; a month that lacks the day ends on its last day (2027-08-31 + P6M is
2028-02-29).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from policy.errors import MomentRefused

_PATTERN = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as written, e.g. PT48H, P7D, P6M; never negative."""

    text: str
    months: int
    days: int
    elapsed: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises MomentRefused unless `text` is an ISO 8601 duration of whole numbers."""
        match = _PATTERN.fullmatch(text)
        if match is None:
            raise MomentRefused(f"{text!r} is not an ISO 8601 duration; write PT48H, P7D or P6M.")
        part = {name: int(digits or 0) for name, digits in match.groupdict().items()}
        return cls(
            text=text,
            months=12 * part["years"] + part["months"],
            days=7 * part["weeks"] + part["days"],
            elapsed=timedelta(
                hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"]
            ),
        )

    def after(self, start: datetime) -> datetime:
        """The moment this long after `start`, in the zone of `start`."""
        month = start.month - 1 + self.months
        year, month = start.year + month // 12, month % 12 + 1
        day = min(start.day, calendar.monthrange(year, month)[1])
        moved = start.replace(year=year, month=month, day=day) + timedelta(days=self.days)
        if not self.elapsed:
            return moved
        # Elapsed time is counted in UTC, so that a change to summer time adds or takes no hour.
        return (moved.astimezone(UTC) + self.elapsed).astimezone(start.tzinfo)


def moment(text: str) -> datetime:
    """An ISO 8601 date (midnight UTC) or date-time with zone; raises MomentRefused."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
        return aware(datetime.fromisoformat(text))
    except ValueError:
        raise MomentRefused(
            f"{text!r} is not a date; write 2026-11-20 or 2026-11-20T12:00:00Z."
        ) from None


def aware(value: datetime) -> datetime:
    """`value` itself; raises MomentRefused when it has no time zone."""
    if value.tzinfo is None:
        raise MomentRefused(f"{value.isoformat()} has no time zone; add one, for example Z.")
    return value
