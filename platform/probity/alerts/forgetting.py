"""What an erasure reaches of alerts: their sentences, and the messages that carried them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from probity.audit.services import event_append
from probity.core.clock import now
from probity.outbox.services import message_forget

from .lists import watch_chain
from .models import Alert, Notice


@transaction.atomic
def alerts_forget(*, asset: str, actor: str) -> int:
    """Blank every alert about a file (its SHA-256) and the messages that told it; how many.

    What has not left yet never does; other alerts of the same digest are told with the next one.
    """
    alerts = Alert.objects.select_for_update().filter(asset=asset).exclude(found="")
    found = list(alerts.order_by("pk"))
    for alert in found:
        alert.found, alert.sure, alert.to_do = "", "", ""
        alert.save(update_fields=["found", "sure", "to_do"])
        _messages_forget(alert, actor=actor)
        event_append(
            chain=watch_chain(alert.watch_list_id), name="alert.erased", actor=actor,
            payload={"alert": str(alert.pk)},
        )  # fmt: skip
    return len(found)


def _messages_forget(alert: Alert, *, actor: str) -> None:
    notices = Notice.objects.select_for_update().filter(alert=alert)
    for notice in notices.order_by("pk"):
        if notice.message is not None and not message_forget(message=notice.message, actor=actor):
            _tell_again(Notice.objects.filter(message=notice.message).exclude(alert=alert))
    notices.filter(told_at=None).update(told_at=now())


def _tell_again(notices: QuerySet[Notice]) -> None:
    """New rows, since a message is written down once for the same ones."""
    fresh = [
        Notice(alert=old.alert, subscription=old.subscription, made_at=old.made_at)
        for old in notices.select_related("alert", "subscription")
    ]
    notices.delete()
    Notice.objects.bulk_create(fresh)
