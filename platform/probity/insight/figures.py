"""What a figure is: a table with its units, and how a chart of it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from probity.core.clock import now
from probity.core.errors import InvalidInput

UTC = ZoneInfo("UTC")
#: Below so many people or cases a share says nothing and may point at somebody.
GROUP_MIN = 4
#: The most days at once, and how many when none are asked for.
DAYS_MAX = 366
PRESET = 28

Value = str | int | float | None


@dataclass(frozen=True)
class Span:
    """The days a figure is about, both included, in UTC."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)

    @property
    def days(self) -> list[date]:
        """Each day."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]


@dataclass(frozen=True)
class Series:
    """One row of marks of a chart; ``low`` and ``high`` bound each value where it is uncertain."""

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True)
class Chart:
    """Bars: one group per label, one bar per series. ``unit`` and ``n`` stand on the axis.

    ``stacked`` puts the bars of a group on each other; ``top`` fixes the end of the axis (1 for
    shares). A value that is None is not drawn, and said to be missing.
    """

    unit: str
    labels: Sequence[str]
    series: Sequence[Series]
    counts: Sequence[int] = ()
    stacked: bool = False
    top: float | None = None


@dataclass(frozen=True)
class Figure:
    """One figure: what it says, its table, and its chart."""

    key: str
    title: str
    says: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    chart: Chart | None = None
    note: str = ""
    units: Sequence[str] = field(default=())


def span_read(first: str, last: str) -> Span:
    """The days asked for, both included; the last four weeks when none are.

    Raises InvalidInput for what is no day, for an end before its beginning, or more than a year.
    """
    today = now().date()
    try:
        end = date.fromisoformat(last) if last else today
        begin = date.fromisoformat(first) if first else end - timedelta(days=PRESET - 1)
    except (ValueError, OverflowError):
        raise InvalidInput.of({"from": "Give days such as 2026-11-20."})
    if begin > end or begin.year < 2000 or end.year > 9000:
        raise InvalidInput.of({"from": "The first day must not lie behind the last."})
    if (end - begin).days >= DAYS_MAX:
        raise InvalidInput.of({"from": f"Ask for at most {DAYS_MAX} days at once."})
    return Span(begin, end)


def hours(length: timedelta | None) -> float | None:
    """A length of time in hours, to a tenth."""
    return None if length is None else round(length / timedelta(hours=1), 1)


def share(hits: int, count: int) -> float | None:
    """A share from 0 to 1, to a thousandth; None without a single case."""
    return round(hits / count, 3) if count else None


def rounded(value: float | None) -> float | None:
    """To three places."""
    return None if value is None else round(value, 3)


def drawn(value: Value) -> float | None:
    """A value of a table as a chart takes it; None for words."""
    return float(value) if isinstance(value, (int, float)) else None
