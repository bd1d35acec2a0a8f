"""Outside time-stamps on checkpoints: nobody can claim later that a signed root is older."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from foundation.errors import Refusal
from foundation.time_stamps import time_stamp_fetch, time_stamp_read

from .models import LogCheckpoint, LogStamp

logger = logging.getLogger(__name__)


def stamps_fetch() -> int:
    """Ask every configured authority for a stamp on the newest checkpoint; return how many came.

    An authority that is down is logged and asked again with the next checkpoint.
    """
    checkpoint = LogCheckpoint.objects.order_by("-size").first()
    if checkpoint is None:
        return 0
    done = set(checkpoint.stamps.values_list("authority", flat=True))
    wanting = [url for url in settings.TIME_STAMP_AUTHORITIES if url not in done]
    return sum(_stamp(checkpoint, url) for url in wanting)


def _stamp(checkpoint: LogCheckpoint, url: str) -> bool:
    note = checkpoint.note.encode()
    try:
        token = time_stamp_fetch(note, url=url)
        at = time_stamp_read(token, data=note).at
    except Refusal as refusal:
        logger.warning("Checkpoint of %s leaves: %s", checkpoint.size, refusal.sentence)
        return False
    stamp_keep(checkpoint=checkpoint, authority=url, token=token, at=at)
    return True


@transaction.atomic
def stamp_keep(
    *, checkpoint: LogCheckpoint, authority: str, token: bytes, at: datetime
) -> LogStamp:
    """Keep a stamp once per authority."""
    row, _ = LogStamp.objects.get_or_create(
        checkpoint=checkpoint, authority=authority, defaults={"token": token, "at": at}
    )
    return row
