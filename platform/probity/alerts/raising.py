"""Raising an alert: once per thing and list, in the transaction that found it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import event_append
from probity.cases.models import Case, Category
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.core.wake import task_wake
from probity.evidence.models import Asset

from .lists import watch_chain
from .models import Alert, Level, Outcome, WatchKind, WatchList

TASK = "probity.alerts"


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What was found: ``key`` names the thing itself, so that it is told once."""

    key: str
    level: Level
    found: str
    sure: str
    to_do: str
    case: Case | None = None
    asset: Asset | None = None


@transaction.atomic
def alert_raise(*, watch_list: WatchList, sighting: Sighting) -> Alert | None:
    """Write an alert down; subscribers hear of it once this has committed.

    None when the list is paused or has found this very thing before, and for demonstrations.
    """
    case = sighting.case
    if watch_list.paused_at is not None or (case is not None and case.demonstration):
        return None
    alert, new = Alert.objects.get_or_create(
        watch_list=watch_list,
        key=sighting.key,
        defaults={
            "level": sighting.level,
            "found": sighting.found,
            "sure": sighting.sure,
            "to_do": sighting.to_do,
            "withheld": _withheld(watch_list, sighting),
            "case": case.pk if case else None,
            "asset": sighting.asset.pk if sighting.asset else "",
            "raised_at": now(),
        },
    )
    if not new:
        return None
    event_append(
        chain=watch_chain(watch_list.pk), name="alert.raised", actor="system",
        payload={
            "alert": str(alert.pk), "watch_list": str(watch_list.pk), "level": sighting.level,
        },
    )  # fmt: skip
    transaction.on_commit(lambda: task_wake(TASK))
    return alert


@transaction.atomic
def alert_close(*, actor: Actor, alert: Alert, outcome: str) -> Alert:
    """Say what an alert was worth: useful, or a false alarm. Raises NotAllowed, InvalidInput."""
    actor.require_person(Ability.CASES_WORK)
    if outcome not in set(Outcome):
        raise InvalidInput.of({"outcome": f"Choose one of: {', '.join(Outcome)}."})
    locked = Alert.objects.select_for_update().get(pk=alert.pk)
    locked.outcome, locked.closed_at = outcome, now()
    locked.save(update_fields=["outcome", "closed_at"])
    event_append(
        chain=watch_chain(locked.watch_list_id), name="alert.closed", actor=actor.name,
        payload={"alert": str(locked.pk), "outcome": outcome},
    )  # fmt: skip
    return locked


def _withheld(watch_list: WatchList, sighting: Sighting) -> bool:
    """Whether messages say nothing but that there is something: nothing intimate is in a mail."""
    case, asset = sighting.case, sighting.asset
    return (
        watch_list.kind == WatchKind.LIKENESS
        or (case is not None and case.category == Category.INTIMATE)
        or (asset is not None and asset.sealed_at is not None)
    )
