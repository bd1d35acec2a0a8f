"""A bank's file, asked offline: is this picture or film known, or are these very bytes?"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foundation import fingerprint
from foundation.errors import Refusal
from foundation.fingerprint import exchange
from foundation.fingerprint.index import Index, codes_of
from foundation.fingerprint.segments import Hit, common
from foundation.media import Kind, MediaRefusal, Probe

SOURCE = "bank"
LEAST_QUALITY = 50
_PART = 1 << 20


class BankUnreadable(Refusal):
    """The bank's file cannot be used."""

    code = "bank-unreadable"
    status = 422


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing that a file matched, in a sentence."""

    sentence: str
    distance: int


class KnownHashes:
    """Everything in a bank's file, ready to be asked."""

    def __init__(self, known: list[exchange.Known], *, name: str, radius: int) -> None:
        self.name = name
        self.radius = radius
        self._known = known
        near = [
            (number, part)
            for number, each in enumerate(known)
            if each.kind in {"pdq", "video"}
            for part in each.parts
            if part.quality is None or part.quality >= LEAST_QUALITY
        ]
        self._near = near
        self._index = Index(codes_of([part.value for _, part in near]), np.arange(len(near)))
        self._exact = {
            (each.kind, each.parts[0].value) for each in known if each.kind in {"md5", "sha256"}
        }

    def __len__(self) -> int:
        return len(self._known)

    def asks(self, path: Path, *, probe: Probe) -> list[Found]:
        """What a file matches, the surest first; nothing for a file that cannot be decoded."""
        found = self._bytes(path)
        if self._near:
            try:
                found += self._picture(path) if probe.kind == Kind.IMAGE else []
                found += self._film(path) if _moves(probe) else []
            except MediaRefusal:
                return found
        return sorted(found, key=lambda each: each.distance)

    def _bytes(self, path: Path) -> list[Found]:
        if not self._exact:
            return []
        digests = {"md5": hashlib.md5(usedforsecurity=False), "sha256": hashlib.sha256()}
        with path.open("rb") as file:
            while part := file.read(_PART):
                for digest in digests.values():
                    digest.update(part)
        return [
            Found(sentence=f"The very same bytes are in {self.name} ({kind}).", distance=0)
            for kind, digest in digests.items()
            if (kind, digest.digest()) in self._exact
        ][:1]

    def _picture(self, path: Path) -> list[Found]:
        looks = fingerprint.of_image(path)
        turns = [each for each in looks if each.quality >= LEAST_QUALITY]
        best = min(
            (int(bits) for turn in turns for bits in self._index.near(
                turn.hash, radius=self.radius)[1][:1]),
            default=None,
        )  # fmt: skip
        if best is None:
            return []
        sentence = f"It looks like a picture in {self.name} ({best} of 256 bits differ)."
        return [Found(sentence=sentence, distance=best)]

    def _film(self, path: Path) -> list[Found]:
        frames = [each for each in fingerprint.of_film(path) if each.pdq.quality >= LEAST_QUALITY]
        hits: dict[int, list[Hit]] = defaultdict(list)
        still: int | None = None
        for frame in frames:
            names, apart = self._index.near(frame.pdq.hash, radius=self.radius)
            for place, bits in zip(names.tolist(), apart.tolist(), strict=True):
                number, part = self._near[place]
                if self._known[number].kind == "pdq":
                    still = bits if still is None else min(still, bits)
                    continue
                hits[number].append(Hit(at=frame.at, known_at=part.at or 0.0, distance=bits))
        found = []
        if still is not None:
            sentence = f"A frame looks like a picture in {self.name} ({still} of 256 bits differ)."
            found.append(Found(sentence=sentence, distance=still))
        for each in hits.values():
            if part_of := common(each, frames=len(frames)):
                sentence = (
                    f"From second {part_of.at:.0f} on it looks like a film in {self.name}, there "
                    f"from second {part_of.known_at:.0f} on, for {part_of.seconds:.0f} seconds "
                    f"({part_of.distance} of 256 bits differ)."
                )
                found.append(Found(sentence=sentence, distance=part_of.distance))
        return found


def _moves(probe: Probe) -> bool:
    return probe.kind == Kind.VIDEO or probe.animated


def load(place: Path, *, radius: int) -> KnownHashes:
    """Read a bank's file; its ending says its form. Raises BankUnreadable, NotAnExchange."""
    try:
        text = place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BankUnreadable(f"{place} cannot be read as text: {error}.") from None
    known = exchange.read(text, form=exchange.form_of(place.name))
    if not known:
        raise BankUnreadable(f"{place} holds no hash.")
    return KnownHashes(known, name=place.name, radius=radius)


def digest(place: Path | None) -> str:
    """The file's SHA-256, by which an old scan is told to be of another bank."""
    if place is None or not place.is_file():
        return ""
    return hashlib.sha256(place.read_bytes()).hexdigest()
