"""The raw texts found in a file, before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LONGEST_TEXT = 2 * 2**20
MOST_TEXTS = 200


@dataclass
class Gathered:
    """``texts``: keyed texts (PNG text, EXIF, container tags) as (source, key, text); ``exif``:
    plain EXIF values by tag name; ``xmp``: XMP packets; ``traces``: encoder marks in the bytes;
    ``size``: width and height of the picture as it is; ``brand``: the container's own name of its
    kind and those it is compatible with."""

    texts: list[tuple[str, str, str]] = field(default_factory=list)
    exif: dict[str, Any] = field(default_factory=dict)
    xmp: list[bytes] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    size: tuple[int, int] | None = None
    brand: str | None = None
    location: bool = False
    thumbnail: dict[str, Any] | None = None
    not_read: list[str] = field(default_factory=list)

    def add(self, source: str, key: str, text: str) -> None:
        """Keep one text, within the limits."""
        if text.strip() and len(self.texts) < MOST_TEXTS:
            self.texts.append((source, key, text[:LONGEST_TEXT]))

    def missed(self, sentence: str) -> None:
        """Say once what could not be read."""
        if sentence not in self.not_read:
            self.not_read.append(sentence)
