"""Colour and light: both irises, skin of face and neck, and where the light comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.api import Abstain, Outcome, Sample, Value
from detectors.faces.tracks import CROP, Floats
from detectors.video.lanes import Lane, chart
from detectors.video.pairs import Look, looks
from detectors.video.people import main_person
from detectors.video.regions import Mask, box_of, median, regions

IRISES = (468, 473)
BRIDGE = 168
LEAST_PIXELS = 12
ROWS, COLUMNS = np.mgrid[0:CROP, 0:CROP]


@dataclass(frozen=True, kw_only=True)
class Colours:
    """Per crop, NaN where not measurable: ``eyes`` (M, 3) Lab difference of the irises, ``neck``
    (M, 3) of face and neck; ``light`` (M,) logarithm of left over right; ``glints`` (M, 2) where
    the reflection lies in each iris, as an angle in degrees."""

    times: NDArray[np.float64]
    eyes: NDArray[np.float64]
    neck: NDArray[np.float64]
    light: NDArray[np.float64]
    glints: NDArray[np.float64]


class Colour:
    """See the module."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Outcome with the differences; abstains when too few irises can be seen."""
        p = {name: float(value) for name, value in parameters.items()}
        faces = sample.faces()
        found = measured(looks(main_person(faces), most=int(p["most_frames"])))
        seen = int(np.isfinite(found.eyes[:, 0]).sum())
        if seen < p["least_frames"]:
            raise Abstain(
                f"Both irises can be seen in {seen} pictures; at least {p['least_frames']:.0f} are "
                "needed. The face is too small, or the eyes are closed or turned away."
            )
        details = summary(found)
        apart = float(details["iris_difference"])
        return Outcome(
            sentence=_sentence(details),
            score=round(min(apart, 200.0), 4),
            details=details,
            pictures=(
                chart(
                    _lanes(found), end=faces.windows[-1].end,
                    note="Differences in CIE Lab; about 2 can just be seen side by side.",
                    name="colour",
                    caption="Differences of the irises, of face and neck, and of left and right.",
                ),
            ),
        )  # fmt: skip


def measured(chosen: Sequence[Look]) -> Colours:
    """Colours of each crop."""
    rows = [_row(look) for look in chosen]
    table = np.array(rows, dtype=np.float64).reshape(-1, 9)
    return Colours(
        times=np.array([look.time for look in chosen]),
        eyes=table[:, 0:3], neck=table[:, 3:6], light=table[:, 6], glints=table[:, 7:9],
    )  # fmt: skip


def summary(found: Colours) -> dict[str, Any]:
    """The medians that the finding states; None where nothing was measurable."""
    return {
        "iris_difference": _length(found.eyes),
        "neck_difference": _length(found.neck[:, 1:]),
        "light_left_over_right": _middle(found.light),
        "light_unsteadiness": _unsteady(found.light),
        "glint_angle_difference": _middle(_turn(found.glints)),
        "pictures": int(np.isfinite(found.eyes[:, 0]).sum()),
    }


def _row(look: Look) -> list[float]:
    points = look.track.crops.place(look.number, look.track.points[look.frame])
    parts = regions(look.track, look.track.crops, look.number)
    irises = [_iris(points, centre) for centre in IRISES]
    lab = _lab(look.image, parts.skin | parts.neck | irises[0][1] | irises[1][1])
    row = [np.nan] * 9
    if all(int(ring.sum()) >= LEAST_PIXELS for ring, _ in irises):
        one, other = (_colour(lab, ring) for ring, _ in irises)
        row[0:3] = (one - other).tolist()
        row[7:9] = [_glint(lab[..., 0], disc, points[centre])
                    for (_, disc), centre in zip(irises, IRISES, strict=True)]  # fmt: skip
    if parts.neck.sum() >= 150 and parts.skin.sum() >= 200:
        row[3:6] = (_colour(lab, parts.skin) - _colour(lab, parts.neck)).tolist()
    middle = float(points[BRIDGE][0])
    there = box_of(parts.skin)
    skin, light = parts.skin[there], lab[..., 0][there]
    sides = (middle > COLUMNS[there], middle <= COLUMNS[there])
    left, right = (light[skin & side] for side in sides)
    if min(left.size, right.size) >= 100:
        row[6] = float(np.log((left.mean() + 1) / (right.mean() + 1)))
    return row


def _lab(image: NDArray[np.uint8], part: Mask) -> NDArray[np.float32]:
    """CIE Lab of the picture in the rows and columns that hold a part; 0 elsewhere."""
    lab = np.zeros(image.shape, dtype=np.float32)
    there = box_of(part)
    if part[there].size:
        lab[there] = cv2.cvtColor(image[there].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def _colour(lab: NDArray[np.float32], part: Mask) -> NDArray[np.float32]:
    """The median of each channel inside a part (3,)."""
    there = box_of(part)
    # a median along rows is found faster
    channels = np.ascontiguousarray(lab[there][part[there]].T)
    return np.array([median(channel) for channel in channels], dtype=np.float32)


def _iris(points: Floats, centre: int) -> tuple[Mask, Mask]:
    """The coloured ring of one iris, without pupil and rim, and its whole disc."""
    radius = float(np.linalg.norm(points[centre + 1] - points[centre + 3])) / 2
    x, y = float(points[centre][0]), float(points[centre][1])
    there = tuple(slice(max(0, int(at - radius)), max(0, int(at + radius) + 2)) for at in (y, x))
    away = np.hypot(COLUMNS[there] - x, ROWS[there] - y)
    ring, disc = np.zeros((2, CROP, CROP), dtype=np.bool_)
    ring[there] = (away < 0.95 * radius) & (away > 0.35 * radius)
    disc[there] = away < radius
    return ring, disc


def _glint(lightness: NDArray[np.float32], disc: Mask, centre: Floats) -> float:
    """Direction of the brightest tenth of an iris from its middle; NaN without a clear one."""
    there = box_of(disc)
    disc, lightness = disc[there], lightness[there]
    inside = lightness[disc]
    if inside.size < 4 * LEAST_PIXELS:
        return np.nan
    bright = disc & (lightness >= np.percentile(inside, 95))
    if lightness[bright].mean() < float(np.median(inside)) + 25:
        return np.nan
    down = ROWS[there][bright].mean() - centre[1]
    across = COLUMNS[there][bright].mean() - centre[0]
    return float(np.degrees(np.arctan2(down, across)))


def _length(differences: NDArray[np.float64]) -> float | None:
    known = differences[np.isfinite(differences).all(axis=1)]
    return round(float(np.linalg.norm(np.median(known, axis=0))), 3) if len(known) else None


def _middle(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(np.median(known)), 3) if known.size else None


def _unsteady(values: NDArray[np.float64]) -> float | None:
    steps = np.diff(values[np.isfinite(values)])
    return round(float(np.std(steps)), 4) if steps.size > 3 else None


def _turn(glints: NDArray[np.float64]) -> NDArray[np.float64]:
    apart = np.abs(glints[:, 0] - glints[:, 1])
    smaller: NDArray[np.float64] = np.minimum(apart, 360 - apart)
    return smaller


def _sentence(details: Mapping[str, Any]) -> str:
    words = (
        f"The two irises differ by {details['iris_difference']:.1f} in CIE Lab (median of "
        f"{details['pictures']} pictures)"
    )
    if details["neck_difference"] is not None:
        words += f", the skin of face and neck by {details['neck_difference']:.1f} in hue"
    if details["glint_angle_difference"] is not None:
        words += f"; their reflections point {details['glint_angle_difference']:.0f} degrees apart"
    return words + (
        ". Light from one side, turned heads, coloured lamps, glasses and make-up cause such "
        "differences as well."
    )


def _lanes(found: Colours) -> list[Lane]:
    eyes = np.linalg.norm(found.eyes, axis=1)
    neck = np.linalg.norm(found.neck[:, 1:], axis=1)
    return [
        Lane(label="difference of the irises", times=found.times, values=eyes, low=0.0,
             high=_top(eyes)),
        Lane(label="difference of face and neck (hue)", times=found.times, values=neck, low=0.0,
             high=_top(neck)),
        Lane(label="light, left over right (logarithm)", times=found.times, values=found.light,
             low=-0.6, high=0.6, level=0.0, level_label="even"),
    ]  # fmt: skip


def _top(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return max(10.0, float(np.percentile(known, 98))) if known.size else 10.0
