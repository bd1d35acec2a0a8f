"""What was checked, and a bundle opened for further checks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from foundation.bundle import standalone
from foundation.errors import Refusal

PASSED, FAILED, UNCHECKED = standalone.PASSED, standalone.FAILED, standalone.UNCHECKED


class NoBundle(Refusal):
    """The file is not an evidence bundle."""

    code: ClassVar[str] = "no-bundle"


@dataclass(frozen=True)
class Check:
    """One row of the table; ``state`` is passed, failed or could not check."""

    check: str
    state: str
    words: str


def bundle_open(path: Path) -> standalone.Bundle:
    """Open a bundle for reading; raises NoBundle."""
    try:
        return standalone.Bundle(str(path))
    except Exception as error:
        raise NoBundle(f"{path} is no evidence bundle: {error}.") from None


@contextmanager
def originals(bundle: standalone.Bundle) -> Iterator[dict[str, Path]]:
    """Every original file unpacked under its SHA-256, one folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="probity-bundle-") as folder:
        found: dict[str, Path] = {}
        for name in bundle.under("data/assets/"):
            parts = name.split("/")
            if parts[3:] == ["original"]:
                path = Path(folder) / parts[2]
                _unpack(bundle, name, path)
                found[parts[2]] = path
        yield found


def _unpack(bundle: standalone.Bundle, name: str, target: Path) -> None:
    with bundle.zip.open(bundle.top + name) as source, target.open("wb") as out:
        for block in iter(lambda: source.read(standalone.CHUNK), b""):
            out.write(block)


def records(bundle: standalone.Bundle, folder: str) -> list[dict[str, Any]]:
    """Every JSON record of a folder below ``data/``."""
    return [bundle.json(name) for name in bundle.under(f"data/{folder}/") if name.endswith(".json")]
