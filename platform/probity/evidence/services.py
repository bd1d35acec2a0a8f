"""Keeping, deriving and sealing. Files are placed before their row commits; the sweeper removes
what a crash in between leaves behind."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from foundation.media import MediaLimits, Part, Probe, inspect, previews
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, Refusal
from probity.core.vetoes import vetoes_ask

from .models import Asset, CustodyAction, CustodyEvent, Derivative
from .shelf import shelf_owns
from .storage import asset_name, keep_file, store
from .uploads import ReceivedFile

#: Bundles lie in the same store; their own room answers for them.
BUNDLES = "bundles"


class AssetSealed(Refusal):
    """The asset may show a minor: nothing may decode, derive, view or export it."""

    code = "asset-sealed"
    status = 423

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence
            or "This asset is sealed: it may not be decoded, shown or exported. Only its hash "
            "remains in use."
        )


def file_probe(received: ReceivedFile) -> Probe:
    """What a received file is, found in the child; raises the Refusal that says why not."""
    return inspect(received.path, limits=MediaLimits(max_bytes=settings.UPLOAD_MAX_BYTES))


def asset_probe(*, asset: Asset, path: Path) -> Probe:
    """What a kept file is: found now, in the child, for one that came sealed and was never opened.

    Raises the Refusal that says why it cannot be opened.
    """
    if not asset.probe:
        probe = inspect(path, limits=MediaLimits(max_bytes=settings.UPLOAD_MAX_BYTES))
        Asset.objects.filter(pk=asset.pk, probe={}).update(
            kind=probe.kind, media_type=probe.media_type, probe=probe.to_dict()
        )
        asset.refresh_from_db()
    return Probe.from_dict(asset.probe)


def custody_record(
    *, asset: Asset, action: CustodyAction, actor: str, case: UUID | None, tool: str = ""
) -> CustodyEvent:
    """Write down one touch of the bytes, in the caller's transaction."""
    return CustodyEvent.objects.create(
        asset=asset, action=action, at=now(), actor=actor, tool=tool, case=case
    )


@transaction.atomic
def asset_keep(*, received: ReceivedFile, probe: Probe | None, actor: str, case: UUID) -> Asset:
    """Preserve a received file for a case; identical bytes are stored once.

    ``probe`` is None only for a file that must not be decoded (sealed on receipt).
    """
    name = asset_name(received.sha256)
    asset, created = Asset.objects.get_or_create(
        sha256=received.sha256,
        defaults={
            "bytes": received.length,
            "kind": probe.kind if probe else "",
            "media_type": probe.media_type if probe else "",
            "probe": probe.to_dict() if probe else {},
            "received_at": now(),
        },
    )
    if asset.destroyed_at:
        asset.destroyed_at = None
        asset.save(update_fields=["destroyed_at"])
    if not store().exists(name):
        keep_file(received.path, name)
    custody_record(asset=asset, action=CustodyAction.RECEIVED, actor=actor, case=case)
    event_append(
        chain=case_chain(case),
        name="asset.received",
        actor=actor,
        payload={
            "asset": asset.sha256,
            "bytes": asset.bytes,
            "media_type": asset.media_type,
            "known": not created,
        },
    )
    return asset


def previews_make(
    *,
    asset: Asset,
    path: Path,
    tell: Callable[[str, float | None], None] | None = None,
    part: Part | None = None,
) -> list[Derivative]:
    """Re-encode what a reviewer may look at, in the child; hostile bytes are never shown. ``part``:
    only the pictures, or only what is played.

    ``tell`` hears what is being made and how much of it is done (0-1).
    """
    heard = (lambda event: tell(event["what"], event["share"])) if tell else None
    probe = Probe.from_dict(asset.probe)
    return [
        derivative_keep(
            asset=asset,
            name=preview.name,
            media_type=preview.media_type,
            data=preview.data,
            size=(preview.width, preview.height),
            concealed=preview.concealed,
            producer="foundation.media.previews 2",
        )
        for preview in previews(path, probe=probe, on_event=heard, part=part)
    ]


@transaction.atomic
def derivative_keep(
    *,
    asset: Asset,
    name: str,
    media_type: str,
    data: bytes,
    producer: str,
    size: tuple[int | None, int | None] = (None, None),
    concealed: bool = False,
) -> Derivative:
    """Keep something made from an asset; raises AssetSealed when it may not exist."""
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    if locked.sealed:
        raise AssetSealed
    if locked.destroyed_at:
        raise Conflict("The file was destroyed; nothing is made from it any more.")
    derivative = Derivative(
        asset=asset,
        name=name,
        media_type=media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        width=size[0],
        height=size[1],
        concealed=concealed,
        producer=producer,
        made_at=now(),
    )
    store().save(derivative.storage_name, ContentFile(data))
    derivative.save(force_insert=True)
    return derivative


@transaction.atomic
def asset_destroy(*, asset: Asset, actor: str, case: UUID, why: str) -> Asset:
    """Destroy a file's bytes and everything made from it; row, custody and log stay.

    The caller answers for nobody else needing it. The same bytes may be received anew. Raises the
    Refusal of whoever forbids it (a legal hold).
    """
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    if locked.destroyed_at:
        return locked
    vetoes_ask("asset", locked)
    locked.destroyed_at = now()
    locked.save(update_fields=["destroyed_at"])
    doomed = derivatives_end(locked)
    custody_record(asset=locked, action=CustodyAction.DESTROYED, actor=actor, case=case)
    event_append(
        chain=case_chain(case),
        name="asset.destroyed",
        actor=actor,
        payload={"asset": locked.sha256, "why": why, "derivatives_destroyed": len(doomed)},
    )
    names = [asset_name(locked.sha256), *(row.storage_name for row in doomed)]
    transaction.on_commit(lambda: files_delete(names))
    return locked


def asset_files_purge(asset: Asset) -> int:
    """Delete whatever files of a destroyed asset are still there, as after a crash or a restore.

    How many it were. An asset that was received anew keeps its original.
    """
    gone = Derivative.objects.filter(asset=asset).exclude(destroyed_at=None)
    names = [row.storage_name for row in gone]
    if asset.destroyed_at:
        names.append(asset_name(asset.sha256))
    left = [name for name in names if store().exists(name)]
    files_delete(left)
    return len(left)


def derivatives_end(asset: Asset) -> list[Derivative]:
    """Mark what was made from an asset as destroyed; the caller deletes the files."""
    doomed = list(Derivative.objects.filter(asset=asset, destroyed_at=None))
    Derivative.objects.filter(pk__in=[row.pk for row in doomed]).update(destroyed_at=now())
    return doomed


@transaction.atomic
def view_record(*, derivative: Derivative, actor: str, case: UUID, step: str = "") -> None:
    """Write down that somebody looked at the media unconcealed; ``step`` says what more was shown
    than at the first reveal, such as "in colour"."""
    custody_record(
        asset=derivative.asset, action=CustodyAction.VIEWED, actor=actor, case=case,
        tool=f"{derivative.name} {step}".strip(),
    )  # fmt: skip
    event_append(
        chain=case_chain(case),
        name="asset.viewed",
        actor=actor,
        payload={"asset": derivative.asset_id, "derivative": str(derivative.pk)},
    )


def files_delete(names: Collection[str]) -> None:
    """Delete stored files whose rows are marked as destroyed and committed."""
    for name in names:
        store().delete(name)


def orphans_sweep(*, older_than_seconds: int | None = None) -> int:
    """Remove files that no row owns and that are old enough to be nobody's work in progress."""
    age = settings.ORPHAN_AGE_SECONDS if older_than_seconds is None else older_than_seconds
    horizon = time.time() - age
    removed = _incoming_sweep(Path(settings.INCOMING), horizon)
    return removed + _store_sweep("", datetime.fromtimestamp(horizon, UTC))


def _incoming_sweep(folder: Path, horizon: float) -> int:
    stale = [path for path in folder.iterdir() if path.stat().st_mtime <= horizon]
    for path in stale:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(stale)


def _store_sweep(folder: str, horizon: datetime) -> int:
    if not store().exists(folder or "."):
        return 0
    folders, files = store().listdir(folder)
    removed = sum(
        _store_sweep(f"{folder}/{name}".lstrip("/"), horizon)
        for name in folders
        if folder or name != BUNDLES
    )
    for name in files:
        path = f"{folder}/{name}"
        if not _owned(path, name) and store().get_modified_time(path) <= horizon:
            store().delete(path)
            removed += 1
    return removed


def _owned(path: str, name: str) -> bool:
    answered = shelf_owns(path.lstrip("/"))
    if answered is not None:
        return answered
    if len(name) == 64:
        return Asset.objects.filter(pk=name, destroyed_at=None).exists()
    if len(name) == 32:
        return Derivative.objects.filter(pk=UUID(hex=name), destroyed_at=None).exists()
    return False


def bundle_keep(path: Path, *, name: str) -> None:
    """Put a finished bundle into the store; it is never written again."""
    keep_file(path, name)


def bundle_delete(name: str) -> None:
    """Delete a stored bundle, if it is there."""
    if store().exists(name):
        store().delete(name)


def bundles_delete(folder: str, *, but: str = "") -> None:
    """Delete what every attempt at a bundle left in its folder, ``but`` one file."""
    try:
        _, names = store().listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if f"{folder}/{name}" != but:
            bundle_delete(f"{folder}/{name}")
