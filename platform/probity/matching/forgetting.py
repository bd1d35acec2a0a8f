"""Forgetting what a destroyed file was like. What a bank knows, somebody put there; it stays."""

from __future__ import annotations

from django.db import transaction

from probity.evidence.models import Asset

from .models import Signal, SignalKind


@transaction.atomic
def signals_forget(asset: Asset) -> int:
    """Delete what an asset looks and sounds like; how many rows. Its SHA-256 names it and stays."""
    count, _ = Signal.objects.filter(asset=asset).exclude(kind=SignalKind.SHA256).delete()
    return count
