"""The manifest of a labelled set: a CSV file with the columns ``file``, ``modality``, ``label``
and, optionally, ``group`` and ``generator``; further columns are ignored.

``file`` is relative to the manifest, or to another folder that the caller names; ``modality`` is
image, audio or video; ``label`` is real or fake, rows with another label are counted and left out.
``group`` names what belongs together (a speaker, an utterance, a scene): files of one group never
stand on both sides of a fit. Without the column every file is its own group.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from detectors.api import DetectorError
from detectors.card import Modality

LABELS = {"real": False, "fake": True}
NEEDED = ("file", "modality", "label")


class ManifestInvalid(DetectorError):
    """The manifest cannot be used; the sentence names line and column."""

    code: ClassVar[str] = "manifest-invalid"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One labelled file. ``name`` is as the manifest has it, ``path`` where it lies."""

    name: str
    path: Path
    modality: Modality
    fake: bool
    group: str
    generator: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The usable rows, in the manifest's order; ``skipped`` counts the other labels."""

    path: Path
    rows: tuple[Row, ...]
    skipped: dict[str, int]
    grouped: bool


def read(path: Path, *, media: Path | None = None) -> Manifest:
    """Read and check a manifest whose files lie in ``media``, by default beside it.

    Raises :class:`ManifestInvalid`.
    """
    folder = path.parent if media is None else media
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            lines = [(reader.line_num, line) for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ManifestInvalid(f"{path} is no readable CSV file: {error}.") from error
    if missing := [name for name in NEEDED if name not in columns]:
        raise ManifestInvalid(f"{path} lacks the column {', '.join(missing)}.")
    rows, skipped = [], Counter[str]()
    for number, line in lines:
        label = (line["label"] or "").strip().lower()
        if label not in LABELS:
            skipped[label or "(empty)"] += 1
            continue
        rows.append(_row(line, where=f"{path}, line {number}", folder=folder))
    if not rows:
        raise ManifestInvalid(f"{path} names no file with the label real or fake.")
    _refuse_twins(rows, where=str(path))
    return Manifest(
        path=path,
        rows=tuple(rows),
        skipped=dict(sorted(skipped.items())),
        grouped="group" in columns,
    )


def _row(line: dict[str, str | None], *, where: str, folder: Path) -> Row:
    name = (line["file"] or "").strip()
    if not name or "\0" in name:
        raise ManifestInvalid(f"{where}: the column 'file' is empty.")
    modality = (line["modality"] or "").strip().lower()
    if modality not in set(Modality):
        known = ", ".join(Modality)
        raise ManifestInvalid(f"{where}: the modality {modality!r} is not one of {known}.")
    path = folder / name
    if not path.is_file():
        raise ManifestInvalid(f"{where}: there is no file {name} in {folder}.")
    return Row(
        name=name,
        path=path,
        modality=Modality(modality),
        fake=LABELS[(line["label"] or "").strip().lower()],
        group=(line.get("group") or "").strip() or f"file: {name}",
        generator=(line.get("generator") or "").strip(),
    )


def _refuse_twins(rows: list[Row], *, where: str) -> None:
    twice = [name for name, count in Counter(row.name for row in rows).items() if count > 1]
    if twice:
        raise ManifestInvalid(f"{where} names {twice[0]} twice; each file may stand there once.")
