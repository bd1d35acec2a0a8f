"""Asking for a bundle, building it, handing it out: each step writes its event."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from probity.accounts.models import Person
from probity.audit.checkpoints import checkpoint_make
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import InvalidInput, Refusal
from probity.core.vetoes import vetoes_ask
from probity.evidence.models import CustodyAction
from probity.evidence.services import bundle_delete, bundle_keep, bundles_delete, custody_record

from .building import bundle_write, scratch
from .models import Export, ExportState, Profile
from .redaction import original_withheld

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
TOLD_SECONDS = 1.0
LIMITS = {"purpose": 500, "recipient": 200, "why": 500}


@transaction.atomic
def export_request(
    *, case: Case, profile: str, purpose: str, recipient: str, why: str,
    person: Person | None, actor: str,
) -> Export:  # fmt: skip
    """Ask for a bundle; a worker builds it. Raises InvalidInput.

    The log gets commitments to purpose, recipient and reason, since they may name people.
    """
    said = {"purpose": purpose.strip(), "recipient": recipient.strip(), "why": why.strip()}
    _check(profile, said)
    digests, salts = {}, {}
    for name, text in said.items():
        digests[name], salts[name] = commit_to(text) if text else ("", "")
    export = Export.objects.create(
        case=case, profile=profile, person=person, asked_at=now(), salts=salts, **said
    )
    event_append(
        chain=case_chain(case.pk),
        name="bundle.requested",
        actor=actor,
        payload={"export": str(export.pk), "profile": profile, **digests},
    )
    return export


def _check(profile: str, said: dict[str, str]) -> None:
    wrong = {
        name: f"“{name}” is longer than {most} characters; shorten it."
        for name, most in LIMITS.items()
        if len(said[name]) > most
    }
    if profile not in set(Profile):
        wrong["profile"] = f"Choose how much the bundle shows: {', '.join(Profile)}."
    if not said["purpose"]:
        wrong["purpose"] = "Say what the bundle is for; it is written into the bundle and the log."
    if not said["recipient"]:
        wrong["recipient"] = "Say who gets the bundle."
    if profile == Profile.FULL and not said["why"]:
        wrong["why"] = "Say why everything must be shown; a narrower profile needs no reason."
    if wrong:
        raise InvalidInput.of(wrong)


def export_claim() -> Export | None:
    """Take the oldest waiting export, or one whose worker went silent, for its own attempt."""
    with transaction.atomic():
        lost = Q(state=ExportState.BUILDING, lease_until__lt=now())
        rows = Export.objects.select_for_update(skip_locked=True).order_by("asked_at")
        export = rows.filter(Q(state=ExportState.WAITING) | lost).first()
        if export:
            export.state, export.done = ExportState.BUILDING, 0
            export.lease_until, export.claim = now() + LEASE, uuid4()
            export.save(update_fields=["state", "done", "lease_until", "claim"])
    return export


def export_build(export: Export) -> None:
    """Build a claimed export and keep the file; a failure is recorded with its sentence."""
    checkpoint_make()

    told = time.monotonic()

    def step(count: int) -> None:
        nonlocal told
        if time.monotonic() - told > TOLD_SECONDS:
            told = time.monotonic()
            mine = Export.objects.filter(pk=export.pk, claim=export.claim)
            mine.update(done=count, lease_until=now() + LEASE)

    try:
        with scratch() as folder:
            path = Path(folder) / "bundle.zip"
            written, redactions = bundle_write(export, target=path, on_step=step)
            bundle_keep(path, name=export.storage_name)
    except Exception as error:
        logger.exception("Export %s failed.", export.pk)
        sentence = error.sentence if isinstance(error, Refusal) else type(error).__name__
        _ended(export, ExportState.FAILED, error=sentence[:300])
        return
    _ended(
        export, ExportState.DONE, sha256=written.sha256, bytes=written.bytes,
        done=written.files, total=written.files, redactions=redactions,
    )  # fmt: skip


def _exported(export: Export, *, actor: str = "system", how: str = "") -> None:
    """A custody event for each original that left with the bundle."""
    for item in export.case.items.select_related("asset"):
        profile = Profile(export.profile)
        if original_withheld(profile, case=export.case, asset=item.asset) is None:
            custody_record(
                asset=item.asset, action=CustodyAction.EXPORTED, actor=actor,
                case=export.case_id, tool=f"evidence bundle {export.pk}{how}",
            )  # fmt: skip


@transaction.atomic
def _ended(export: Export, state: ExportState, *, redactions: int = 0, **columns: object) -> None:
    """End an attempt: what it wrote becomes the bundle, and every other attempt's bytes go.

    One that comes too late takes only its own away.
    """
    Case.objects.select_for_update().get(pk=export.case_id)
    locked = Export.objects.select_for_update().get(pk=export.pk)
    late = locked.state != ExportState.BUILDING or locked.claim != export.claim
    if late or locked.destroyed_at:
        logger.warning("Export %s was ended by another worker, or destroyed.", export.pk)
        if locked.destroyed_at or locked.claim != export.claim:
            transaction.on_commit(lambda: bundle_delete(export.storage_name))
        return
    kept = export.storage_name if state == ExportState.DONE else ""
    transaction.on_commit(lambda: bundles_delete(export.storage_folder, but=kept))
    if state == ExportState.DONE:
        _exported(export)
    export.state, export.ended_at, export.lease_until = state, now(), None
    for name, value in columns.items():
        setattr(export, name, value)
    export.save()
    done = {"profile": export.profile, "files": export.total, "bytes": export.bytes,
            "sha256": export.sha256, "redactions": redactions}  # fmt: skip
    failed = {"why": export.error}
    event_append(
        chain=case_chain(export.case_id),
        name="bundle.exported" if state == ExportState.DONE else "bundle.failed",
        actor="system",
        payload={"export": str(export.pk), **(done if state == ExportState.DONE else failed)},
    )


@transaction.atomic
def download_record(*, export: Export, actor: str) -> None:
    """Record that a finished bundle was handed out, with a custody event for each original."""
    _exported(export, actor=actor, how=", downloaded")
    event_append(
        chain=case_chain(export.case_id),
        name="bundle.downloaded",
        actor=actor,
        payload={"export": str(export.pk), "sha256": export.sha256},
    )


@transaction.atomic
def export_destroy(*, export: Export, actor: str, why: str) -> None:
    """Destroy a stored bundle; who got it and what for stays on record.

    Raises the Refusal of whoever forbids it (a legal hold).
    """
    locked = Export.objects.select_for_update().get(pk=export.pk)
    if locked.destroyed_at:
        return
    vetoes_ask("export", locked)
    if locked.state != ExportState.DONE:
        locked.state, locked.lease_until, locked.ended_at = ExportState.FAILED, None, now()
        locked.error = "The case was erased before the bundle was made."
    locked.destroyed_at = now()
    locked.save()
    event_append(
        chain=case_chain(locked.case_id),
        name="bundle.destroyed",
        actor=actor,
        payload={"export": str(locked.pk), "why": why},
    )
    transaction.on_commit(lambda: bundles_delete(locked.storage_folder))
