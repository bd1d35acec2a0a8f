"""What is looked at before a key is used: the file's history, and whether the declaration fits it.

Signing a work whose history does not hold, or declaring what its own metadata deny, would only make
credentials that the next reader finds invalid or contradictory.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provenance import metadata as plain
from provenance import verify
from provenance.api import CredentialRecord
from provenance.metadata import MetadataRecord
from provenance.signing.api import AI, Work
from provenance.signing.declaring import created
from provenance.signing.errors import (
    FormatNotSigned,
    HistoryBroken,
    OutputRefused,
    StatementContradicts,
)

FORMATS = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "image/tiff": "TIFF",
    "image/gif": "GIF", "image/avif": "AVIF", "image/heif": "HEIC", "image/jxl": "JPEG XL",
    "image/x-adobe-dng": "DNG", "image/svg+xml": "SVG", "application/pdf": "PDF",
    "video/mp4": "MP4", "video/quicktime": "MOV", "video/x-msvideo": "AVI", "audio/wav": "WAV",
    "audio/mpeg": "MP3", "audio/mp4": "M4A", "audio/flac": "FLAC",
}  # fmt: skip
"""What can be signed, by the media type of the bytes."""

LARGEST = 2**30
_NAMED = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe"), "image/png": (".png",), "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"), "image/gif": (".gif",), "image/avif": (".avif",),
    "image/heif": (".heic", ".heif"), "image/jxl": (".jxl",), "image/x-adobe-dng": (".dng", ".tif"),
    "image/svg+xml": (".svg",), "application/pdf": (".pdf",),
    "video/mp4": (".mp4", ".m4v", ".mov"), "video/quicktime": (".mov", ".mp4"),
    "video/x-msvideo": (".avi",), "audio/wav": (".wav",), "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a", ".mp4"), "audio/flac": (".flac",),
}  # fmt: skip
_ENDINGS = frozenset(ending for endings in _NAMED.values() for ending in endings)
_WITH = frozenset({"generated", "edited"})


@dataclass(frozen=True, kw_only=True)
class Parent:
    """What the work was made from; ``record`` is our reading of it."""

    path: Path
    record: CredentialRecord

    @property
    def signed(self) -> bool:
        """Whether it has credentials of its own."""
        return self.record.verdict != "none"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A file that may be signed as the work says.

    ``parent`` is None for a new work; then the manifest says how it was created.
    """

    record: CredentialRecord
    metadata: MetadataRecord
    parent: Parent | None


def look(path: Path, work: Work) -> Looked:
    """Read a file and everything that bears on signing it.

    Raises FormatNotSigned, HistoryBroken, StatementContradicts, FileUnreadable and the child's
    refusals.
    """
    record = verify.read(path)
    if record.media_type not in FORMATS:
        raise FormatNotSigned(
            f"{path.name} is of a kind that credentials cannot be put into. Signed are "
            f"{', '.join(FORMATS.values())}."
        )
    if record.bytes > LARGEST:
        raise FormatNotSigned(f"{path.name} is larger than {LARGEST // 2**20} MB.")
    _must_hold(record, path.name)
    parent = _parent(path, record, work)
    found = Looked(record=record, metadata=plain.read(path), parent=parent)
    _must_agree(found, work)
    return found


def _must_hold(record: CredentialRecord, name: str) -> None:
    """Raise HistoryBroken for credentials that do not hold or were not seen."""
    if record.credentials == "unreadable":
        raise HistoryBroken(
            f"{name} is not signed, because its history might be lost. {record.sentence}"
        )
    if record.credentials in {"remote_not_fetched", "remote"}:
        raise HistoryBroken(
            f"The credentials of {name} lie on a server, so its history cannot be taken along. Get "
            "the version that has them inside."
        )
    if record.verdict == "invalid":
        raise HistoryBroken(
            f"{name} has credentials that do not hold, and a work made from it would carry that "
            "on. "
            f"{record.sentence} Sign the version that came from its maker."
        )


def _parent(path: Path, record: CredentialRecord, work: Work) -> Parent | None:
    own = Parent(path=path, record=record)
    beside = path.with_suffix(".c2pa")
    if record.verdict == "none" and beside.is_file():
        raise HistoryBroken(
            f"The credentials of {path.name} lie beside it ({beside.name}) and cannot be taken "
            "along from there. Sign the version that has them inside."
        )
    if work.parent is None:
        return own if own.signed or not created(work) else None
    given = Parent(path=work.parent, record=verify.read(work.parent))
    if given.record.media_type not in FORMATS:
        raise FormatNotSigned(f"{work.parent.name} is of a kind that cannot be a work's parent.")
    _must_hold(given.record, work.parent.name)
    if own.signed and given.record.sha256 != record.sha256:
        raise HistoryBroken(
            f"{path.name} has credentials of its own, which become its parent; it cannot have a "
            "second one. Leave the parent away, or sign a version without credentials."
        )
    if own.signed:
        return own
    return given


def _must_agree(found: Looked, work: Work) -> None:
    _with_parent(found, work)
    _with_metadata(found, work)


def _with_parent(found: Looked, work: Work) -> None:
    if found.parent is None:
        return
    before = found.parent.record.ai_use
    name = found.parent.path.name
    if work.source is not None:
        raise StatementContradicts(
            f"How a new work was made cannot be said of one that was made from {name}. Say what "
            "was done to it (actions)."
        )
    if work.ai is AI.NONE and before in _WITH:
        raise StatementContradicts(
            f"The credentials of {name} say that AI had a part in it, so no use of AI cannot be "
            "declared for what is made from it. Say nothing of AI, or that it was edited with it."
        )
    if work.ai is AI.GENERATED and before != "generated":
        raise StatementContradicts(
            f"A work that was made from {name} was edited with AI, not generated by it. Declare "
            "that it was edited."
        )


def _with_metadata(found: Looked, work: Work) -> None:
    told, maker = found.metadata, (found.metadata.generator or {}).get("name")
    before = found.parent.record.ai_use if found.parent else "unknown"
    declared = work.ai in {AI.GENERATED, AI.EDITED} or before in _WITH
    if not declared and (told.ai_use in _WITH or maker):
        by = f" ({maker})" if maker else ""
        raise StatementContradicts(
            f"The metadata of the file say that AI had a part in it{by}. Declare that it was "
            "generated or edited with AI."
        )
    camera = told.camera or {}
    if work.ai is AI.GENERATED and camera:
        name = " ".join(part for part in (camera.get("make"), camera.get("model")) if part)
        raise StatementContradicts(
            f"The metadata of the file say that it was taken with {name or 'a camera'}, so it "
            "cannot be declared as generated by AI. Declare that it was edited."
        )


def must_be_named(path: Path, out: Path, media_type: str) -> None:
    """Raise OutputRefused for an output whose name promises another kind of file: signing changes
    no format."""
    ending = out.suffix.lower()
    if ending == path.suffix.lower() or ending not in _ENDINGS:
        return
    if ending not in _NAMED[media_type]:
        raise OutputRefused(
            f"{path.name} is a {FORMATS[media_type]} file and stays one; {out.name} would be a "
            f"misleading name. Let it end in {_NAMED[media_type][0]}."
        )


def must_be_free(path: Path, out: Path, *, overwrite: bool) -> None:
    """Raise OutputRefused unless the output may be written there."""
    if not out.parent.is_dir():
        raise OutputRefused(f"There is no folder {out.parent}.")
    if out.exists() and path.resolve() == out.resolve():
        raise OutputRefused(
            "The signed work needs another name than the file that it is made from."
        )
    if out.is_dir():
        raise OutputRefused(f"{out} is a folder; name a file.")
    if out.exists() and not overwrite:
        raise OutputRefused(f"{out} is there already and was left as it is.")
