"""Versions of lists that were in use here, each with its date: the memory behind ``--as-of``.

They lie in ``PROBITY_HOME/trust/versions/NAME/DATE-DIGEST/`` as the files that they were, with what
was said of them. A version is kept the first time that its list is used.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from foundation.home import home
from provenance.trust.lists import TrustList
from provenance.trust.sources import KEYS, PARTS, Source, description

_ABOUT = "about.yaml"
_MORE = frozenset({"own", "mixed", "kept_at", "sha256"})
_kept: set[Path] = set()


def keep(source: Source, known: TrustList) -> None:
    """Keep this version unless it is kept already. Where the state folder cannot be written to,
    nothing is kept: reading goes on, and another day's question will say what is missing."""
    place = _folder(source.name) / f"{known.date.isoformat()}-{known.sha256[:16]}"
    if place in _kept:
        return
    with suppress(OSError):
        if not (place / _ABOUT).is_file():
            _write(place, source, known)
        _kept.add(place)


def kept(name: str) -> list[Source]:
    """The kept versions of a list, the newest first; of two with the same date the one that was
    kept later comes first. Raises TrustListInvalid for one that was damaged."""
    found = []
    for folder in _folder(name).glob("*-*"):
        about = description(folder / _ABOUT, more=_MORE)
        if about:
            found.append((about["date"], str(about.get("kept_at", "")), _source(name, folder)))
    return [source for _, _, source in sorted(found, key=lambda row: row[:2], reverse=True)]


def _source(name: str, folder: Path) -> Source:
    about = description(folder / _ABOUT, more=_MORE)
    return Source(
        name=name,
        paths={
            part: folder / f"{part}.pem" for part in PARTS if (folder / f"{part}.pem").is_file()
        },
        described={key: value for key, value in about.items() if key in KEYS},
        own=bool(about.get("own")),
        mixed=bool(about.get("mixed")),
    )


def _folder(name: str) -> Path:
    return home() / "trust" / "versions" / name


def _write(place: Path, source: Source, known: TrustList) -> None:
    """Write the folder beside its place, then move it there whole."""
    import yaml

    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".", dir=place.parent))
    try:
        for part, path in source.paths.items():
            shutil.copyfile(path, making / f"{part}.pem")
        about = {
            **source.described,
            "own": source.own,
            "mixed": source.mixed,
            "sha256": known.sha256,
            "kept_at": dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
        }
        text = yaml.safe_dump(about, allow_unicode=True)
        (making / _ABOUT).write_text(text, encoding="utf-8")
        with suppress(OSError):
            making.rename(place)
    finally:
        shutil.rmtree(making, ignore_errors=True)
