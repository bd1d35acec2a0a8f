"""Finding the credentials of a stripped copy again: by the mark inside it, or by how it looks.

A soft binding ties a manifest to content that may have been recompressed, rescaled or stripped
(C2PA 2.2, "Soft Bindings"; assertion ``c2pa.soft-binding``). Neither kind proves that a file *is*
the work: a mark can be copied into other content, and pictures can look alike. So every match is a
possible match, and it says how near it is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation import fingerprint
from foundation.media import UnreadableMedia, UnsupportedMedia
from provenance import watermark
from provenance.watermark import registry

LABEL = "c2pa.soft-binding"
PDQ = "org.probity.pdq.1"
"""32 bytes: PDQ of the picture as its pixels lie in the file."""

FAIR_QUALITY = 50
_BITS = fingerprint.BITS
_WAYS = (
    "", "turned by 90 degrees", "turned by 180 degrees", "turned by 270 degrees", "mirrored",
    "mirrored and turned by 90 degrees", "mirrored and turned by 180 degrees",
    "mirrored and turned by 270 degrees",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Binding:
    """One soft binding: an algorithm's name and its value."""

    algorithm: str
    value: bytes

    def assertion(self) -> dict[str, Any]:
        """The assertion for a manifest: label and data, over all of the content."""
        value = base64.b64encode(self.value).decode("ascii")
        data = {"alg": self.algorithm, "blocks": [{"scope": {}, "value": value}]}
        return {"label": LABEL, "data": data}


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is remembered of a work that was signed or sealed here."""

    work: str
    manifest_sha256: str
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a copy shows: hashes of its eight turns and mirrors, and the identifiers inside it.

    ``quality`` is that of the hash (0..100), None when the copy is no picture.
    """

    hashes: tuple[bytes, ...] = ()
    quality: int | None = None
    marks: tuple[Binding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Match:
    """A possible match: ``by`` is watermark (exact) or fingerprint; ``distance`` counts bits that
    differ of 256; ``score`` is 100 for equal, 0 for nothing in common."""

    record: Record
    by: str
    algorithm: str
    distance: int
    score: int
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain, with the work and its manifest in place of the record."""
        return {
            "work": self.record.work,
            "manifest_sha256": self.record.manifest_sha256,
            "by": self.by,
            "algorithm": self.algorithm,
            "distance": self.distance,
            "score": self.score,
            "sentence": self.sentence,
        }


def algorithms() -> dict[str, list[str]]:
    """The algorithms that can be asked for here: ``watermarks`` and ``fingerprints``."""
    cards = [entry.card for entry in registry.entries() if entry.card is not None]
    named = sorted(card.algorithm for card in cards if card.algorithm)
    return {"watermarks": named, "fingerprints": [PDQ]}


def bindings(path: Path, *, keys: Sequence[bytes] = ()) -> tuple[Binding, ...]:
    """Everything that a work can be found by, to be put into its manifest and its record.

    Raises the refusals of ``watermark.detect``.
    """
    seen = query(path, keys=keys)
    looks = (Binding(algorithm=PDQ, value=seen.hashes[0]),) if seen.hashes else ()
    return (*seen.marks, *looks)


def query(path: Path, *, keys: Sequence[bytes] = ()) -> Query:
    """Read a copy in the child: marks under the given keys, and the hash when it is a picture.

    Raises the refusals of ``watermark.detect``.
    """
    marks = []
    for seen in watermark.detect(path, keys=keys):
        card = registry.find(seen.scheme).card
        if seen.found and seen.payload is not None and card is not None and card.algorithm:
            marks.append(Binding(algorithm=card.algorithm, value=seen.payload))
    try:
        turns = fingerprint.of_image(path)
    except (UnreadableMedia, UnsupportedMedia):
        return Query(marks=tuple(marks))
    return Query(
        hashes=tuple(turn.hash for turn in turns), quality=turns[0].quality, marks=tuple(marks)
    )


def query_of(binding: Binding) -> Query:
    """The query for one value that somebody already has. A hash comes without its turns."""
    if binding.algorithm == PDQ:
        return Query(hashes=(binding.value,))
    return Query(marks=(binding,))


def find(
    asked: Query, records: Iterable[Record], *, radius: int = fingerprint.RADIUS
) -> list[Match]:
    """Possible matches, the surest first: the same identifier, then the nearest picture.

    ``radius`` is the most bits of 256 that may differ. A record appears once for each way.
    """
    found = [match for record in records for match in _compared(asked, record, radius=radius)]
    return sorted(found, key=lambda match: (match.by != "watermark", match.distance))


def values(data: Mapping[str, Any]) -> list[Binding]:
    """The bindings in a ``c2pa.soft-binding`` assertion; what is malformed is left out."""
    algorithm, blocks = data.get("alg"), data.get("blocks")
    if not isinstance(algorithm, str) or not isinstance(blocks, list):
        return []
    read = [_value(block.get("value")) for block in blocks if isinstance(block, Mapping)]
    return [Binding(algorithm=algorithm, value=value) for value in read if value]


def _value(raw: object) -> bytes | None:
    if isinstance(raw, bytes):
        return raw
    try:
        return base64.b64decode(raw, validate=True) if isinstance(raw, str) else None
    except (binascii.Error, ValueError):
        return None


def _compared(asked: Query, record: Record, *, radius: int) -> Iterator[Match]:
    for binding in record.bindings:
        if binding in asked.marks:
            yield Match(
                record=record,
                by="watermark",
                algorithm=binding.algorithm,
                distance=0,
                score=100,
                sentence=f"Possible match: the mark inside is {binding.value.hex()}, this work.",
            )
        elif binding.algorithm == PDQ and asked.hashes and len(binding.value) == _BITS // 8:
            far = [fingerprint.distance(variant, binding.value) for variant in asked.hashes]
            least = min(far)
            if least <= radius:
                yield _alike(asked, record, far=least, way=_WAYS[far.index(least)])


def _alike(asked: Query, record: Record, *, far: int, way: str) -> Match:
    how = f", when {way}" if way else ""
    sentence = f"Possible match: it looks like this work{how}; {far} of {_BITS} bits differ."
    if asked.quality is not None and asked.quality < FAIR_QUALITY:
        sentence += " The picture is so plain that others may look the same."
    return Match(
        record=record,
        by="fingerprint",
        algorithm=PDQ,
        distance=far,
        score=max(0, 100 - far * 200 // _BITS),
        sentence=sentence,
    )
