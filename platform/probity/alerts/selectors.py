"""Reading watch-lists, subscribers and alerts."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.cases.models import Case
from probity.core.errors import NotFound

from .models import Alert, Subscription, WatchList


def watch_lists_all() -> QuerySet[WatchList]:
    """Every list by name, with how much stands on it, who is told, and when it last found."""
    return (
        WatchList.objects.select_related("bank")
        .annotate(
            names=Count("terms", filter=Q(terms__removed_at=None), distinct=True),
            hashes=Count("bank__entries", filter=Q(bank__entries__removed_at=None), distinct=True),
            told=Count(
                "subscriptions",
                filter=Q(subscriptions__ended_at=None, subscriptions__confirmed_at__isnull=False),
                distinct=True,
            ),
            last=Max("alerts__raised_at"),
        )
        .order_by("name")
    )


def watch_list_find(watch_list_id: UUID) -> WatchList:
    """One list; raises NotFound."""
    row = WatchList.objects.select_related("bank").filter(pk=watch_list_id).first()
    if row is None:
        raise NotFound("There is no watch-list with this id.")
    return row


def subscription_find(*, watch_list: WatchList, subscription_id: UUID) -> Subscription:
    """One of a list's subscriptions that has not ended; raises NotFound."""
    row = watch_list.subscriptions.filter(pk=subscription_id, ended_at=None).first()
    if row is None:
        raise NotFound("This list has no such subscriber.")
    return row


def alerts_list(
    *, person: Person | None, watch_list: WatchList | None = None, show: str = ""
) -> QuerySet[Alert]:
    """Alerts, the newest first; ``show``: ``open`` for those nobody has answered.

    Left out are those about cases that ``person`` may not see; None sees all.
    """
    rows = Alert.objects.select_related("watch_list").order_by("-raised_at")
    seen = visible(person)
    if seen:
        mine = Case.objects.filter(seen).values("pk")
        rows = rows.filter(Q(case=None) | Q(case__in=mine))
    rows = rows.filter(watch_list=watch_list) if watch_list else rows
    return rows.filter(outcome="") if show == "open" else rows


def alert_find(alert_id: UUID) -> Alert:
    """One alert; raises NotFound."""
    row = Alert.objects.select_related("watch_list").filter(pk=alert_id).first()
    if row is None:
        raise NotFound("There is no alert with this id.")
    return row
