"""Files in which the field exchanges hashes: reading and writing, line by line. Pure.

The forms are those of `threatexchange` (facebook/ThreatExchange, python-threatexchange 1.2):
plain text with ``type hash`` a line, and CSV with the columns ``collab, signal_type, signal_str,
category, tags``; JSON has the same names in a list. A vPDQ signal is a JSON list of
``hash,quality,seconds``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from foundation.errors import Refusal

FORMS: Final = ("csv", "json", "txt")
COLUMNS: Final = ("collab", "signal_type", "signal_str", "category", "tags")
CATEGORY: Final = "POSITIVE_CLASS"
KINDS: Final = {
    "pdq": "pdq",
    "vpdq": "video",
    "video_vpdq": "video",
    "md5": "md5",
    "video_md5": "md5",
    "sha256": "sha256",
    "file_sha256": "sha256",
}
"""Signal types of the field and what they are called here."""
NAMES: Final = {"pdq": "pdq", "video": "vpdq", "md5": "video_md5", "sha256": "sha256"}
MOST_LINES: Final = 5_000_000

_DIGITS = {"pdq": 64, "md5": 32, "sha256": 64}
_HEX = re.compile(r"^[0-9a-fA-F]+$")


class NotAnExchange(Refusal):
    """The file is none of the forms, or a line of it is wrong."""

    code = "not-an-exchange"
    status = 422


@dataclass(frozen=True, kw_only=True)
class Part:
    """One hash; of a film with its quality (0..100) and seconds from the start."""

    value: bytes
    quality: int | None = None
    at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """One thing that a bank knows: ``kind`` is pdq, video, md5 or sha256."""

    kind: str
    parts: tuple[Part, ...]
    tags: tuple[str, ...] = field(default=())
    source: str = ""


def form_of(name: str) -> str:
    """The form that a file's name ends with; plain text for any other."""
    ending = name.rpartition(".")[2].lower()
    return ending if ending in FORMS else "txt"


def read(text: str, *, form: str, plain_kind: str = "pdq") -> list[Known]:
    """What a file holds. ``plain_kind`` is the type of lines of plain text that name none.

    Raises NotAnExchange with the number of the first wrong line.
    """
    match form:
        case "csv":
            rows = _csv(text)
        case "json":
            rows = _json(text)
        case "txt":
            rows = _plain(text, plain_kind)
        case _:
            raise NotAnExchange(f"Banks are read as {', '.join(FORMS)}, not as “{form}”.")
    known = []
    for number, row in rows:
        if number > MOST_LINES:
            raise NotAnExchange(f"The file has more than {MOST_LINES:,} lines. Divide it.")
        known.append(_known(number, row))
    return known


def write(known: Iterable[Known], *, form: str, collab: str) -> str:
    """The file's text; ``collab`` names the bank. Raises NotAnExchange for an unknown form."""
    rows = [
        {
            "collab": collab,
            "signal_type": NAMES[each.kind],
            "signal_str": _signal(each),
            "category": CATEGORY,
            "tags": " ".join(each.tags),
        }
        for each in known
    ]
    if form == "json":
        return json.dumps(rows, indent=1) + "\n"
    out = io.StringIO()
    if form == "csv":
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    elif form == "txt":
        out.writelines(f"{row['signal_type']} {row['signal_str']}\n" for row in rows)
    else:
        raise NotAnExchange(f"Banks are written as {', '.join(FORMS)}, not as “{form}”.")
    return out.getvalue()


Row = dict[str, Any]


def _csv(text: str) -> Iterable[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(text))
    lacking = {"signal_type", "signal_str"} - set(reader.fieldnames or ())
    if lacking:
        raise NotAnExchange(f"The CSV lacks the column {min(lacking)} in its first line.")
    return ((reader.line_num, dict(row)) for row in reader)


def _json(text: str) -> Iterable[tuple[int, Row]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAnExchange("The file is not JSON. Export it again.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotAnExchange("The JSON is not a list of objects with signal_type and signal_str.")
    return enumerate(rows, start=1)


def _plain(text: str, plain_kind: str) -> Iterable[tuple[int, Row]]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip().split(" ", 1)
        if words == [""] or line.startswith("#"):
            continue
        kind, signal = (words[0], words[1]) if len(words) == 2 else (plain_kind, words[0])
        yield number, {"signal_type": kind, "signal_str": signal}


def _known(number: int, row: Row) -> Known:
    kind = KINDS.get(str(row.get("signal_type", "")).strip().lower())
    if kind is None:
        raise NotAnExchange(
            f"Line {number} has a signal of the type “{row.get('signal_type')}”; known are "
            f"{', '.join(sorted(KINDS))}."
        )
    tags = row.get("tags") or ""
    named = tags if isinstance(tags, list) else str(tags).split()
    signal = row.get("signal_str")
    parts = _frames(number, signal) if kind == "video" else (_single(number, kind, signal),)
    return Known(
        kind=kind, parts=parts, tags=tuple(str(tag) for tag in named),
        source=str(row.get("collab") or ""),
    )  # fmt: skip


def _single(number: int, kind: str, signal: object) -> Part:
    text = str(signal).strip()
    if len(text) != _DIGITS[kind] or not _HEX.match(text):
        raise NotAnExchange(
            f"Line {number} is no {kind} hash: it needs {_DIGITS[kind]} hexadecimal digits."
        )
    return Part(value=bytes.fromhex(text))


def _frames(number: int, signal: object) -> tuple[Part, ...]:
    try:
        listed = json.loads(signal) if isinstance(signal, str) else signal
        return _parts(listed)
    except (ValueError, TypeError, RecursionError):
        raise NotAnExchange(
            f"Line {number} is no vPDQ signal: it is a JSON list of “hash,quality,seconds”."
        ) from None


def _parts(listed: Any) -> tuple[Part, ...]:
    parts = []
    for one in listed:
        text, quality, at = str(one).split(",")
        if len(text) != _DIGITS["pdq"]:
            raise ValueError
        seconds = float(at)
        if not 0 <= seconds < 1e6:
            raise ValueError
        parts.append(
            Part(value=bytes.fromhex(text), quality=max(0, min(100, int(quality))), at=seconds)
        )
    if not parts:
        raise ValueError
    return tuple(parts)


def _signal(known: Known) -> str:
    if known.kind != "video":
        return known.parts[0].value.hex()
    return json.dumps(
        [
            f"{part.value.hex()},{100 if part.quality is None else part.quality},{part.at or 0:.3f}"
            for part in known.parts
        ]
    )
