"""Telling subscribers: at once, in a digest, and never more often than the cap allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from probity.core.clock import now
from probity.core.throttle import rate_read
from probity.outbox.services import mail_queue, webhook_queue

from .letters import (
    alert_data,
    alert_letter,
    digest_data,
    digest_letter,
    unsubscribe_headers,
)
from .lists import watch_chain
from .models import Alert, Notice, Rhythm, Subscription, Via
from .subscriptions import about, digest_after, subscriptions_forget_unanswered


def alerts_tell() -> int:
    """Tell whoever is due; return how many messages were written down.

    Runs every few seconds and after each alert; several workers may run it at once.
    """
    subscriptions_forget_unanswered()
    while _spread():
        pass
    waiting = Subscription.objects.filter(
        notices__told_at=None, notices__isnull=False, ended_at=None
    )
    return sum(_tell(key) for key in list(waiting.values_list("pk", flat=True).distinct()))


@transaction.atomic
def _spread() -> bool:
    """Give the oldest alert that nobody was told of to those who have confirmed by now."""
    alert = (
        Alert.objects.select_for_update(skip_locked=True)
        .filter(spread_at=None)
        .order_by("raised_at")
        .first()
    )
    if alert is None:
        return False
    wanted = Subscription.objects.filter(
        watch_list=alert.watch_list_id, ended_at=None, confirmed_at__isnull=False
    )
    moment = now()
    Notice.objects.bulk_create(
        [Notice(alert=alert, subscription=row, made_at=moment) for row in wanted],
        ignore_conflicts=True,
    )
    alert.spread_at = moment
    alert.save(update_fields=["spread_at"])
    return True


@transaction.atomic
def _tell(subscription_id: UUID) -> int:
    row = (
        Subscription.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("watch_list", "endpoint")
        .filter(pk=subscription_id, ended_at=None)
        .first()
    )
    if row is None or (row.endpoint is not None and row.endpoint.disabled_at is not None):
        return 0
    notices = list(
        row.notices.filter(told_at=None)
        .select_related("alert__watch_list")
        .order_by("-alert__raised_at", "pk")
    )
    if row.rhythm == Rhythm.DAILY:
        return _daily(row, notices)
    return _at_once(row, notices)


def _daily(row: Subscription, notices: Sequence[Notice]) -> int:
    if not notices or row.next_digest_at is None or row.next_digest_at > now():
        return 0
    row.next_digest_at = digest_after(now())
    row.save(update_fields=["next_digest_at"])
    _send(row, notices)
    return 1


def _at_once(row: Subscription, notices: Sequence[Notice]) -> int:
    """Each alert by itself while the cap allows; the last message it allows sums up the rest."""
    left = _left(row, len(notices))
    if not notices or left <= 0:
        return 0
    oldest_first = list(reversed(notices))
    alone = oldest_first if len(oldest_first) <= left else oldest_first[: left - 1]
    rest = oldest_first[len(alone) :]
    for notice in alone:
        _send(row, [notice])
    if rest:
        _send(row, list(reversed(rest)))
    return len(alone) + bool(rest)


def _left(row: Subscription, wanted: int) -> int:
    """How many messages may still leave now: PROBITY_ALERT_RATE per subscription, sliding."""
    most, period = rate_read(settings.ALERT_RATE)
    if most == 0:
        return wanted
    since = now() - timedelta(seconds=period)
    sent = row.notices.filter(told_at__gt=since).values("message").distinct().count()
    return most - sent


def _send(row: Subscription, notices: Sequence[Notice]) -> None:
    """One message for these notices, in the transaction that marks them as told."""
    alerts = [notice.alert for notice in notices]
    single = len(alerts) == 1
    key = f"alert:{row.pk}:{notices[0].pk}"
    chain = watch_chain(row.watch_list_id)
    if row.via == Via.WEBHOOK and row.endpoint is not None:
        message = webhook_queue(
            endpoint=row.endpoint, kind="alert.raised" if single else "alert.digest",
            data=alert_data(alerts[0]) if single else digest_data(alerts, row),
            key=key, actor="system", about=about(row), chain=chain,
        )  # fmt: skip
    else:
        letter = alert_letter(alerts[0], row) if single else digest_letter(alerts, row)
        message = mail_queue(
            kind="alert.raised" if single else "alert.digest", to=row.email,
            subject=letter.subject, text=letter.text, key=key, actor="system", about=about(row),
            chain=chain, headers=unsubscribe_headers(row),
        )  # fmt: skip
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        told_at=now(), message=message.pk
    )
