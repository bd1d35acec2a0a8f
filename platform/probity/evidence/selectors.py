"""Reading evidence, always through the seal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import UUID

from django.core.files import File

from probity.core.errors import NotFound

from .models import Asset, CustodyAction, CustodyEvent, Derivative
from .services import AssetSealed
from .storage import asset_name, local_copy, store


@contextmanager
def asset_bytes(asset: Asset) -> Iterator[Path]:
    """A readable path of the original bytes; raises AssetSealed, NotFound."""
    asset.refresh_from_db(fields=["sealed_at", "destroyed_at"])
    if asset.sealed:
        raise AssetSealed
    if asset.destroyed_at:
        raise NotFound("The original file was destroyed; its custody list says when and by whom.")
    if not store().exists(asset_name(asset.sha256)):
        raise NotFound("The original file is missing from the evidence store.")
    with local_copy(asset_name(asset.sha256)) as path:
        yield path


def derivatives_of(asset: Asset) -> list[Derivative]:
    """What was made from an asset and still exists."""
    return list(asset.derivatives.filter(destroyed_at=None).order_by("made_at", "name"))


def derivative_find(derivative_id: UUID) -> Derivative:
    """A live derivative; raises NotFound, or AssetSealed when its asset is sealed."""
    row = Derivative.objects.select_related("asset").filter(pk=derivative_id).first()
    if row is None:
        raise NotFound("There is no such picture or clip.")
    if row.asset.sealed:
        raise AssetSealed
    if row.destroyed_at:
        raise NotFound("This picture or clip was destroyed together with its file.")
    return row


def derivative_latest(asset: Asset, *, name: str, producer: str = "") -> Derivative | None:
    """The newest live derivative of a name, made by exactly this producer where one is given."""
    rows = asset.derivatives.filter(name=name, destroyed_at=None)
    rows = rows.filter(producer=producer) if producer else rows
    return None if asset.sealed else rows.order_by("-made_at").first()


@contextmanager
def derivative_path(derivative: Derivative) -> Iterator[Path]:
    """A path at which the child can read a derivative."""
    with local_copy(derivative.storage_name) as path:
        yield path


def derivative_read(derivative: Derivative) -> bytes:
    """Its bytes."""
    with store().open(derivative.storage_name) as handle:
        return bytes(handle.read())


def custody_of(asset: Asset) -> list[CustodyEvent]:
    """Every touch of an asset, in order."""
    return list(asset.custody.order_by("at"))


def derivative_open(derivative: Derivative) -> File[bytes]:
    """Its bytes as an open file, for reading in pieces; the caller closes it."""
    return store().open(derivative.storage_name)


@contextmanager
def original_open(asset: Asset) -> Iterator[IO[bytes]]:
    """The original bytes as an open file; raises AssetSealed, NotFound."""
    with asset_bytes(asset) as path, path.open("rb") as handle:
        yield handle


def derivatives_concealed(assets: Collection[str]) -> dict[str, Derivative]:
    """The blurred grey picture of each unsealed asset, by SHA-256."""
    rows = Derivative.objects.filter(
        asset__in=assets, asset__sealed_at=None, concealed=True, destroyed_at=None
    )
    return {row.asset_id: row for row in rows.order_by("-made_at")}


def viewed_by(*, derivative: Derivative, actor: str) -> bool:
    """Whether custody knows that this actor chose to look at this very copy."""
    return CustodyEvent.objects.filter(
        asset=derivative.asset, action=CustodyAction.VIEWED, actor=actor, tool=derivative.name
    ).exists()


def bundle_open(name: str) -> File[bytes]:
    """A kept bundle as an open file; raises NotFound when the store no longer has it."""
    if not store().exists(name):
        raise NotFound("The bundle is no longer in the store; have it made again.")
    return store().open(name)
