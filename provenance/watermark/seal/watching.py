"""Reading the seal of a video: first whose it is and in which order, then what was altered.

The file is decoded twice, because the pattern of a frame is known only when its number is.
Child only; what is kept of a frame is about two kilobytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from provenance.watermark.seal import events, film, identifier, label, order, sequence
from provenance.watermark.seal.identifier import Floats
from provenance.watermark.seal.label import Label
from provenance.watermark.seal.moving_map import Altered, Examiner
from provenance.watermark.seal.video import interval_of

WINDOW = 32
# mean agreement of a frame's coded bits with the label (noise alone: 0 +- 0.05)
_SURE = 0.3
_FOREIGN = 0.3


@dataclass(frozen=True)
class Watched:
    """What a sealed video says.

    ``agreement``: share of the coded bits of all frames together that agree with the label;
    ``altered``: places and times; ``tries``: how many times bits were checked;
    ``others``: further works whose seal was found.
    """

    label: Label
    agreement: float
    tries: int
    frames: int
    seconds: float
    order: sequence.Order
    events: list[events.Event]
    altered: Altered
    others: list[bytes]
    width: int
    height: int


@dataclass
class _Seen:
    times: list[float] = field(default_factory=list)
    softs: list[npt.NDArray[np.float16]] = field(default_factory=list)
    scores: list[Floats] = field(default_factory=list)
    width: int = 0
    height: int = 0


def read(path: Path, *, key: bytes) -> Watched | None:
    """The seal of a video under a key, or None. Raises UnreadableMedia, DecodesTooLarge."""
    seen = _first_look(path, key=key)
    if not seen.times:
        return None
    labels, tries = _labels(seen, key=key)
    if not labels:
        return None
    said, *others = labels
    softs = np.array(seen.softs, dtype=np.float32)
    signs = said.coded(key)
    total = softs.sum(axis=0) * signs
    shown, found = _numbered(seen, (softs @ signs / signs.size).astype(np.float32), said=said)
    examiner = Examiner(said, key=key)
    if found.judged:
        for one, frame in zip(shown, film.frames(path), strict=False):
            examiner.look(frame, number=one.number, most=len(shown))
    return Watched(
        label=said,
        agreement=float(np.mean(total > 0)),
        tries=tries,
        frames=len(shown),
        seconds=seen.times[-1] - seen.times[0],
        order=found,
        events=_events(shown, said=said) if found.judged else [],
        altered=examiner.result(),
        others=[other.work for other in others],
        width=seen.width,
        height=seen.height,
    )


def _events(shown: list[events.Shown], *, said: Label) -> list[events.Event]:
    return events.told(shown, frames=said.frames, interval=interval_of(said))


def _first_look(path: Path, *, key: bytes) -> _Seen:
    seen = _Seen()
    carrier = label.carrier(key)
    for frame in film.frames(path):
        view = identifier.view(frame.brightness())
        seen.times.append(frame.at)
        seen.softs.append(carrier.read(view.values).astype(np.float16))
        seen.scores.append(order.scores(view, key=key))
        seen.height, seen.width = frame.planes[0].shape
    return seen


def _labels(seen: _Seen, *, key: bytes) -> tuple[list[Label], int]:
    """Labels of videos in all frames together and in windows, the most frequent first; and the
    number of tries."""
    softs = seen.softs
    pieces = [softs, *(softs[at : at + WINDOW] for at in range(0, len(softs), WINDOW))]
    found: dict[Label, int] = {}
    for piece in pieces:
        said = label.decode(np.sum(piece, axis=0, dtype=np.float32), key)
        if said is not None and 0 < said.frames <= order.MOST:
            found[said] = found.get(said, 0) + len(piece)
    return sorted(found, key=lambda said: -found[said]), len(pieces)


def _numbered(
    seen: _Seen, agreements: Floats, *, said: Label
) -> tuple[list[events.Shown], sequence.Order]:
    """Every frame with its number, and how far the numbers can be relied on."""
    usual = float(np.median(agreements[agreements >= np.median(agreements)]))
    own = np.ones(len(agreements), dtype=bool)
    if usual >= _SURE:
        own = agreements >= _FOREIGN * usual
    raw = np.array([scores for scores, mine in zip(seen.scores, own, strict=True) if mine])
    found = sequence.find(raw, frames=said.frames)
    numbers = iter(found.numbers.tolist())
    shown = [
        events.Shown(at=at, number=next(numbers) if mine else None)
        for at, mine in zip(seen.times, own, strict=True)
    ]
    return shown, found
