"""Adding webhook endpoints, changing them, their secrets, switching them off and on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from . import kinds, signatures
from .models import Endpoint, Message, MessageState
from .places import place_of
from .sealing import seal, unseal
from .services import endpoint_chain, webhook_queue

NAME_MAX = 80
OVERLAP_HOURS_MAX = 7 * 24


@transaction.atomic
def endpoint_make(
    *, actor: Actor, name: str, url: str, subscribed: Sequence[str]
) -> tuple[Endpoint, str]:
    """Add an endpoint; return it with its secret, which is shown this once.

    Raises NotAllowed, InvalidInput for a wrong name, address or kind, Conflict for a taken name.
    """
    actor.require_person(Ability.OUTBOX_MANAGE)
    _check(name=name, url=url, subscribed=subscribed)
    if Endpoint.objects.filter(name=name.strip()).exists():
        raise Conflict(f"There is already an endpoint called {name.strip()!r}.")
    row_id, secret = uuid4(), signatures.secret_make()
    endpoint = Endpoint.objects.create(
        id=row_id, name=name.strip(), url=url, kinds=sorted(set(subscribed)), made_at=now(),
        secret=seal(secret, about=_about(str(row_id))),
    )  # fmt: skip
    _tell(endpoint, "endpoint.made", actor, kinds=endpoint.kinds)
    return endpoint, signatures.secret_text(secret)


@transaction.atomic
def endpoint_change(
    *, actor: Actor, endpoint: Endpoint, name: str, url: str, subscribed: Sequence[str]
) -> Endpoint:
    """Change name, address and kinds; what waits goes to the new address. Raises as making one."""
    locked = _locked(actor, endpoint)
    _check(name=name, url=url, subscribed=subscribed)
    if Endpoint.objects.filter(name=name.strip()).exclude(pk=locked.pk).exists():
        raise Conflict(f"There is already an endpoint called {name.strip()!r}.")
    moved = url != locked.url
    locked.name, locked.url, locked.kinds = name.strip(), url, sorted(set(subscribed))
    locked.save(update_fields=["name", "url", "kinds"])
    _tell(locked, "endpoint.changed", actor, kinds=locked.kinds, url_changed=moved)
    return locked


@transaction.atomic
def endpoint_rotate(*, actor: Actor, endpoint: Endpoint, hours: int) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret, shown this once; the former one signs too for ``hours``.

    0 hours end the former secret at once. Raises NotAllowed, InvalidInput.
    """
    locked = _locked(actor, endpoint)
    if not 0 <= hours <= OVERLAP_HOURS_MAX:
        raise InvalidInput.of(
            {"hours": f"Give the hours as a whole number from 0 to {OVERLAP_HOURS_MAX}."}
        )
    secret = signatures.secret_make()
    until = now() + timedelta(hours=hours) if hours else None
    locked.former_secret = locked.secret if until else None
    locked.former_until = until
    locked.secret = seal(secret, about=_about(str(locked.pk)))
    locked.save(update_fields=["secret", "former_secret", "former_until"])
    _tell(
        locked, "endpoint.rotated", actor,
        former_until=until.isoformat(timespec="seconds") if until else None,
    )  # fmt: skip
    return locked, signatures.secret_text(secret)


@transaction.atomic
def endpoint_disable(*, actor: Actor, endpoint: Endpoint, why: str) -> Endpoint:
    """Switch an endpoint off: what waits for it goes to the dead letters, nothing new is queued."""
    locked = _locked(actor, endpoint)
    return _disable(locked, why=why.strip()[:200] or "switched off by a person", actor=actor.name)


@transaction.atomic
def endpoint_gone(*, endpoint: Endpoint) -> Endpoint:
    """Switch an endpoint off because it answered 410."""
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    return _disable(locked, why="it answered 410: it wants no more", actor="system")


def _disable(locked: Endpoint, *, why: str, actor: str) -> Endpoint:
    if locked.disabled_at is not None:
        return locked
    locked.disabled_at, locked.disabled_why = now(), why
    locked.save(update_fields=["disabled_at", "disabled_why"])
    event_append(
        chain=endpoint_chain(locked), name="endpoint.disabled", actor=actor,
        payload={"endpoint": str(locked.pk), "why": why},
    )  # fmt: skip
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        endpoint=locked, state=MessageState.WAITING
    )
    for message in waiting:
        message_end(message=message, why="Its endpoint was switched off.", actor=actor)
    return locked


@transaction.atomic
def message_end(*, message: Message, why: str, actor: str) -> None:
    """Put a message that the caller has locked among the dead letters."""
    message.state, message.ended_at = MessageState.DEAD, now()
    message.lease_until, message.error = None, why[:600]
    message.save(update_fields=["state", "ended_at", "lease_until", "error"])
    event_append(
        chain=message.chain, name="message.dead", actor=actor,
        payload={"message": str(message.pk), "attempts": message.attempts, "why": why},
    )  # fmt: skip


@transaction.atomic
def endpoint_enable(*, actor: Actor, endpoint: Endpoint) -> Endpoint:
    """Switch an endpoint on again; its dead letters wait for somebody to send them again."""
    locked = _locked(actor, endpoint)
    if locked.disabled_at is None:
        return locked
    locked.disabled_at, locked.disabled_why = None, ""
    locked.failures, locked.rest_until = 0, None
    locked.save(update_fields=["disabled_at", "disabled_why", "failures", "rest_until"])
    _tell(locked, "endpoint.enabled", actor)
    return locked


@transaction.atomic
def endpoint_test(*, actor: Actor, endpoint: Endpoint) -> Message:
    """Send a test to one endpoint. Raises NotAllowed, Conflict when it is off."""
    actor.require_person(Ability.OUTBOX_MANAGE)
    return webhook_queue(
        endpoint=endpoint, kind=kinds.TEST, data=kinds.kind(kinds.TEST).example,
        key=f"test:{uuid4()}", actor=actor.name,
    )  # fmt: skip


def endpoint_secrets(endpoint: Endpoint) -> list[bytes]:
    """What signs now: the secret, and the former one while a rotation lasts.

    Raises SecretClosed.
    """
    about = _about(str(endpoint.pk))
    found = [unseal(endpoint.secret, about=about)]
    if endpoint.former_secret and endpoint.former_until and endpoint.former_until > now():
        found.append(unseal(endpoint.former_secret, about=about))
    return found


def _about(endpoint_id: str) -> str:
    return f"endpoint:{endpoint_id}"


def _locked(actor: Actor, endpoint: Endpoint) -> Endpoint:
    actor.require_person(Ability.OUTBOX_MANAGE)
    return Endpoint.objects.select_for_update().get(pk=endpoint.pk)


def _check(*, name: str, url: str, subscribed: Sequence[str]) -> None:
    wrong: dict[str, str] = {}
    if not name.strip() or len(name.strip()) > NAME_MAX or not name.isprintable():
        wrong["name"] = f"Give the endpoint a name of at most {NAME_MAX} letters."
    known = {kind.name for kind in kinds.subscribable()}
    unknown = sorted(set(subscribed) - known)
    if unknown or not subscribed:
        wrong["kinds"] = f"Choose at least one of: {', '.join(sorted(known))}."
    try:
        place_of(url)
    except InvalidInput as refused:
        wrong |= refused.fields
    if wrong:
        raise InvalidInput.of(wrong)


def _tell(endpoint: Endpoint, name: str, actor: Actor, **payload: object) -> None:
    event_append(
        chain=endpoint_chain(endpoint), name=name, actor=actor.name,
        payload={"endpoint": str(endpoint.pk), **payload},
    )  # fmt: skip
