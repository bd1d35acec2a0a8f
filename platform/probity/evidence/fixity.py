"""Fixity: stored originals hashed again, with a history of every check."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now

from .models import Asset, FixityCheck
from .storage import asset_name, store

EVERY = timedelta(days=30)
CHUNK = 1 << 20


def fixity_check(asset: Asset) -> FixityCheck:
    """Hash an original again and keep the result; a difference is an event of the system chain."""
    found = _hash(asset)
    return _record(asset=asset, found=found)


@transaction.atomic
def _record(*, asset: Asset, found: str) -> FixityCheck:
    row = FixityCheck.objects.create(asset=asset, at=now(), found=found)
    if not row.intact:
        event_append(
            chain=SYSTEM_CHAIN,
            name="asset.fixity_failed",
            actor="system",
            payload={"asset": asset.sha256, "found": found},
        )
    return row


def fixity_sweep(*, most: int = 200) -> int:
    """Check the originals whose last check is oldest or missing; return how many differ."""
    kept = Asset.objects.filter(destroyed_at=None).annotate(last=Max("fixity__at"))
    due = kept.filter(Q(last=None) | Q(last__lt=now() - EVERY))
    return sum(not fixity_check(asset).intact for asset in due.order_by("last")[:most])


def _hash(asset: Asset) -> str:
    """The SHA-256 of what lies in the store; empty when it is missing."""
    name = asset_name(asset.sha256)
    if not store().exists(name):
        return ""
    total = hashlib.sha256()
    with store().open(name) as handle:
        for block in iter(lambda: handle.read(CHUNK), b""):
            total.update(block)
    return total.hexdigest()
