"""Sound that was slowed with its pitch: a voice whose pitch and resonances no adult has.

The resonances (formants) of a throat lie about evenly spaced, the wider the shorter it is: K.
Johnson, Laboratory Phonology 11(1), 2020. Slowing lowers pitch and spacing by one factor, while
from person to person the spacing changes far less than the pitch. So their distance from the line
that people lie on tells the factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.audio.speech import Kind, look
from detectors.audio.stream import Floats, Sound
from detectors.video.shallowfake_measure import Measure

RATE = 16_000
PIECE = 64_000
LENGTH, HOP = 1024, 320
PITCH_HZ = (50.0, 450.0)
PERIODIC = 0.6
QUIETER_DB = 30.0
MOST_LOOKS = 400
LEAST_LOOKS = 40
FORMANTS = 4
WIDEST_HZ = 400.0
SOUND_CM = 35_000.0
"""Speed of sound in a warm, moist throat, cm/s."""

TRACT_CM = (14.0, 19.0)
SOURCE = (
    "A. Lammert and S. Narayanan, PLoS ONE 10(7) e0132193, 2015: vocal tracts of 14 to 19 cm; "
    "H. Traunmüller and A. Eriksson, 1995: typical pitch of men 120 Hz, of women 210 Hz"
)

_BACK = cv2.DFT_ROWS | cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT

Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Voice:
    """Median ``pitch`` and ``spacing`` of the formants, both in hertz."""

    pitch: float
    spacing: float

    def off(self, p: Mapping[str, float]) -> float:
        """Distance (natural logarithm) from the line of people; slowed voices lie below 0."""
        line = p["voice_base"] + p["voice_per_pitch"] * np.log(self.pitch)
        return float(np.log(self.spacing) - line)


def voiced(sound: Sound, *, p: Mapping[str, float]) -> Measure:
    """The measure of sound at 16 kHz."""

    blank = Measure(name="voice", unit="cm of vocal tract", ranges=(TRACT_CM,), source=SOURCE)
    if sound.size < p["speed_least_seconds"] * RATE:
        return replace(blank, not_judged="The sound is too short.")
    spoken = spoken_of(sound, p=p)
    found = voice(spoken) if spoken.size >= p["speed_least_seconds"] * RATE / 2 else None
    if found is None:
        return replace(blank, not_judged="There is too little speech in the sound.")
    more = {"pitch_hz": round(found.pitch, 1), "formant_spacing_hz": round(found.spacing, 1)}
    centimetres = SOUND_CM / (2 * found.spacing)
    value = round(centimetres, 2)
    if not p["voice_lowest_hz"] <= found.pitch <= p["voice_highest_hz"]:
        return replace(
            blank, value=value, more=more,
            not_judged="The voice is too low or too high to tell a slowed one from a natural one.",
        )  # fmt: skip
    factor = slowed_with_pitch(found, p=p)
    if factor is None:
        return replace(blank, value=value, more=more)
    remark = (
        f"The voice has a pitch of {found.pitch:.0f} Hz and resonances of a vocal tract of "
        f"{centimetres:.1f} cm, which do not go together in adults: the sound seems slowed with "
        f"its pitch, to about {factor:.2f} of its speed"
    )
    return replace(blank, value=value, factor=factor, remark=remark, more=more)


def slowed_with_pitch(found: Voice, *, p: Mapping[str, float]) -> float | None:
    """The speed that makes such a voice of a natural one; None where it may be natural."""
    off = found.off(p)
    if off > p["voice_off"]:
        return None
    told = p["voice_factor_base"] + p["voice_factor_per_off"] * off
    return round(float(np.clip(np.exp(told), 0.5, 0.95)), 3)


def voice(sound: Sound) -> Voice | None:
    """Pitch and formant spacing; None where too little is voiced."""
    pitch, sounding = _pitches(sound)
    at = np.flatnonzero(sounding)
    if at.size < LEAST_LOOKS:
        return None
    middle = float(np.median(pitch[at]))
    # few and wide formants in a high voice, many and narrow ones in a low one
    top = 4000 + 1000 * float(np.clip((middle - 110) / 80, 0, 1))
    at = at[np.linspace(0, at.size - 1, min(MOST_LOOKS, at.size)).astype(int)]
    spacings = _spacings(sound, middles=at * HOP + LENGTH // 2, top=top)
    if spacings.size < LEAST_LOOKS:
        return None
    return Voice(pitch=middle, spacing=float(np.median(spacings)))


def spoken_of(sound: Sound, *, p: Mapping[str, float]) -> Sound:
    """The pieces of four seconds that sound like speech, one after the other."""
    pieces = [sound[first : first + PIECE] for first in range(0, sound.size - RATE, PIECE)]
    kept = [
        piece for piece in pieces
        if look(piece, least_level_db=p["voice_level_db"], least_swing_db=p["voice_swing_db"],
                most_steady=p["voice_most_steady"]).kind is Kind.SPEECH
    ]  # fmt: skip
    return np.concatenate(kept) if kept else sound[:0]


def _pitches(sound: Sound) -> tuple[Floats, Bools]:
    """Pitch of each look by its autocorrelation (hertz), and which looks are voiced."""
    window = np.hanning(LENGTH)
    frames = np.lib.stride_tricks.sliding_window_view(sound, LENGTH)[::HOP]
    power = np.square(np.abs(np.fft.rfft(frames * window, 2 * LENGTH, axis=1)))
    hertz = np.fft.rfftfreq(2 * LENGTH, 1 / RATE)
    level = 10 * np.log10(power[:, (hertz > 100) & (hertz < 4000)].sum(axis=1) + 1e-12)
    low_power = np.zeros((len(frames), 2 * LENGTH))
    below = int(np.searchsorted(hertz, 1200))
    # OpenCV takes the first real part, then real and imaginary parts in turn
    low_power[:, 0], low_power[:, 1 : 2 * below - 1 : 2] = power[:, 0], power[:, 1:below]
    again = np.asarray(cv2.dft(low_power, flags=_BACK), dtype=np.float64)
    shape = np.correlate(window, window, "full")[LENGTH - 1 :]
    low, high = round(RATE / PITCH_HZ[1]), round(RATE / PITCH_HZ[0])
    near = again[:, low - 1 : high + 1] / np.maximum(again[:, :1], 1e-12)
    near = near / (shape[low - 1 : high + 1] / shape[0])
    now = near[:, 1:-1]
    peak = (now >= near[:, :-2]) & (now >= near[:, 2:])
    # of two periods that fit alike the shorter is the pitch
    merit = np.where(peak, now - 0.02 * np.log2(np.arange(low, high) / low), -1.0)
    best = merit.argmax(axis=1)
    fits = now[np.arange(len(now)), best] > PERIODIC
    loud = level > np.percentile(level, 95) - QUIETER_DB
    return RATE / (best + low), np.asarray(fits & loud)


def _spacings(sound: Sound, *, middles: NDArray[np.int64], top: float) -> Floats:
    """Formant spacing (hertz) of each look that shows enough formants below ``top`` hertz."""
    rate = 2 * top
    size = round(sound.size * rate / RATE)
    spectrum = np.fft.rfft(sound)
    narrow = np.fft.irfft(spectrum[: size // 2 + 1], size)
    narrow = np.append(narrow[0], narrow[1:] - 0.97 * narrow[:-1])
    length = round(0.03 * rate)
    first = (middles * rate / RATE).astype(int) - length // 2
    first = first[(first >= 0) & (first + length <= narrow.size)]
    looks = narrow[first[:, None] + np.arange(length)] * np.hamming(length)
    found = []
    for roots in _roots(looks, order=10 if top < 4300 else 12):
        hertz = np.angle(roots) * rate / (2 * np.pi)
        width = -np.log(np.maximum(np.abs(roots), 1e-9)) * rate / np.pi
        real = np.sort(hertz[(hertz > 150) & (hertz < top - 100) & (width < WIDEST_HZ)])
        if real.size >= FORMANTS:
            place = np.arange(FORMANTS) + 0.5
            found.append(float(place @ real[:FORMANTS] / (place @ place)))
    return np.array(found)


def _roots(looks: Floats, *, order: int) -> NDArray[np.complex128]:
    """Roots of each look's linear prediction (Levinson and Durbin)."""
    again = np.fft.irfft(np.square(np.abs(np.fft.rfft(looks, 2 * looks.shape[1], axis=1))), axis=1)
    again = again[:, : order + 1]
    again[:, 0] = again[:, 0] * (1 + 1e-6) + 1e-12
    given = np.zeros((len(looks), order + 1))
    given[:, 0], left = 1.0, again[:, 0].copy()
    for step in range(1, order + 1):
        turn = -(given[:, :step] * again[:, step:0:-1]).sum(axis=1) / left
        given[:, 1 : step + 1] += turn[:, None] * given[:, :step][:, ::-1].copy()
        left *= 1 - np.square(turn)
    companion = np.zeros((len(looks), order, order))
    companion[:, 0, :] = -given[:, 1:]
    companion[:, np.arange(1, order), np.arange(order - 1)] = 1.0
    return np.asarray(np.linalg.eigvals(companion), dtype=np.complex128)
