"""Checks for anybody: read now, look deeper in a while, forget soon.

A check belongs to nobody and decides nothing, so it leaves no trace in the log: a record that can
never be deleted would break the promise that nothing is kept.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from probity.analysis.watermark_key import mark_keys
from probity.core.clock import now
from probity.core.errors import InvalidInput, Refusal
from probity.evidence.shelf import shelf_copy, shelf_delete, shelf_keep
from probity.evidence.uploads import ReceivedFile

from . import reading
from .finding import matches_of
from .models import Check, CheckPicture, Step
from .slots import check_slot

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 2
LARGE_BYTES = 48 * 1024 * 1024
"""Above it the first answer comes from the worker too: hashing alone takes too long."""
UNREADABLE = "The file could not be read to the end, so its credentials were not judged."


def check_receive(*, upload: ReceivedFile | None) -> Check:
    """Read a visitor's file and remember what it said; a worker looks deeper.

    Raises InvalidInput without a file or with an empty one, TooManyRequests when all slots are
    taken, and the Refusal of a file that cannot be read.
    """
    if upload is None or not upload.length:
        raise InvalidInput.of({"file": "Choose a file to check; this one is missing or empty."})
    answer = None
    if upload.length <= LARGE_BYTES:
        with check_slot():
            answer = reading.answer_quick(upload.path)
    return _keep(upload=upload, answer=answer or {})


@transaction.atomic
def _keep(*, upload: ReceivedFile, answer: dict[str, Any]) -> Check:
    moment = now()
    check = Check(
        name=reading.neutral(upload.name or "") or "unnamed file",
        sha256=upload.sha256,
        bytes=upload.length,
        made_at=moment,
        expires_at=moment + timedelta(minutes=settings.CHECK_MINUTES),
        answer=answer,
    )
    shelf_keep(upload.path, name=check.storage_name)
    check.save(force_insert=True)
    return check


@transaction.atomic
def check_keep(*, check: Check) -> Check:
    """Keep the answer for longer because its visitor asked; the file is gone all the same."""
    locked = Check.objects.select_for_update().get(pk=check.pk)
    locked.kept = True
    locked.expires_at = locked.made_at + timedelta(days=settings.CHECK_KEPT_DAYS)
    locked.save(update_fields=["kept", "expires_at"])
    return locked


@transaction.atomic
def check_forget(*, check: Check) -> None:
    """Delete an answer, its pictures and its file now."""
    name = check.storage_name
    Check.objects.filter(pk=check.pk).delete()
    transaction.on_commit(lambda: shelf_delete(name))


def checks_sweep() -> int:
    """Forget what is past its time; return how many."""
    due = list(Check.objects.filter(expires_at__lte=now())[:500])
    for check in due:
        check_forget(check=check)
    return len(due)


@transaction.atomic
def check_claim() -> Check | None:
    """Take the oldest check that waits, or one whose worker went silent."""
    lost = Q(step=Step.WORKING, lease_until__lt=now())
    rows = Check.objects.select_for_update(skip_locked=True).order_by("made_at")
    check = rows.filter(Q(step=Step.WAITING) | lost).first()
    if check is None:
        return None
    check.step, check.lease_until = Step.WORKING, now() + LEASE
    check.attempts = F("attempts") + 1
    check.save(update_fields=["step", "lease_until", "attempts"])
    check.refresh_from_db()
    return check


def check_deepen(check: Check) -> None:
    """Do what takes longer for a claimed check, then delete the file, whatever came of it."""
    try:
        if check.attempts > MOST_ATTEMPTS:
            raise Refusal(UNREADABLE)
        with shelf_copy(check.storage_name) as path:
            _deepen(check, path)
        step = Step.DONE
    except Refusal as refusal:
        check.more = {**check.more, "left_out": [refusal.sentence]}
        step = Step.FAILED
    except Exception:
        logger.exception("The check %s failed.", check.pk)
        check.more = {**check.more, "left_out": [UNREADABLE]}
        step = Step.FAILED
    check_end(check=check, step=step)


@transaction.atomic
def check_end(*, check: Check, step: Step) -> None:
    """Write down what was found; nothing if the visitor had it forgotten, or another worker whose
    turn it was by then has ended it."""
    Check.objects.filter(pk=check.pk, step=Step.WORKING).update(
        step=step, lease_until=None, answer=check.answer, more=check.more
    )
    transaction.on_commit(lambda: shelf_delete(check.storage_name))


def _deepen(check: Check, path: Path) -> None:
    if not check.answer:
        check.answer = reading.answer_full(path)
        Check.objects.filter(pk=check.pk).update(answer=check.answer)
    left_out: list[str] = []
    _pictures_keep(check, path, left_out)
    keys = mark_keys()
    try:
        seen = reading.marks(path, keys=keys)
    except Refusal as refusal:
        seen = []
        left_out.append(f"Watermarks were not looked for: {refusal.sentence}")
    check.answer["contradictions"] = reading.contradictions_of(
        check.answer["credentials"], check.answer["metadata"], seen
    )
    try:
        matches = matches_of(path, seen=seen)
    except Refusal as refusal:
        matches = []
        left_out.append(f"Works signed here were not compared: {refusal.sentence}")
    check.more = {"watermarks": seen, "matches": matches, "left_out": left_out}


def _pictures_keep(check: Check, path: Path, left_out: list[str]) -> None:
    try:
        made = reading.pictures(path, credentials=check.answer["credentials"])
    except Refusal as refusal:
        left_out.append(f"No picture can be shown: {refusal.sentence}")
        return
    with transaction.atomic():
        if not Check.objects.select_for_update().filter(pk=check.pk).exists():
            return
        check.pictures.all().delete()
        CheckPicture.objects.bulk_create(
            CheckPicture(
                check_row=check,
                node=one.node,
                media_type=one.media_type,
                width=one.width,
                height=one.height,
                data=one.data,
            )
            for one in made
        )
