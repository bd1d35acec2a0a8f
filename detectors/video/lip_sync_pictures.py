"""What lip-sync shows: mouth and loudness over time, and their match at every delay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.api import Picture
from detectors.curves import curve
from detectors.draw import LINE, MARGIN, MARK, QUIET, RULE, WIDTH, Sheet
from detectors.faces import Track
from detectors.video.lanes import Lane, chart
from detectors.video.mouth import openings
from detectors.video.people import stretches
from detectors.video.speech import RATE, Curve, Speech, loudness_curves
from detectors.video.sync import Match

TOP, BOTTOM, LEFT = 96, 380, 112


def pictures(
    tracks: Sequence[Track], *, speech: Speech, found: Match, lead: float, end: float
) -> tuple[Picture, ...]:
    """The curves over time up to ``end`` (s), and the match; ``lead`` (s) as in the finding."""
    return _curves(tracks, speech=speech, end=end), _delays(found, lead=lead)


def _curves(tracks: Sequence[Track], *, speech: Speech, end: float) -> Picture:
    times: list[Curve] = []
    values: list[Curve] = []
    for track in tracks:
        for part in stretches(track, least=3):
            times.append(track.times[part])
            values.append(openings(track, part)[0])
    opening = np.concatenate(values)
    step = max(1, len(speech.energy) // 4000)
    loud = loudness_curves(speech)[0][::step]
    mouth = Lane(
        label="opening of the lips (share of the distance of the eyes)",
        times=np.concatenate(times), values=opening,
        low=float(opening.min()), high=float(opening.max()) + 1e-6,
    )  # fmt: skip
    sound = Lane(
        label="loudness of the speech band (logarithm)",
        times=speech.start + np.arange(len(loud)) * step / RATE, values=loud,
        low=float(loud.min()), high=float(loud.max()) + 1e-6,
    )  # fmt: skip
    return chart(
        [mouth, sound],
        end=end,
        note="Where somebody speaks, both curves rise and fall together.",
        name="lips-and-speech",
        caption="Opening of the lips above, loudness of the speech band below, over time.",
    )


def _delays(found: Match, *, lead: float) -> Picture:
    sheet = Sheet(height=BOTTOM + 60)
    right = WIDTH - MARGIN
    low, high = float(found.correlation.min()), max(float(found.correlation.max()), 0.05)
    first, last = float(found.lags[0]), float(found.lags[-1])

    def x(lag: float) -> float:
        return LEFT + (right - LEFT) * (lag - first) / (last - first)

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)

    for tick in np.arange(np.ceil(first * 2) / 2, last + 1e-9, 0.5):
        sheet.draw.line((x(tick), TOP, x(tick), BOTTOM), fill=RULE)
        sheet.text(x(tick), BOTTOM + 8, f"{tick:+.1f} s", size=17, colour=QUIET, anchor="ma")
    sheet.draw.line((LEFT, y(0), right, y(0)), fill=QUIET)
    line = [(x(lag), y(value)) for lag, value in zip(found.lags, found.correlation, strict=True)]
    sheet.draw.line(line, fill=LINE, width=3)
    sheet.draw.line((x(found.offset), TOP, x(found.offset), BOTTOM), fill=MARK, width=2)
    sheet.draw.line((x(lead), TOP, x(lead), BOTTOM), fill=QUIET, width=1)
    sheet.text(LEFT - 10, y(high), f"{high:.2f}", size=16, colour=QUIET, anchor="ra")
    sheet.text(LEFT - 10, y(0), "0", size=16, colour=QUIET, anchor="rm")
    caption = (
        f"Correlation of lips and sound at each delay; highest at {found.offset:+.2f} s. Sound "
        f"early on the left, late on the right. Grey: usual delay ({1000 * lead:.0f} ms)."
    )
    shown = curve(
        label="correlation of lips and sound (1 = they move as one)", times=found.lags,
        values=found.correlation, low=low, high=high, level=0.0, axis="delay",
    )  # fmt: skip
    return sheet.picture(name="delays", caption=caption, curves=[shown])
