"""The links in mails: signed, so that holding one is the right to use it.

A confirmation expires; the right to leave never does.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from probity.core.addresses import public_address
from probity.core.errors import InvalidInput, NotFound

from .models import Subscription

CONFIRM, LEAVE = "probity.alerts.confirm", "probity.alerts.leave"


def confirm_token(subscription: Subscription) -> str:
    """Confirms this subscription within PROBITY_CONFIRM_HOURS of being asked."""
    return signing.dumps(f"{subscription.pk}:{subscription.asks}", salt=CONFIRM)


def leave_token(subscription: Subscription) -> str:
    """Ends this subscription, at any time."""
    return signing.dumps(str(subscription.pk), salt=LEAVE)


def subscription_to_confirm(token: str) -> Subscription:
    """Whose confirmation this is; raises NotFound, and InvalidInput once it is too old."""
    hours = settings.CONFIRM_HOURS
    try:
        value = signing.loads(token, salt=CONFIRM, max_age=timedelta(hours=hours))
    except signing.SignatureExpired:
        raise InvalidInput(
            f"This link was good for {hours} hours. Ask those who run the watch-list to send "
            "another one."
        ) from None
    except signing.BadSignature:
        raise _unknown() from None
    key, _, asks = str(value).partition(":")
    row = _find(key)
    if row.confirmed_at is None and str(row.asks) != asks:
        raise InvalidInput("A newer link was sent to you after this one. Use the newest mail.")
    return row


def subscription_to_leave(token: str) -> Subscription:
    """Who wants to leave; raises NotFound."""
    try:
        return _find(str(signing.loads(token, salt=LEAVE)))
    except signing.BadSignature:
        raise _unknown() from None


def confirm_address(subscription: Subscription) -> str:
    """The whole link that confirms."""
    return public_address(reverse("alerts-confirm", args=[confirm_token(subscription)]))


def leave_address(subscription: Subscription) -> str:
    """The whole link that unsubscribes."""
    return public_address(reverse("alerts-leave", args=[leave_token(subscription)]))


def _find(key: str) -> Subscription:
    try:
        row = Subscription.objects.select_related("watch_list").filter(pk=UUID(key)).first()
    except ValueError:
        row = None
    if row is None:
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound("This link is not known here. Check that the whole address was copied.")
