"""What there is to train on: a CSV index of files in public repositories, or a plain folder.

The index has the columns modality, label (real or fake), generator, repo (owner/name), commit,
path, bytes and sha256; further columns are ignored. A folder holds ``real/<source>/...`` and
``fake/<generator>/...``: the name below ``real`` or ``fake`` says what belongs together.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from detectors.card import Modality
from detectors.training.errors import DataUnusable

COLUMNS = ("modality", "label", "generator", "repo", "commit", "path", "bytes", "sha256")
LABELS = {"real": False, "fake": True}
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One labelled file. ``source`` is what is left out as a whole (a repository, or a folder);
    ``at`` is where it lies, None while it is still inside a repository."""

    modality: Modality
    fake: bool
    generator: str
    source: str
    sha256: str
    path: str
    commit: str = ""
    at: Path | None = None


def read(data: Path, *, modality: Modality) -> list[Item]:
    """The items of one modality, in a fixed order. Raises :class:`DataUnusable`."""
    if data.is_dir():
        items = _folder(data, modality=modality)
    elif data.is_file():
        items = _index(data, modality=modality)
    else:
        raise DataUnusable(f"There is neither an index nor a folder at {data}.")
    labels = {item.fake for item in items}
    if labels != {True, False}:
        lacking = "files" if not labels else "generated files" if False in labels else "real files"
        raise DataUnusable(f"{data} names no {lacking} of the kind {modality}; both are needed.")
    return sorted(items, key=lambda item: (item.source, item.generator, item.path, item.sha256))


def _index(path: Path, *, modality: Modality) -> list[Item]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataUnusable(f"{path} lacks the column {', '.join(missing)}.")
            return [
                _item(line, where=f"{path}, line {reader.line_num}")
                for line in reader
                if line["modality"] == modality and line["label"] in LABELS
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataUnusable(f"{path} is no readable index: {error}.") from error


def _item(line: dict[str, str], *, where: str) -> Item:
    path = PurePosixPath(line["path"])
    sound = {
        "repo": REPOSITORY.fullmatch(line["repo"]),
        "commit": COMMIT.fullmatch(line["commit"]),
        "sha256": SHA256.fullmatch(line["sha256"]),
        "path": line["path"] and not path.is_absolute() and "\n" not in line["path"],
    }
    if flawed := [name for name, fine in sound.items() if not fine]:
        raise DataUnusable(f"{where}: the column {flawed[0]!r} cannot be right.")
    return Item(
        modality=Modality(line["modality"]),
        fake=LABELS[line["label"]],
        generator=line["generator"],
        source=line["repo"],
        sha256=line["sha256"],
        path=line["path"],
        commit=line["commit"],
    )


def _folder(folder: Path, *, modality: Modality) -> list[Item]:
    found = []
    for label, fake in LABELS.items():
        for path in sorted((folder / label).rglob("*")):
            if not path.is_file() or path.name.startswith("."):
                continue
            below = path.relative_to(folder / label).parts
            name = below[0] if len(below) > 1 else label
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            found.append(
                Item(
                    modality=modality,
                    fake=fake,
                    generator=name,
                    source=f"{label}/{name}",
                    sha256=sha256,
                    path=str(path.relative_to(folder)),
                    at=path,
                )
            )
    return found
