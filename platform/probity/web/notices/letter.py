"""A plain text as a page shows it: headings, paragraphs, lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HEADING_MOST = 60


@dataclass(frozen=True)
class Block:
    """``heading``, ``paragraph`` or ``list``, with its lines."""

    kind: str
    lines: list[str]


def letter_blocks(text: str) -> list[Block]:
    """The text's parts: a short first line without a full stop is a heading, dashes are a list."""
    return [block for part in text.strip().split("\n\n") for block in _part(part.splitlines())]


def _part(lines: list[str]) -> Iterator[Block]:
    if lines and _heading(lines[0]):
        yield Block("heading", [lines[0]])
        lines = lines[1:]
    listed: list[str] = []
    for line in lines:
        if line.startswith("- "):
            listed.append(line[2:])
            continue
        if listed:
            yield Block("list", listed)
            listed = []
        yield Block("paragraph", [line])
    if listed:
        yield Block("list", listed)


def _heading(line: str) -> bool:
    return len(line) <= HEADING_MOST and line[-1:].isalnum() and not line.startswith("- ")
