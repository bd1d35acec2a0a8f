"""What happened to the order of a sealed video, from the number and time of every frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from typing import Any

MOST_TOLD = 50
_STEADY = 5
_SLOWER = 0.02
_UNEVEN = 0.5


@dataclass(frozen=True)
class Event:
    """``kind``: cut, moved, repeated, held, foreign or retimed. ``at``: seconds in the file as it
    is; ``first``, ``last``: numbers in the sealed video that it is about, None for foreign frames;
    ``frames``: how many are concerned."""

    kind: str
    at: float
    first: int | None
    last: int | None
    frames: int
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain."""
        return asdict(self)


@dataclass(frozen=True)
class Shown:
    """One frame of the file: seconds, and its number in the sealed video; None when the frame does
    not belong to it."""

    at: float
    number: int | None


def told(shown: Sequence[Shown], *, frames: int, interval: float | None) -> list[Event]:
    """Everything that is not as it was sealed, in the order of the file; at most ``MOST_TOLD``."""
    own = [(one.at, one.number) for one in shown if one.number is not None]
    if not own:
        return []
    found = [
        *_missing(own, frames=frames),
        *_order(own),
        *_foreign(shown),
        *(_pace(shown, interval=interval) if interval else ()),
    ]
    return sorted(found, key=lambda event: event.at)[:MOST_TOLD]


def _missing(own: list[tuple[float, int]], *, frames: int) -> Iterator[Event]:
    """Numbers that are nowhere in the file."""
    there = {number for _, number in own}
    before = {number: at for at, number in reversed(own)}
    for first, last in _spans(number for number in range(frames) if number not in there):
        at = before.get(first - 1, own[0][0])
        where = "from the beginning" if first == 0 else f"after {_clock(at)}"
        if last == frames - 1 and first:
            where = "from the end"
        yield Event(
            "cut", at, first, last, last - first + 1,
            f"{_count(last - first + 1)} {_were(last - first + 1)} cut {where}.",
        )  # fmt: skip


def _order(own: list[tuple[float, int]]) -> Iterator[Event]:
    """Frames that come again, and frames in another order than they were sealed in."""
    seen: set[int] = set()
    again: list[tuple[float, int]] = []
    highest = -1
    for (at, number), (_, before) in zip(own, [(0.0, -2), *own[:-1]], strict=False):
        if number in seen:
            again.append((at, number))
        elif number < highest and number != before + 1:
            yield Event(
                "moved", at, number, number, 1,
                f"At {_clock(at)} frame {number + 1} comes after frame {before + 1}: the order was "
                "changed.",
            )  # fmt: skip
        seen.add(number)
        highest = max(highest, number)
    yield from _repeats(again)


def _repeats(again: list[tuple[float, int]]) -> Iterator[Event]:
    """Runs of frames that were there before: one that is held, or several once more."""
    place = 0
    while place < len(again):
        end = place + 1
        while end < len(again) and 0 <= again[end][1] - again[end - 1][1] <= 1:
            end += 1
        run = again[place:end]
        (at, first), last, count = run[0], run[-1][1], len(run)
        if first == last:
            times = "once more" if count == 1 else f"{count} times more"
            sentence = f"At {_clock(at)} frame {first + 1} is shown {times}: the picture was held."
            yield Event("held", at, first, last, count, sentence)
        else:
            sentence = (
                f"At {_clock(at)} {_count(count)} ({first + 1} to {last + 1}) "
                f"{_were(count)} repeated."
            )
            yield Event("repeated", at, first, last, count, sentence)
        place = end


def _foreign(shown: Sequence[Shown]) -> Iterator[Event]:
    for strange, group in groupby(shown, key=lambda one: one.number is None):
        if strange:
            run = list(group)
            yield Event(
                "foreign", run[0].at, None, None, len(run),
                f"At {_clock(run[0].at)} {_count(len(run))} {_were(len(run))} put in that "
                f"{'does' if len(run) == 1 else 'do'} not belong to the sealed video.",
            )  # fmt: skip


def _pace(shown: Sequence[Shown], *, interval: float) -> Iterator[Event]:
    """Runs of successive frames that are shown faster or slower than they were sealed."""
    run: list[tuple[float, int]] = []
    for one in shown:
        if run and one.number != run[-1][1] + 1:
            yield from _pace_of(run, interval=interval)
            run = []
        if one.number is not None:
            run.append((one.at, one.number))
    yield from _pace_of(run, interval=interval)


def _pace_of(run: list[tuple[float, int]], *, interval: float) -> Iterator[Event]:
    if len(run) < _STEADY:
        return
    steps = [(later[0] - earlier[0]) / interval for earlier, later in pairwise(run)]
    usual = sorted(steps)[len(steps) // 2]
    first, last = run[0][1], run[-1][1]
    mean = sum(steps) / len(steps)
    if abs(usual - 1) > _SLOWER and abs(mean - 1) > _SLOWER:
        word = "slower" if mean > 1 else "faster"
        factor = mean if mean > 1 else 1 / mean
        yield Event(
            "retimed", run[0][0], first, last, len(run),
            f"From {_clock(run[0][0])} to {_clock(run[-1][0])} the video runs {factor:.2f} times "
            f"{word} than it was sealed.",
        )  # fmt: skip
        return
    for (at, number), step in zip(run, steps, strict=False):
        if abs(step - 1) > _UNEVEN:
            longer = "longer" if step > 1 else "shorter"
            yield Event(
                "retimed", at, number, number, 1,
                f"At {_clock(at)} frame {number + 1} is shown {longer} than it was sealed "
                f"({step * interval:.3f} instead of {interval:.3f} seconds).",
            )  # fmt: skip


def counts(found: Sequence[Event]) -> dict[str, int]:
    """How many events of each kind."""
    return dict(Counter(event.kind for event in found))


def _spans(numbers: Iterator[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


def _count(frames: int) -> str:
    return "one frame" if frames == 1 else f"{frames} frames"


def _were(frames: int) -> str:
    return "was" if frames == 1 else "were"


def _clock(seconds: float) -> str:
    return f"{int(max(0, seconds)) // 60}:{max(0.0, seconds) % 60:05.2f}"
