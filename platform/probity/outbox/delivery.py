"""What a worker does with messages that wait: claim, send, write down what came back."""

from __future__ import annotations

import logging
import os
import socket
import time
from uuid import uuid4

from django.conf import settings

from probity.core.clock import now
from probity.core.errors import Refusal

from . import signatures
from .endpoints import endpoint_secrets
from .mailing import mail_send
from .models import Channel, Message, MessageState
from .posting import Answer, post
from .queue import attempt_record, leases_sweep, message_claim

logger = logging.getLogger(__name__)
AGENT = "Probity"


def outbox_deliver(*, seconds: float | None = None) -> int:
    """Send what waits, one after the other, for at most ``seconds``; return how many left.

    It stops early so that a slow receiver never keeps a worker from cases; it is called again
    every few seconds. A mail server in trouble is left alone until the next call.
    """
    leases_sweep()  # before the turn begins: a slow sweep must not use it up with nothing sent
    until = time.monotonic() + (settings.OUTBOX_TURN_SECONDS if seconds is None else seconds)
    channels = set(Channel)
    sent = 0
    while channels and time.monotonic() < until:
        message = message_claim(worker=_worker(), channels=channels)
        if message is None:
            break
        answer = message_deliver(message)
        if answer.taken:
            sent += 1
        elif message.channel == Channel.MAIL and answer.status is None:
            channels.discard(Channel.MAIL)
    return sent


def message_deliver(message: Message) -> Answer:
    """Send one claimed message and write down what came back."""
    began = time.monotonic()
    try:
        answer = _webhook(message) if message.endpoint else mail_send(message)
    except Refusal as refusal:
        answer = Answer(error=refusal.sentence)
    except Exception as error:  # a fault of ours must not end the turn: it is written down
        logger.exception("Message %s could not be sent.", message.pk)
        answer = Answer(error=f"It could not be sent ({type(error).__name__}).")
    took = round((time.monotonic() - began) * 1000)
    state = attempt_record(message=message, answer=answer, milliseconds=took)
    if state is None:
        logger.warning("Message %s was left to the worker that took it over.", message.pk)
    elif state == MessageState.DEAD:
        logger.warning("Message %s is a dead letter after %s tries.", message.pk, message.attempts)
    elif state == MessageState.WAITING:
        logger.info(
            "Message %s waits after try %s. %s", message.pk, message.attempts, answer.why_not
        )
    return answer


def _webhook(message: Message) -> Answer:
    assert message.endpoint is not None  # noqa: S101 - the table's constraint says so
    body, message_id = message.body.encode(), f"msg_{message.pk.hex}"
    signed = signatures.headers(
        endpoint_secrets(message.endpoint), message_id=message_id,
        timestamp=int(now().timestamp()), body=body,
    )  # fmt: skip
    return post(
        message.endpoint.url,
        body=body,
        headers={**message.headers, "User-Agent": AGENT, **signed},
        seconds=settings.WEBHOOK_SECONDS,
    )


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"[:80]
