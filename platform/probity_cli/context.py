"""Where the engines meet: what provenance knows of a file, in the form that detectors take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from detectors.assessment import Indication
from foundation.errors import Refusal
from provenance import indications, metadata, verify, watermark

Record = Mapping[str, Any]


def indications_of(path: Path) -> list[Indication]:
    """What its credentials, metadata and public watermarks say for and against a file.

    A source that cannot be read says nothing.
    """
    return joined(
        _read(lambda: verify.read(path).to_dict()),
        _read(lambda: metadata.read(path).to_dict()),
        path,
    )


def joined(credentials: Record | None, plain: Record | None, path: Path) -> list[Indication]:
    """The same from records that were read before."""
    marks: list[Record] = []
    with suppress(Refusal):  # a file that can hold no mark says nothing
        marks = [one.to_dict() for one in watermark.detect(path)]
    found = indications.find(credentials, plain, marks)
    return [Indication.from_dict(one.to_dict()) for one in found]


def _read(read: Callable[[], Record]) -> Record | None:
    try:
        return read()
    except Refusal:
        return None
