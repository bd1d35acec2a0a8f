"""Adding a list of one's own: read, validated, named, dated, and only then put in its place."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import Any

from provenance.errors import TrustListInvalid
from provenance.trust import loading, lote, sources
from provenance.trust.lists import TrustList
from provenance.trust.sources import NAME, own_folder, own_paths, own_source, public

PURPOSES = {"signers": "anchors", "time-stamps": "time_stamps", "allowed": "allowed"}


def add(
    path: Path,
    *,
    name: str,
    purpose: str = "signers",
    title: str | None = None,
    date: dt.date | None = None,
    next_update: dt.date | None = None,
    note: str | None = None,
) -> TrustList:
    """Take a file of certificates (PEM, or JSON of ETSI TS 119 602) into the own list ``name``.

    ``purpose`` is signers, time-stamps or allowed (single signers). A part that the list has
    already is replaced, and its old version is kept. What the file says of itself (title and dates)
    counts where nothing else is given; the date is today's otherwise.

    Raises TrustListInvalid with the certificate that does not fit and why; nothing is changed then.
    """
    # Imported late: the list of commands must not pay for the certificate library.
    from provenance.trust import files as contents

    if name in public() or not NAME.fullmatch(name):
        raise TrustListInvalid(
            f"{name!r} cannot be the name of an own list: use small letters, digits and hyphens, "
            f"at most 40, and none of {', '.join(public())}."
        )
    if purpose not in PURPOSES:
        raise TrustListInvalid(f"A list is for {', '.join(PURPOSES)}, not for {purpose!r}.")
    text = contents.read(name, path)
    told: dict[str, Any] = {}
    if text.lstrip()[:1] == b"{":
        entities = lote.read(name, text)
        text = entities.pem
        told = {
            "title": entities.title, "date": entities.date, "next_update": entities.next_update,
        }  # fmt: skip
    text = contents.cleaned(name, text, purpose=PURPOSES[purpose])
    folder = own_folder(make=True)
    if folder is None:
        raise TrustListInvalid("There is no folder for own lists.")
    place = own_paths(folder, name)
    if purpose != "signers" and not place["anchors"].is_file():
        raise TrustListInvalid(
            f"There is no own list {name!r} yet: add its signers first (--for signers)."
        )
    before = _before(name)
    about = {**before, **{key: value for key, value in told.items() if value}}
    given = {"title": title, "date": date, "next_update": next_update, "note": note}
    about |= {key: value for key, value in given.items() if value}
    about["date"] = date or told.get("date") or dt.datetime.now(dt.UTC).date()
    _write(place[PURPOSES[purpose]], text)
    _describe(folder / f"{name}.yaml", about)
    return loading.load([name]).lists[0]


def _before(name: str) -> dict[str, Any]:
    """What is said of the list so far; loading it keeps its version."""
    folder = own_folder()
    if folder is None or not own_paths(folder, name)["anchors"].is_file():
        return {}
    loading.load([name])
    return dict(own_source(folder, name).described)


def _describe(path: Path, about: dict[str, Any]) -> None:
    import yaml

    known = {key: value for key, value in about.items() if key in sources.KEYS}
    _write(path, yaml.safe_dump(known, allow_unicode=True).encode("utf-8"))


def _write(path: Path, data: bytes) -> None:
    """Put a whole file in its place, or none."""
    handle, making = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(making).chmod(0o644)
        Path(making).replace(path)
    finally:
        Path(making).unlink(missing_ok=True)
