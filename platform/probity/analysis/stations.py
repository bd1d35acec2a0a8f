"""Processes that run networks: what they tell of themselves, and who is alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from probity.core.clock import now

from .models import Batch, Station

ALIVE_SECONDS = 30
KEPT = timedelta(days=7)
GONE = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a station says of itself. ``figures``: memory_used, memory_total, hits, misses,
    evictions, batches, items, failed."""

    name: str
    queues: Sequence[str]
    device: str
    device_name: str
    state: str
    warm: Sequence[str]
    here: Sequence[str]
    figures: dict[str, Any]


@transaction.atomic
def station_tell(told: Told) -> None:
    """Keep what a station says; the first time it is new."""
    moment = now()
    Station.objects.update_or_create(
        name=told.name,
        defaults={
            "queues": ",".join(told.queues)[:80], "device": told.device,
            "device_name": told.device_name[:120], "state": told.state,
            "models_warm": list(told.warm), "models_here": list(told.here),
            "figures": told.figures, "seen_at": moment,
        },
        create_defaults={
            "queues": ",".join(told.queues)[:80], "device": told.device,
            "device_name": told.device_name[:120], "state": told.state,
            "models_warm": list(told.warm), "models_here": list(told.here),
            "figures": told.figures, "seen_at": moment, "started_at": moment,
        },
    )  # fmt: skip


def stations_live() -> list[Station]:
    """Those that were heard of within the last half minute and take work."""
    since = now() - timedelta(seconds=ALIVE_SECONDS)
    return list(
        Station.objects.filter(seen_at__gte=since).exclude(state="stopped").order_by("name")
    )


def models_on_cards() -> set[str]:
    """The networks that a living station with a graphics card can run."""
    return {name for one in stations_live() if one.on_card for name in one.models_here}


@transaction.atomic
def stations_sweep() -> int:
    """Forget stations that are gone and batches that nobody looks at any more."""
    gone, _ = Station.objects.filter(seen_at__lt=now() - GONE).delete()
    old, _ = Batch.objects.filter(made_at__lt=now() - KEPT).delete()
    return gone + old
