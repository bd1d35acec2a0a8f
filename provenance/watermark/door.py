"""The door to watermarks: everything that touches a file's bytes happens in the child."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from foundation import child
from foundation.errors import Refusal
from foundation.resources import Catalogue
from provenance.files import must_be_readable
from provenance.watermark import keys as keyring
from provenance.watermark.api import Detection, MarkedFile, Status
from provenance.watermark.card import Card
from provenance.watermark.errors import (
    KeyInvalid,
    PayloadInvalid,
    SchemeUnusable,
    WatermarkNotHeld,
    WatermarkRefused,
)
from provenance.watermark.registry import Entry, entries, find

DECODE_SECONDS = 120
EMBED_SECONDS = 900
_BYTES = 3 * 2**30


@dataclass(frozen=True, kw_only=True)
class _Job:
    entry: Entry
    card: Card
    keys: tuple[bytes, ...]
    resources: dict[str, str]

    def payload(self) -> dict[str, Any]:
        return {
            "scheme": self.entry.id,
            "title": self.card.title,
            "media": list(self.card.media),
            "target": self.entry.target,
            "keys": list(self.keys),
            "resources": self.resources,
        }


def detect(
    path: Path, *, keys: Sequence[bytes] = (), schemes: Collection[str] | None = None
) -> list[Detection]:
    """Look for marks in a file: public ones always, keyed ones with each of ``keys``.

    ``schemes`` chooses by id; without it every installed scheme that fits runs, and those that
    cannot look at this kind of media, or lack a key, are left out. What is asked for by name is
    always answered. Several keys may each find something; otherwise one answer a scheme.

    Raises FileUnreadable, SchemeUnknown, KeyInvalid, and the refusals of ``foundation.media`` and
    of the child for a file that cannot be read at all.
    """
    must_be_readable(path)
    held = tuple(keyring.checked(key) for key in keys)
    chosen = [find(name) for name in sorted(set(schemes))] if schemes is not None else entries()
    found: list[Detection] = []
    jobs: list[_Job] = []
    for entry in chosen:
        prepared = _prepared(entry, keys=held)
        if isinstance(prepared, _Job):
            jobs.append(prepared)
        else:
            found.append(prepared)
    found += _looked(path, jobs)
    if schemes is None:
        found = [one for one in found if one.status is not Status.UNSUPPORTED]
    return sorted(found, key=lambda one: (not one.found, one.scheme))


def embed(
    path: Path, out: Path, *, scheme: str, payload: bytes, key: bytes | None = None
) -> MarkedFile:
    """Write a marked copy of ``path`` to ``out``, in the form that the name of ``out`` asks for.

    What is written is read again by our own detector first; a copy in which the mark cannot be
    read is not kept. Raises FileUnreadable, SchemeUnknown, SchemeUnusable, KeyInvalid,
    PayloadInvalid, WatermarkRefused, WatermarkNotHeld and what ``detect`` raises.
    """
    must_be_readable(path)
    job = _embedding(scheme, payload=payload, key=key)
    if out.exists() and out.samefile(path):
        raise WatermarkRefused("The marked copy may not replace the original; name another file.")
    if not out.parent.is_dir():
        raise WatermarkRefused(f"The folder {out.parent} is not there.")
    handle, name = tempfile.mkstemp(prefix=".marking-", suffix=out.suffix, dir=out.parent)
    arriving = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            details = child.call(
                "provenance.watermark.inside:embed",
                {
                    "path": os.fsencode(path.absolute()),
                    "job": job.payload(),
                    "hidden": payload,
                    "key": key,
                    "suffix": out.suffix,
                },
                limits=child.Limits(
                    memory_bytes=_BYTES, cpu_seconds=2 * EMBED_SECONDS, wall_seconds=EMBED_SECONDS
                ),
                on_event=lambda event: _append(file, event),
            )
        detection = _proof(arriving, job=job, payload=payload)
        arriving.chmod(0o644)
        arriving.replace(out)
    finally:
        arriving.unlink(missing_ok=True)
    with out.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return MarkedFile(
        path=out,
        sha256=digest,
        size=out.stat().st_size,
        scheme=scheme,
        payload=payload,
        detection=detection,
        sentence=f"{job.card.title} {payload.hex()} was put in and read back.",
        details=details or {},
    )


def _append(file: BinaryIO, event: dict[str, Any]) -> None:
    file.write(event["piece"])


def _prepared(entry: Entry, *, keys: tuple[bytes, ...]) -> _Job | Detection:
    """A job, or the detection that says why there is none."""
    try:
        return _job(entry, keys=keys)
    except Refusal as refusal:
        return Detection(scheme=entry.id, status=Status.UNSUPPORTED, sentence=refusal.sentence)


def _job(entry: Entry, *, keys: tuple[bytes, ...]) -> _Job:
    card = entry.card
    if card is None:
        raise SchemeUnusable(f"The scheme is installed but cannot be used: {entry.error}")
    if not card.public and not keys:
        raise KeyInvalid(f"{card.title} can only be seen with the key it was made with.")
    absent = [name for name in card.libraries if importlib.util.find_spec(name) is None]
    if absent:
        raise SchemeUnusable(
            f"The library {absent[0]} that {card.title} runs on is not installed. "
            f"Install it: pip install {absent[0]}."
        )
    return _Job(
        entry=entry, card=card, keys=() if card.public else keys, resources=_resources(entry, card)
    )


def _resources(entry: Entry, card: Card) -> dict[str, str]:
    """Verified files of the plugin's own catalogue. Raises ResourceMissing and its like."""
    if not card.resources:
        return {}
    catalogue = Catalogue.load(entry.target.partition(":")[0].partition(".")[0])
    return {name: str(catalogue.path(name)) for name in card.resources}


def _embedding(scheme: str, *, payload: bytes, key: bytes | None) -> _Job:
    entry = find(scheme)
    card = entry.card
    if card is not None and not card.embeds:
        raise SchemeUnusable(f"{card.title} is only read here, never put in.")
    job = _job(entry, keys=(keyring.checked(key),) if key is not None else ())
    if len(payload) != job.card.payload_bytes:
        raise PayloadInvalid(
            f"{job.card.title} hides {job.card.payload_bytes} bytes; {len(payload)} were given."
        )
    return job


def _proof(written: Path, *, job: _Job, payload: bytes) -> Detection:
    """What our own detector reads from the new file. Raises WatermarkNotHeld."""
    seen = _looked(written, [job])
    proof = next((one for one in seen if one.found and one.payload == payload), None)
    if proof is None:
        raise WatermarkNotHeld(
            "The mark could not be read back from the marked copy, so nothing was kept. "
            f"The media may be too short, too small or too plain to hold it, or "
            f"{written.suffix} compresses it too much. {seen[0].sentence if seen else ''}".strip()
        )
    return proof


def _looked(path: Path, jobs: list[_Job]) -> list[Detection]:
    """One child for as many schemes as it survives; one that ends it is answered for by itself."""
    found: list[Detection] = []
    left = list(jobs)
    while left:
        heard = _Heard()
        refusal = _ask(path, left, heard)
        found += heard.detections
        if refusal is None:
            break
        if heard.current is None:
            raise refusal
        found = [one for one in found if one.scheme != heard.current]
        found.append(
            Detection(scheme=heard.current, status=Status.UNREADABLE, sentence=refusal.sentence)
        )
        done = {one.scheme for one in found}
        left = [job for job in left if job.entry.id not in done]
    return found


class _Heard:
    """What the child said so far."""

    def __init__(self) -> None:
        self.current: str | None = None
        self.detections: list[Detection] = []

    def __call__(self, event: dict[str, Any]) -> None:
        if "start" in event:
            self.current = str(event["start"])
        else:
            self.detections.append(Detection.from_plain(event["detection"]))


def _ask(path: Path, jobs: list[_Job], heard: _Heard) -> Refusal | None:
    """The refusal that ended the child's work, None when it came to its end."""
    seconds = DECODE_SECONDS + sum(job.card.seconds * max(1, len(job.keys)) for job in jobs)
    payload = {
        "path": os.fsencode(path.absolute()),
        "jobs": [job.payload() for job in jobs],
    }
    try:
        child.call(
            "provenance.watermark.inside:detect",
            payload,
            limits=child.Limits(
                memory_bytes=_BYTES, cpu_seconds=2 * seconds, wall_seconds=2 * seconds
            ),
            on_event=heard,
        )
    except Refusal as refusal:
        return refusal
    return None
