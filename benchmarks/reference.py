"""The reference clips and their labels, where the reference media are."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

LABELS = Path(__file__).parent / "video_labels.csv"
ABSENT = "The reference media are not here; set PROBITY_SHARED to their folder."


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A labelled file; ``label`` is real, fake or skip."""

    path: Path
    label: str
    group: str

    @property
    def name(self) -> str:
        """Short enough for a table."""
        return self.path.name[:44]


def media() -> Path | None:
    """The folder of the reference media, or None where it is not."""
    shared = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    folder = Path(shared) / "media"
    return folder if folder.is_dir() else None


def clips(*labels: str) -> list[Clip]:
    """The clips with these labels, in the table's order; none where the media are not here."""
    folder = media()
    if folder is None:
        return []
    with LABELS.open(encoding="utf-8", newline="") as rows:
        return [
            Clip(path=folder / row["file"], label=row["label"], group=row["group"])
            for row in csv.DictReader(rows)
            if row["label"] in labels
        ]
