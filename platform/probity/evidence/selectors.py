"""Reading evidence, always through the seal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from probity.core.errors import NotFound

from .models import Asset, CustodyEvent, Derivative
from .services import AssetSealed
from .storage import asset_name, local_copy, store


@contextmanager
def asset_bytes(asset: Asset) -> Iterator[Path]:
    """A readable path of the original bytes; raises AssetSealed, NotFound."""
    asset.refresh_from_db(fields=["sealed_at"])
    if asset.sealed:
        raise AssetSealed
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
    if row.asset.sealed or row.destroyed_at:
        raise AssetSealed
    return row


def derivative_read(derivative: Derivative) -> bytes:
    """Its bytes."""
    with store().open(derivative.storage_name) as handle:
        return bytes(handle.read())


def custody_of(asset: Asset) -> list[CustodyEvent]:
    """Every touch of an asset, in order."""
    return list(asset.custody.order_by("at"))
