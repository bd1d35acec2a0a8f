"""Thresholds and factors for the speed of sound, fitted to recordings slowed by a known factor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectors.audio.stream import Sound
from detectors.ground_truth.slowing import Way
from detectors.video.shallowfake_stretch import Splices, slowed_to, splices
from detectors.video.shallowfake_voice import Voice, slowed_with_pitch, spoken_of, voice

if TYPE_CHECKING:
    from benchmarks.video_edits_sound import Copy

Floats = NDArray[np.float64]
Parameters = Mapping[str, float]

TIMES_UNTOUCHED = 1.25
"""How many times the strongest beat of sound with no splices a told one must swing."""

BELOW_NATURAL = 0.01
"""How much further from the line of people than all natural voices a told one must lie."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """``voice`` is None without enough speech."""

    splices: Splices
    voice: Voice | None


def measured(sound: Sound, *, p: Parameters) -> Measured:
    """Of sound at 16 kHz."""
    heard = sound[: round(p["speed_seconds"] * 16_000)]
    spoken = spoken_of(heard, p=p)
    found = voice(spoken) if spoken.size >= p["speed_least_seconds"] * 8_000 else None
    return Measured(splices=splices(heard), voice=found)


def told(one: Measured, measure: str, *, p: Parameters) -> float | None:
    """The speed that the measure tells, 1 where it is quiet, None where it does not judge."""
    if measure == "splices":
        found = one.splices
        sure = found.swing >= p["splice_swing"] and found.stands_out >= p["splice_stands_out"]
        return slowed_to(found, p=p) if sure else 1.0
    if one.voice is None or not _in_range(one.voice, p):
        return None
    return slowed_with_pitch(one.voice, p=p) or 1.0


def fitted(copies: Collection[Copy], *, p: Parameters) -> dict[str, float]:
    """Everything about the speed of sound on the card that is learnt."""
    whole = [one for one in copies if one.way is not Way.STRETCHED]
    highest = max(one.measured.splices.swing for one in whole)
    learnt = {"splice_swing": TIMES_UNTOUCHED * highest}
    learnt |= _stretch(copies, p={**p, **learnt})
    return learnt | _voice(whole, p=p)


def _stretch(copies: Collection[Copy], *, p: Parameters) -> dict[str, float]:
    rows = [one for one in copies if one.way is Way.STRETCHED
            and one.measured.splices.swing >= p["splice_swing"]]  # fmt: skip
    table = np.array([[1.0, one.measured.splices.lag_share, one.measured.splices.like_share]
                      for one in rows])  # fmt: skip
    weights = _weights(rows)
    wanted = np.array([1 - one.factor for one in rows])
    found = _least_squares(table, wanted, weights)
    names = ("stretch_base", "stretch_per_lag", "stretch_per_like")
    return dict(zip(names, found.tolist(), strict=True))


def _voice(copies: Collection[Copy], *, p: Parameters) -> dict[str, float]:
    rows = [(one, one.measured.voice) for one in copies if one.measured.voice is not None]
    natural = [(one, voice) for one, voice in rows if one.way is Way.NONE]
    line = _least_squares(
        np.array([[1.0, np.log(voice.pitch)] for _, voice in natural]),
        np.log([voice.spacing for _, voice in natural]),
        _weights([one for one, _ in natural]),
    )
    learnt = {"voice_base": float(line[0]), "voice_per_pitch": float(line[1])}
    known = {**p, **learnt}
    learnt["voice_off"] = (
        min(voice.off(known) for _, voice in natural if _in_range(voice, p)) - BELOW_NATURAL
    )
    turn = _least_squares(
        np.array([[1.0, voice.off(known)] for _, voice in rows]),
        np.log([one.factor for one, _ in rows]),
        _weights([one for one, _ in rows]),
    )
    return learnt | {
        "voice_factor_base": float(turn[0]), "voice_factor_per_off": float(turn[1]),
    }  # fmt: skip


def _in_range(voice: Voice, p: Parameters) -> bool:
    return p["voice_lowest_hz"] <= voice.pitch <= p["voice_highest_hz"]


def _weights(copies: Collection[Copy]) -> Floats:
    """Each group counts once."""
    groups = [one.group for one in copies]
    return np.array([1 / groups.count(group) for group in groups])


def _least_squares(table: Floats, wanted: Floats, weights: Floats) -> Floats:
    root = np.sqrt(weights)
    found = np.linalg.lstsq(table * root[:, None], wanted * root, rcond=None)[0]
    return np.asarray(found, np.float64)
