"""The scheme: the institution's identifier in sound. Child only."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.watermark.api import WORK_ID_BYTES, Detection, Marked, Sample, Status
from provenance.watermark.chance import over_tries
from provenance.watermark.errors import KeyInvalid, PayloadInvalid, WatermarkRefused
from provenance.watermark.sound import identifier
from provenance.watermark.sound.embedding import Loudness, marked
from provenance.watermark.sound.finding import CANDIDATES, Found, find
from provenance.watermark.sound.pattern import PERIOD_SECONDS, RATE, Floats, pattern

ID = "audio"
LONGEST_SECONDS = 1200.0
"""As much of a recording is looked at, from its start."""

PART_SECONDS = 32.0
"""When the whole does not read, parts of this length are read by themselves: something may have
been cut out."""

ABSENT = (
    "No mark of this key was read from the sound. That says nothing about where it comes from: it "
    "may never have been marked, be too short, or have lost the mark."
)


class Sound:
    """A keyed identifier in sound; no map of changes."""

    def detect(self, sample: Sample, *, key: bytes | None) -> Detection:
        """Read the whole, then, if need be, parts."""
        secret = _must(key)
        sound = sample.sound(RATE, end=LONGEST_SECONDS)
        if sound.size < RATE:
            raise WatermarkRefused("The recording lasts less than a second; no mark fits into it.")
        tries, best = 0, None
        for begin, part in _parts(sound):
            seen = find(part, key=secret)
            if seen is None:
                continue
            tries += seen.tries
            best = best or seen
            if seen.read.fits:
                return _found(seen, begin=begin, seconds=part.size / RATE, tries=tries)
        return Detection(
            scheme=ID,
            status=Status.ABSENT,
            sentence=ABSENT,
            agreement=best.read.agreement if best else 0.0,
            bits=identifier.CODED,
        )

    def embed(self, sample: Sample, *, payload: bytes, key: bytes | None) -> Marked:
        """Mark all channels alike, in every period of the recording."""
        secret = _must(key)
        if len(payload) != WORK_ID_BYTES:
            raise PayloadInvalid(f"An identifier has {WORK_ID_BYTES} bytes, not {len(payload)}.")
        if (sample.probe.duration or PERIOD_SECONDS) < PERIOD_SECONDS:
            raise WatermarkRefused(
                f"The recording lasts {sample.probe.duration:.1f} s; a mark needs at least "
                f"{PERIOD_SECONDS:.0f} s."
            )
        chips = pattern(secret).chips(identifier.coded(payload, key=secret))
        cost = Loudness()
        details: dict[str, object] = {}

        def pieces() -> Iterator[tuple[int, Floats]]:
            yield from marked(sample.channels(), chips, cost=cost)
            details.update(cost.to_dict())

        return Marked(sound=pieces(), details=details)


def _must(key: bytes | None) -> bytes:
    if key is None:
        raise KeyInvalid("A mark in sound can only be seen with the key it was made with.")
    return key


def _parts(sound: Floats) -> Iterator[tuple[float, Floats]]:
    """Seconds of the beginning, and the sound: the whole first, then parts that overlap by half."""
    yield 0.0, sound
    length = int(PART_SECONDS * RATE)
    if sound.size > length:
        for begin in range(0, sound.size - length // 4, length // 2):
            yield begin / RATE, sound[begin : begin + length]


def _found(seen: Found, *, begin: float, seconds: float, tries: int) -> Detection:
    work = seen.read.work
    return Detection(
        scheme=ID,
        status=Status.FOUND,
        sentence=f"The mark of this key is in the sound: work {work.hex()}.",
        payload=work,
        text=f"work {work.hex()}",
        agreement=round(seen.read.agreement, 4),
        bits=identifier.CODED,
        false_alarm=over_tries(identifier.FALSE_ALARM, max(tries, CANDIDATES)),
        details={
            "certainty": round(seen.certainty, 1),
            "from_seconds": round(begin, 2),
            "to_seconds": round(begin + seconds, 2),
        },
    )
