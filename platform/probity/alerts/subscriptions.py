"""Asking an address whether it wants alerts, its yes, and its goodbye."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.outbox.models import Endpoint
from probity.outbox.services import mail_queue, messages_forget

from .letters import confirmation_letter
from .lists import watch_chain
from .models import Notice, Rhythm, Subscription, Via, WatchList

ASKS_MOST = 3


@transaction.atomic
def subscription_ask(
    *,
    actor: Actor,
    watch_list: WatchList,
    email: str,
    via: str,
    rhythm: str,
    endpoint: Endpoint | None = None,
) -> Subscription:
    """Ask an address whether it wants a list's alerts; nothing else is sent before it says yes.

    Raises NotAllowed, InvalidInput, and Conflict for one that already gets them.
    """
    actor.require_person(Ability.ALERTS_MANAGE)
    if not settings.PUBLIC_URL:
        raise Conflict(
            "Mails need links, and this installation does not know its own address. An operator "
            "sets it with PROBITY_PUBLIC_URL."
        )
    email = _email(email, via=via, rhythm=rhythm, endpoint=endpoint)
    WatchList.objects.select_for_update().get(pk=watch_list.pk)
    if watch_list.subscriptions.filter(email=email, via=via, ended_at=None).exists():
        raise Conflict("This address was asked already, or gets these alerts.")
    row = Subscription.objects.create(
        watch_list=watch_list, email=email, via=via, rhythm=rhythm, asked_at=now(),
        endpoint=endpoint if via == Via.WEBHOOK else None,
    )  # fmt: skip
    event_append(
        chain=watch_chain(watch_list.pk), name="subscription.asked", actor=actor.name,
        payload={
            "subscription": str(row.pk), "watch_list": str(watch_list.pk), "channel": row.via,
            "rhythm": row.rhythm,
        },
    )  # fmt: skip
    _ask(row, actor=actor.name)
    return row


@transaction.atomic
def subscription_ask_again(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Send the confirmation once more; the former link stops working.

    Raises NotAllowed, and Conflict when it was answered or asked often enough.
    """
    actor.require_person(Ability.ALERTS_MANAGE)
    locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if locked.confirmed_at or locked.ended_at:
        raise Conflict("This address has answered already.")
    if locked.asks >= ASKS_MOST:
        raise Conflict(f"This address was asked {ASKS_MOST} times. Leave it in peace.")
    locked.asks += 1
    locked.save(update_fields=["asks"])
    _ask(locked, actor=actor.name)
    return locked


@transaction.atomic
def subscription_confirm(*, subscription: Subscription) -> Subscription:
    """The address said yes. Raises Conflict when it has left meanwhile."""
    locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if locked.ended_at is not None:
        raise Conflict("These alerts were ended. Ask those who run the watch-list to start anew.")
    if locked.confirmed_at is None:
        locked.confirmed_at = now()
        locked.next_digest_at = digest_after(now())
        locked.save(update_fields=["confirmed_at", "next_digest_at"])
        event_append(
            chain=watch_chain(locked.watch_list_id), name="subscription.confirmed",
            actor="subscriber", payload={"subscription": str(locked.pk)},
        )  # fmt: skip
    return locked


@transaction.atomic
def subscription_end(*, subscription: Subscription, why: str, actor: str) -> Subscription:
    """End it: nothing more is sent, and the address is erased here and in what was sent."""
    locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if locked.ended_at is not None:
        return locked
    locked.ended_at, locked.ended_why, locked.email = now(), why, ""
    locked.save(update_fields=["ended_at", "ended_why", "email"])
    Notice.objects.filter(subscription=locked, told_at=None).delete()
    messages_forget(about=about(locked), actor=actor)
    event_append(
        chain=watch_chain(locked.watch_list_id), name="subscription.ended", actor=actor,
        payload={"subscription": str(locked.pk), "why": why},
    )  # fmt: skip
    return locked


@transaction.atomic
def subscription_dismiss(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Staff end a subscription. Raises NotAllowed."""
    actor.require_person(Ability.ALERTS_MANAGE)
    return subscription_end(subscription=subscription, why="ended by staff", actor=actor.name)


@transaction.atomic
def subscriptions_forget_unanswered() -> int:
    """Forget addresses that never said yes; return how many."""
    before = now() - timedelta(hours=2 * settings.CONFIRM_HOURS)
    rows = Subscription.objects.filter(confirmed_at=None, ended_at=None, asked_at__lt=before)
    found = list(rows)
    for row in found:
        subscription_end(subscription=row, why="never confirmed", actor="system")
    return len(found)


def about(subscription: Subscription) -> str:
    """How the outbox finds what was sent to a subscriber."""
    return f"subscription:{subscription.pk}"


def digest_after(moment: datetime) -> datetime:
    """The next hour of digests (PROBITY_DIGEST_HOUR, UTC) after a moment."""
    today = moment.replace(hour=settings.DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if today > moment else today + timedelta(days=1)


def _ask(subscription: Subscription, *, actor: str) -> None:
    letter = confirmation_letter(subscription)
    mail_queue(
        kind="alert.confirmation", to=subscription.email, subject=letter.subject,
        text=letter.text, key=f"confirm:{subscription.pk}:{subscription.asks}", actor=actor,
        about=about(subscription), chain=watch_chain(subscription.watch_list_id),
    )  # fmt: skip


def _email(email: str, *, via: str, rhythm: str, endpoint: Endpoint | None) -> str:
    wrong: dict[str, str] = {}
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        wrong["email"] = "This is not a whole e-mail address; correct it."
    if via not in set(Via):
        wrong["via"] = f"Choose how to tell: {', '.join(Via)}."
    if via == Via.WEBHOOK and (endpoint is None or endpoint.disabled_at is not None):
        wrong["endpoint"] = "Choose an endpoint that is switched on."
    if rhythm not in set(Rhythm):
        wrong["rhythm"] = f"Choose when to tell: {', '.join(Rhythm)}."
    if wrong:
        raise InvalidInput.of(wrong)
    return email
