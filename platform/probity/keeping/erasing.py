"""The worker's side of an erasure: step by step, each in its own transaction, so that a crash in
the middle costs nothing but time. What a hold forbids waits for its release."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet

from probity.audit.services import case_chain, event_append
from probity.bundles.models import Export
from probity.cases.models import Case, Report
from probity.core.clock import now
from probity.core.errors import Refusal
from probity.evidence.models import Asset
from probity.evidence.services import asset_files_purge, bundles_delete

from .errors import UnderHold
from .forgetting import (
    asset_let_go,
    cases_needing,
    export_forget,
    report_forget,
    request_forget,
    unnamed_forget,
    uploader_forget,
)
from .holds import holds_sweep
from .models import ErasureRequest, ErasureState, LegalHold, NoteReview, Requester
from .notes import notes_sweep, notes_waiting

logger = logging.getLogger(__name__)
WHY = "erasure request"


def erasures_run() -> int:
    """End holds that are over, erase notes that nobody looked at in time, wake what waited, erase
    what was granted; how many requests were finished."""
    holds_sweep()
    notes_sweep()
    _overdue_tell()
    for row in ErasureRequest.objects.filter(state__in=[ErasureState.HELD, ErasureState.PARTLY]):
        _resume(row)
    granted = ErasureRequest.objects.filter(state=ErasureState.APPROVED).order_by("decided_at")
    return sum(_try(row) for row in list(granted))


def _try(row: ErasureRequest) -> bool:
    try:
        return erasure_run(row)
    except UnderHold:
        _move(row, ErasureState.HELD, "erasure.held")
    except Exception as error:
        logger.exception("Erasure %s is not finished; it is tried again.", row.pk)
        sentence = error.sentence if isinstance(error, Refusal) else type(error).__name__
        ErasureRequest.objects.filter(pk=row.pk).update(error=sentence[:300], tries=row.tries + 1)
    return False


def erasure_run(request: ErasureRequest) -> bool:
    """Do what is left of a granted request; whether all of it is gone now.

    Raises UnderHold, and whatever a step died of: those before it stay done.
    """
    if erasure_blocked(request):
        raise UnderHold
    for name, act in _plan(request):
        _step(request, name, act)
    _files_gone(request)
    return _finish(request)


def erasure_blocked(request: ErasureRequest) -> bool:
    """Whether a hold forbids any of it: on its case, on one to which its reports went since, on any
    of the uploader who asks, or on one of its files."""
    cases = Q(pk=request.case_id) | Q(reports__in=request.reports)
    if request.requester == Requester.UPLOADER and request.case.uploader_id is not None:
        cases |= Q(uploader=request.case.uploader_id)
    on = Q(case__in=Case.objects.filter(cases).values("pk")) | Q(asset__in=request.assets)
    return LegalHold.objects.filter(on, released_at=None).exists()


Act = Callable[[ErasureRequest], bool]


def _plan(request: ErasureRequest) -> list[tuple[str, Act]]:
    """Words first: they name people. Bundles hold copies of both words and files."""
    actor = f"person:{request.decided_by_id}"
    reports = Report.objects.filter(pk__in=request.reports).order_by("received_at")
    files = Asset.objects.filter(pk__in=request.assets).order_by("pk")
    bundles = Export.objects.filter(case=request.case_id).order_by("asked_at")

    def words(report: Report) -> Act:
        def act(_: ErasureRequest) -> bool:
            report_forget(report=report, actor=actor, why=WHY)
            return True

        return act

    def file(asset: Asset) -> Act:
        def act(row: ErasureRequest) -> bool:
            kept = asset_let_go(case=row.case, asset=asset, actor=actor, why=WHY)
            row.kept = {name: who for name, who in row.kept.items() if name != asset.pk}
            row.kept |= {asset.pk: kept} if kept else {}
            return not kept

        return act

    def bundle(export: Export) -> Act:
        def act(_: ErasureRequest) -> bool:
            export_forget(export=export, actor=actor, why=WHY)
            return True

        return act

    def account(row: ErasureRequest) -> bool:
        if row.case.uploader is not None:
            uploader_forget(uploader=row.case.uploader, case=row.case, actor=actor, why=WHY)
        return True

    def unnamed(row: ErasureRequest) -> bool:
        unnamed_forget(case=row.case, actor=actor, why=WHY)
        return True

    own = request.requester == Requester.UPLOADER
    named = own and request.case.uploader_id is not None
    return [
        *((f"report:{row.pk}", words(row)) for row in reports),
        *([(f"uploader:{request.case.uploader_id}", account)] if named else []),
        *([(f"unnamed:{request.case_id}", unnamed)] if own else []),
        *((f"asset:{row.pk}", file(row)) for row in files),
        *((f"bundle:{row.pk}", bundle(row)) for row in bundles),
    ]


@transaction.atomic
def _step(request: ErasureRequest, name: str, act: Act) -> None:
    Case.objects.select_for_update().get(pk=request.case_id)
    row = ErasureRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if name in row.steps or row.state != ErasureState.APPROVED:
        return
    if act(row):
        row.steps = [*row.steps, name]
    row.save(update_fields=["steps", "kept"])


def _files_gone(request: ErasureRequest) -> None:
    """Delete what a crash between commit and deletion left in the store."""
    for asset in Asset.objects.filter(pk__in=request.assets):
        asset_files_purge(asset)
    for export in Export.objects.filter(case=request.case_id).exclude(destroyed_at=None):
        bundles_delete(export.storage_folder)


@transaction.atomic
def _finish(request: ErasureRequest) -> bool:
    Case.objects.select_for_update().get(pk=request.case_id)
    row = ErasureRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state != ErasureState.APPROVED:
        return row.state == ErasureState.DONE
    row.error = ""
    notes = notes_of(row).count()
    if row.kept or notes:
        row.state, name = ErasureState.PARTLY, "erasure.partly"
        payload: dict[str, object] = {
            "request": str(row.pk), "assets": sorted(row.kept), "notes": notes,
        }  # fmt: skip
    else:
        row.state, row.ended_at, name = ErasureState.DONE, now(), "erasure.done"
        payload = {"request": str(row.pk), "steps": row.steps}
    row.save(update_fields=["state", "ended_at", "error"])
    event_append(chain=case_chain(row.case_id), name=name, actor="system", payload=payload)
    if row.state == ErasureState.DONE:
        request_forget(request=row)
    return row.state == ErasureState.DONE


def notes_of(request: ErasureRequest) -> QuerySet[NoteReview]:
    """What of a request waits for a person to look at notes."""
    return notes_waiting(name for name, _ in _plan(request))


def _resume(row: ErasureRequest) -> None:
    """Back to work once no hold forbids it, a file is free that others needed, or the last note was
    looked at."""
    if row.state == ErasureState.HELD and not erasure_blocked(row):
        _move(row, ErasureState.APPROVED, "erasure.resumed")
        return
    if row.state != ErasureState.PARTLY:
        return
    kept = Asset.objects.filter(pk__in=row.kept)
    freed = any(not cases_needing(asset, besides=row.case).exists() for asset in kept)
    if freed or not (row.kept or notes_of(row).exists()):
        _move(row, ErasureState.APPROVED, "erasure.resumed")


@transaction.atomic
def _move(request: ErasureRequest, to: ErasureState, event: str) -> None:
    Case.objects.select_for_update().get(pk=request.case_id)
    row = ErasureRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state != request.state:
        return
    row.state = to
    row.save(update_fields=["state"])
    event_append(
        chain=case_chain(row.case_id), name=event, actor="system", payload={"request": str(row.pk)}
    )


def _overdue_tell() -> None:
    """Write down once that the time for an answer passed."""
    late = ErasureRequest.objects.filter(
        state=ErasureState.ASKED, due_at__lt=now(), overdue_at=None
    )
    for key, case in list(late.values_list("pk", "case")):
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=case)
            row = ErasureRequest.objects.select_for_update(of=("self",)).get(pk=key)
            if row.overdue_at or row.state != ErasureState.ASKED:
                continue
            row.overdue_at = now()
            row.save(update_fields=["overdue_at"])
            event_append(
                chain=case_chain(row.case_id), name="erasure.overdue", actor="system",
                payload={"request": str(row.pk), "due": row.due_at.isoformat()},
            )  # fmt: skip
