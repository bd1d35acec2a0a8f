"""Sealing one picture, and reading what is left of a seal. Pure functions on arrays.

Pictures are height x width x 3, uint8, red-green-blue; planes are height x width, float32, grey
levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from provenance.watermark.seal import identifier, label, pattern, tampering, tone
from provenance.watermark.seal.identifier import Floats
from provenance.watermark.seal.label import Label
from provenance.watermark.seal.pattern import Lattice
from provenance.watermark.seal.tampering import Judgement
from provenance.watermark.seal.tone import Tone

Pixels = npt.NDArray[np.uint8]

LEAST_SIDE = 192
_NATIVE_BLOCK = 16
_STEP = 9.0
_MARGIN = 3.0
_LABEL_ROUNDS = 3
_PATTERN_ROUNDS = 6
_CLIPPED_SHARE = 0.02


@dataclass(frozen=True)
class Spending:
    """What the label may ``cost`` (grey levels, root mean square), within bounds of its strength
    (1: as strong in each coded bit as the picture itself)."""

    cost: float
    least: float
    most: float


_SPENDING = Spending(cost=1.4, least=0.6, most=2.0)


@dataclass(frozen=True)
class Read:
    """``agreement``: share of the coded bits that agree with the label, 0..1; ``tries``: how many
    places were looked at; ``tone`` and ``judgement``: None in a frame of a video."""

    label: Label
    agreement: float
    tries: int
    tone: Tone | None = None
    judgement: Judgement | None = None


def brightness(picture: Pixels) -> Floats:
    """Grey levels (ITU-R BT.601)."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)


def grid(*, width: int, height: int) -> tuple[int, int]:
    """Rows and columns of blocks of a picture: blocks of about 16 pixels, larger ones where there
    would be more than the label can count."""
    side = max(_NATIVE_BLOCK, max(width, height) / label.MOST_BLOCKS)
    return max(1, round(height / side)), max(1, round(width / side))


def seal(picture: Pixels, *, work: bytes, key: bytes) -> Pixels:
    """The sealed picture; ``work`` has eight bytes. Sides are at least ``LEAST_SIDE``."""
    height, width = picture.shape[:2]
    rows, columns = grid(width=width, height=height)
    said = Label(work=work, rows=rows, columns=columns)
    room = headroom(brightness(picture))
    plane = brightness(picture) + room
    small = identifier.resized(plane, width=identifier.SIDE, height=identifier.SIDE)
    added = label_change(small, said=said, key=key, spending=_SPENDING)
    added = room + identifier.resized(added, width=width, height=height)
    return _with_pattern(picture, added=added, lattice=_lattice(said, key=key))


def headroom(plane: Floats) -> Floats:
    """A change that takes white and black off their limits, where no mark could hold."""
    return np.clip(plane, _MARGIN, 255 - _MARGIN) - plane


def _lattice(said: Label, *, key: bytes) -> Lattice:
    name = f"still {said.work.hex()}"
    return pattern.lattice(key, name, rows=said.rows, columns=said.columns, step=_STEP)


def label_change(small: Floats, *, said: Label, key: bytes, spending: Spending) -> Floats:
    """The change of a plane of ``SIDE`` x ``SIDE`` that puts the label in."""
    cost = float(np.sqrt(np.mean(_label_change(small, said=said, key=key, strength=1.0) ** 2)))
    strength = float(np.clip(spending.cost / max(cost, 1e-3), spending.least, spending.most))
    return _label_change(small, said=said, key=key, strength=strength)


def _label_change(small: Floats, *, said: Label, key: bytes, strength: float) -> Floats:
    carrier, signs = label.carrier(key), said.coded(key)
    marked = small
    for _ in range(_LABEL_ROUNDS):
        seen = identifier.view(marked)
        lack = np.maximum(0, strength - carrier.read(seen.values) * signs) * signs
        marked = marked + identifier.change(seen, values=carrier.spread(lack))
    return marked - small


def _with_pattern(picture: Pixels, *, added: Floats, lattice: Lattice) -> Pixels:
    """The picture with the change ``added`` (a plane) and the semi-fragile pattern on top.

    Where a colour is at its limit the rest must give way, so it takes some rounds.
    """
    height, width = picture.shape[:2]
    rows, columns, _ = lattice.offsets.shape
    marked = _plus(picture, added)
    values = pattern.held(brightness(marked), rows=rows, columns=columns).values
    goal = lattice.nearest(values)
    for _ in range(_PATTERN_ROUNDS):
        added = added + pattern.change(goal - values, width=width, height=height)
        marked = _plus(picture, added)
        values = pattern.held(brightness(marked), rows=rows, columns=columns).values
    return marked


def _plus(picture: Pixels, added: Floats) -> Pixels:
    """The picture with every colour changed alike, rounded and kept within 0..255."""
    channels = [cv2.add(channel, added, dtype=cv2.CV_8U) for channel in cv2.split(picture)]
    return np.asarray(cv2.merge(channels), dtype=np.uint8)


def read(picture: Pixels, *, key: bytes) -> Read | None:
    """The seal under this key, or None."""
    plane = brightness(picture)
    soft = label.carrier(key).read(identifier.view(plane).values)
    said = label.decode(soft, key)
    if said is None:
        return None
    agreement = float(np.mean(soft * said.coded(key) > 0))
    if said.frames:
        return Read(label=said, agreement=agreement, tries=1)
    lattice = _lattice(said, key=key)
    held = pattern.held(plane, rows=said.rows, columns=said.columns)
    changed = tone.find(held, lattice)
    judgement = tampering.judge(lattice.fit(held.values / changed.factors(held.light)))
    if changed.changed:
        judgement = judgement.but_not(_clipped(picture, rows=said.rows, columns=said.columns))
    return Read(label=said, agreement=agreement, tries=1, tone=changed, judgement=judgement)


def _clipped(picture: Pixels, *, rows: int, columns: int) -> npt.NDArray[np.bool_]:
    """Blocks where a colour is at its limit, so that a change of contrast has lost something."""
    limit = ((picture.max(axis=2) >= 254) | (picture.min(axis=2) <= 1)).astype(np.float32)
    return identifier.resized(limit, width=columns, height=rows) > _CLIPPED_SHARE
