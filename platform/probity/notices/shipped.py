"""The texts that come with the product, one file per kind and language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .kinds import SHAPES, Kind

FOLDER = Path(__file__).resolve().parent / "texts"


@dataclass(frozen=True)
class Text:
    """Subject and body with their placeholders; a paragraph has no subject."""

    subject: str
    body: str


@lru_cache(maxsize=64)
def shipped_text(kind: Kind, language: str) -> Text:
    """The shipped words; the first line of the file is the subject. Raises OSError without one."""
    said = (FOLDER / language / f"{kind}.txt").read_text(encoding="utf-8")
    if SHAPES[kind].block:
        return Text("", said.strip())
    subject, _, body = said.partition("\n")
    return Text(subject.strip(), body.strip())
