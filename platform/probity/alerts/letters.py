"""What subscribers read. Nothing intimate is ever in a letter: then it says only where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from probity.core.addresses import public_address

from .models import Alert, Subscription, WatchKind, WatchList
from .tokens import confirm_address, leave_address

LISTED_MOST = 20
WITHHELD = (
    "Because of what it is about, nothing more is said here. Sign in to read it; if you have no "
    "account, ask those who run the watch-list."
)


@dataclass(frozen=True)
class Letter:
    """A mail before it is queued."""

    subject: str
    text: str


def list_words(watch_list: WatchList) -> str:
    """How a letter calls a list: one that protects a person is never named."""
    if watch_list.kind == WatchKind.LIKENESS:
        return "a protected watch-list"
    return f"the watch-list “{watch_list.name}”"


def alert_address(alert: Alert) -> str:
    """Where an alert is read, after signing in."""
    return public_address(reverse("alert", args=[alert.pk]))


def confirmation_letter(subscription: Subscription) -> Letter:
    """Asks whether the address wants alerts."""
    text = CONFIRMATION.format(
        platform=settings.PLATFORM_NAME,
        list=list_words(subscription.watch_list),
        address=confirm_address(subscription),
        hours=settings.CONFIRM_HOURS,
    )
    return Letter("Please confirm: alerts to this address", text)


def alert_letter(alert: Alert, subscription: Subscription) -> Letter:
    """One alert: what was found, how sure that is, what can be done."""
    if alert.withheld:
        body = f"A watch-list that you follow found something.\n\n{WITHHELD}"
        subject = "Alert: sign in to read it"
    else:
        body = (
            f"What was found\n{alert.found}\n\nHow sure that is\n{alert.sure}\n\n"
            f"What you can do\n{alert.to_do}"
        )
        subject = f"Alert: {alert.watch_list.name}"
    text = f"{body}\n\nRead it (you will be asked to sign in):\n{alert_address(alert)}\n"
    return Letter(subject, text + _foot(subscription))


def digest_letter(alerts: Sequence[Alert], subscription: Subscription) -> Letter:
    """Several alerts in one mail; those that are withheld are only counted."""
    watch_list = subscription.watch_list
    shown = [alert for alert in alerts if not alert.withheld]
    hidden = len(alerts) - len(shown)
    count = f"{len(alerts)} alert{'s' if len(alerts) != 1 else ''}"
    parts = [f"{count} of {list_words(watch_list)}, the newest first."]
    parts += [_line(alert) for alert in shown[:LISTED_MOST]]
    if len(shown) > LISTED_MOST:
        parts.append(f"And {len(shown) - LISTED_MOST} more.")
    if hidden:
        parts.append(f"{hidden} of them: {WITHHELD[0].lower()}{WITHHELD[1:]}")
    parts.append(f"Read all (you will be asked to sign in):\n{public_address(reverse('alerts'))}")
    subject = "Alerts: sign in to read them" if hidden else f"{count}: {watch_list.name}"
    return Letter(subject, "\n\n".join(parts) + "\n" + _foot(subscription))


def alert_data(alert: Alert) -> dict[str, Any]:
    """The ``data`` of a webhook about one alert; withheld ones carry no sentences."""
    watch_list = alert.watch_list
    told = not alert.withheld
    return {
        "alert": str(alert.pk),
        "watch_list": {"id": str(watch_list.pk), "name": watch_list.name if told else None},
        "kind": watch_list.kind,
        "level": alert.level,
        "withheld": alert.withheld,
        "found": alert.found if told else None,
        "sure": alert.sure if told else None,
        "what_to_do": alert.to_do if told else None,
        "raised_at": alert.raised_at.isoformat(),
        "address": alert_address(alert),
    }


def digest_data(alerts: Sequence[Alert], subscription: Subscription) -> dict[str, Any]:
    """The ``data`` of a webhook about several alerts."""
    watch_list = subscription.watch_list
    named = not any(alert.withheld for alert in alerts)
    return {
        "watch_list": {"id": str(watch_list.pk), "name": watch_list.name if named else None},
        "count": len(alerts),
        "alerts": [alert_data(alert) for alert in alerts[:LISTED_MOST]],
        "address": public_address(reverse("alerts")),
    }


def unsubscribe_headers(subscription: Subscription) -> dict[str, str]:
    """RFC 8058: one click in the reader's own mail program ends it."""
    return {
        "List-Unsubscribe": f"<{leave_address(subscription)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _line(alert: Alert) -> str:
    return f"- {alert.found} ({alert.level})\n  {alert_address(alert)}"


def _foot(subscription: Subscription) -> str:
    return FOOT.format(
        list=list_words(subscription.watch_list), address=leave_address(subscription)
    )


CONFIRMATION = """\
Somebody who runs {platform}’s alerts wants this address to get alerts of {list}.

If you want that, confirm it within {hours} hours:
{address}

If not, do nothing: you will get no alert, and the address is forgotten.
"""
FOOT = """
--
You get this because this address confirmed alerts of {list}.
End them with one click:
{address}
"""
