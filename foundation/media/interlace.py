"""Frames of interlaced video brought to whole pictures, so that combs are not taken for traces.

A frame that is marked interlaced shows two moments, line by line. The lines of the later one are
found from their neighbours in space and time (FFmpeg's ``bwdif``, which joins yadif with the
filter of BBC R&D White Paper 065). Frames that are not marked stay as they are. Child only.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av.filter

FILTER = ("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
_BASE = Fraction(1, 1000)

Timed = tuple[float, int, Any]
"""Seconds, degrees to turn clockwise, frame."""


def whole(frames: Iterator[Timed]) -> Iterator[Timed]:
    """The same moments in the same order; from the first interlaced frame on through the filter.

    Where the filter cannot be had or gives up, frames come as they are.
    """
    fields: _Fields | None = None
    for one in frames:
        frame = one[2]
        if fields is None and not frame.interlaced_frame:
            yield one
            continue
        if fields is None or not fields.fits(frame):
            if fields is not None:
                yield from fields.rest()
            fields = _Fields(frame)
        yield from fields.give(one)
    if fields is not None:
        yield from fields.rest()


class _Fields:
    """One filter for frames of one shape. It answers a frame late, so moments wait in a list."""

    def __init__(self, frame: Any) -> None:
        self._shape = _shape(frame)
        self._given = 0
        self._waiting: dict[int, Timed] = {}
        self._graph: Any = _graph(frame)

    def fits(self, frame: Any) -> bool:
        """Whether the frame has the shape that the filter was made for."""
        return _shape(frame) == self._shape

    def give(self, one: Timed) -> Iterator[Timed]:
        """Put a frame in; what is ready comes out."""
        if self._graph is None:
            yield one
            return
        self._waiting[self._given] = one
        frame = one[2]
        frame.pts, frame.time_base = self._given, _BASE
        self._given += 1
        try:
            self._graph.push(frame)
        except MemoryError:
            raise
        except Exception:
            yield from self._give_up()
            return
        yield from self._ready()

    def rest(self) -> Iterator[Timed]:
        """The last frames, which waited for a next one."""
        if self._graph is None:
            return
        try:
            self._graph.push(None)
        except MemoryError:
            raise
        except Exception:
            yield from self._give_up()
            return
        yield from self._ready()
        yield from self._give_up()

    def _ready(self) -> Iterator[Timed]:
        while True:
            try:
                frame = self._graph.pull()
            except MemoryError:
                raise
            except Exception:  # nothing is ready yet, or the end
                return
            number = round(float(frame.pts * frame.time_base) / float(_BASE))
            known = self._waiting.pop(number, None)
            if known is not None:
                yield known[0], known[1], frame

    def _give_up(self) -> Iterator[Timed]:
        self._graph = None
        yield from self._waiting.values()
        self._waiting = {}


def _shape(frame: Any) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _graph(frame: Any) -> Any:
    """The configured filter, or None where this build lacks it or refuses the shape."""
    try:
        graph = av.filter.Graph()
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format.name, time_base=_BASE
        )
        name, options = FILTER
        fields, sink = graph.add(name, options), graph.add("buffersink")
        source.link_to(fields)
        fields.link_to(sink)
        graph.configure()
    except MemoryError:
        raise
    except Exception:
        return None
    return graph
