"""Destroying one thing for good: each in one transaction, each with a line in the ledger.

The line is written last, before the commit: a crash in between leaves a line too many, never one
too few, and whoever wrote it comes back to finish.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from probity.alerts.forgetting import alerts_forget
from probity.analysis.forgetting import findings_forget
from probity.analysis.queue import jobs_cancel
from probity.audit.erasures import ledger_append
from probity.audit.services import case_chain, event_append
from probity.bundles.models import Export
from probity.bundles.services import export_destroy
from probity.cases.models import TRIAL, Case, Report
from probity.cases.services import report_erase
from probity.contests.appeals import appeal_erase
from probity.contests.selectors import appeals_unnamed
from probity.core.clock import now
from probity.credentials.checks import check_forget
from probity.credentials.models import Check
from probity.decisions.carrying import measure_subject
from probity.decisions.models import Measure
from probity.evidence.models import Asset, CustodyAction
from probity.evidence.services import asset_destroy, custody_record
from probity.matching.forgetting import signals_forget
from probity.notices.forgetting import (
    reporter_notices_forget,
    unnamed_notices_forget,
    uploader_notices_forget,
)
from probity.outbox.models import Message, MessageState
from probity.outbox.services import messages_forget
from probity.parties.models import Uploader
from probity.parties.services import uploader_erase
from probity.quality.forgetting import trial_reports_forget

from .errors import UnderHold
from .mentions import (
    appeal_traces,
    asset_traces,
    mentions_forget,
    reporter_traces,
    uploader_traces,
)
from .models import ErasureRequest, ErasureState, LegalHold
from .notes import notes_elsewhere, notes_sift
from .selectors import case_held

GRANTED = [ErasureState.APPROVED, ErasureState.HELD, ErasureState.PARTLY, ErasureState.DONE]


def cases_needing(asset: Asset, *, besides: Case) -> QuerySet[Case]:
    """Other cases that still need a file: those under hold, and those whose time has not run out
    and for which nobody granted its erasure."""
    granted = ErasureRequest.objects.filter(assets__contains=[asset.pk], state__in=GRANTED)
    held = LegalHold.objects.filter(released_at=None, case__isnull=False)
    others = Case.objects.filter(items__asset=asset, removed_at=None).exclude(pk=besides.pk)
    # a copy for the quality of decisions shows a file as long as its source has it, no longer
    others = others.exclude(demonstration__startswith=TRIAL)
    free = Q(cleared=None) & ~Q(pk__in=granted.values("case"))
    return others.filter(free | Q(pk__in=held.values("case"))).order_by("number").distinct()


@transaction.atomic
def asset_let_go(*, case: Case, asset: Asset, actor: str, why: str) -> list[str]:
    """Destroy a case's file with all that was made of it, or give it up where others need it.

    The labels of those others; empty when the bytes are gone. Raises UnderHold.
    """
    Case.objects.select_for_update().get(pk=case.pk)
    needing = [other.label for other in cases_needing(asset, besides=case)]
    if needing:
        _give_up(case=case, asset=asset, actor=actor, why=why)
    else:
        asset_forget(asset=asset, case=case, actor=actor, why=why)
    return needing


def _give_up(*, case: Case, asset: Asset, actor: str, why: str) -> None:
    item = case.items.filter(asset=asset).first()
    if item is None:
        return
    if case_held(case.pk):
        raise UnderHold
    item.delete()
    _asset_notes(case, asset, actor=actor)
    custody_record(asset=asset, action=CustodyAction.GIVEN_UP, actor=actor, case=case.pk)
    event_append(
        chain=case_chain(case.pk), name="item.given_up", actor=actor,
        payload={"asset": asset.pk, "why": why},
    )  # fmt: skip
    ledger_append(kind="item", id=asset.pk, case=str(case.pk), why=why)


@transaction.atomic
def asset_forget(
    *, asset: Asset, case: Case, actor: str, why: str, ledger: bool = True
) -> None:  # fmt: skip
    """Destroy bytes, previews, tracks, fingerprints, what findings and alerts said.

    Raises UnderHold.
    """
    jobs_cancel(asset=asset)
    asset_destroy(asset=asset, actor=actor, case=case.pk, why=why)
    findings_forget(asset.pk)
    signals_forget(asset)
    alerts_forget(asset=asset.pk, actor=actor)
    _asset_notes(case, asset, actor=actor)
    for check in Check.objects.filter(sha256=asset.pk):
        check_forget(check=check)
    if ledger:
        ledger_append(kind="asset", id=asset.pk, case=str(case.pk), why=why)


def _asset_notes(case: Case, asset: Asset, *, actor: str) -> None:
    notes_sift(case=case, traces=asset_traces(asset), about=f"asset:{asset.pk}", actor=actor)


@transaction.atomic
def report_forget(
    *, report: Report, actor: str, why: str, beyond: bool = True, ledger: bool = True
) -> None:  # fmt: skip
    """Erase a report's words, address, contact, salts, what was written to its sender, and every
    search, run and note on its case that names whoever sent it; a person looks at the other notes,
    and, ``beyond`` its case, at those that name the sender (see ``notes``).

    Raises UnderHold, and Conflict while such a run is not over.
    """
    case = Case.objects.select_for_update().get(pk=report.case_id)
    traces = reporter_traces(report)
    report_erase(report=report, actor=actor)
    mentions_forget(traces.terms, actor=actor)
    about = f"report:{report.pk}"
    notes_sift(case=case, traces=traces, about=about, actor=actor)
    if beyond:
        notes_elsewhere(besides=[case], traces=traces, about=about, actor=actor)
    trial_reports_forget(report=report, actor=actor)
    for appeal in report.appeals.all():
        appeal_erase(appeal=appeal, actor=actor)
    reporter_notices_forget(report=report, actor=actor)
    _webhooks_forget(report.case, actor=actor)
    if ledger:
        ledger_append(kind="report", id=str(report.pk), case=str(report.case_id), why=why)


@transaction.atomic
def uploader_forget(
    *, uploader: Uploader, case: Case, actor: str, why: str, ledger: bool = True
) -> None:  # fmt: skip
    """Erase an uploader's account reference, address and language, every notice to them, and every
    search, run and note on their cases that names them; a person looks at the other notes.

    Raises UnderHold, and Conflict while such a run is not over.
    """
    Case.objects.select_for_update().get(pk=case.pk)
    traces, about = uploader_traces(uploader), f"uploader:{uploader.pk}"
    for appeal in uploader.appeals.all():
        appeal_erase(appeal=appeal, actor=actor)
    uploader_erase(uploader=uploader, actor=actor)
    uploader_notices_forget(uploader=uploader, actor=actor)
    mentions_forget(traces.terms, actor=actor)
    theirs = list(Case.objects.select_for_update().filter(uploader=uploader).order_by("pk"))
    for each in theirs:
        _webhooks_forget(each, actor=actor)
        notes_sift(case=each, traces=traces, about=about, actor=actor)
    notes_elsewhere(besides=theirs, traces=traces, about=about, actor=actor)
    if ledger:
        ledger_append(kind="uploader", id=str(uploader.pk), case=str(case.pk), why=why)


@transaction.atomic
def unnamed_forget(
    *, case: Case, actor: str, why: str, until: datetime | None = None, ledger: bool = True
) -> int:
    """Erase what an uploader said here whose account nobody had named: their appeals, the notices
    to them, and every search, run and note on the case that names them. How many appeals and
    notices it was; ``until`` leaves alone what came after.

    Raises UnderHold, and Conflict while such a run is not over.
    """
    Case.objects.select_for_update().get(pk=case.pk)
    if case_held(case.pk):
        raise UnderHold
    until = until or now()
    appeals = list(appeals_unnamed(case).filter(received_at__lte=until))
    traces, about = appeal_traces(appeals), f"unnamed:{case.pk}"
    mentions_forget(traces.terms, actor=actor)
    for appeal in appeals:
        appeal_erase(appeal=appeal, actor=actor)
    count = len(appeals) + unnamed_notices_forget(case=case, until=until, actor=actor)
    if count:
        notes_sift(case=case, traces=traces, about=about, actor=actor)
        notes_elsewhere(besides=[case], traces=traces, about=about, actor=actor)
        _webhooks_forget(case, actor=actor)
    if count and ledger:
        ledger_append(kind="unnamed", id=str(case.pk), case=str(case.pk), why=why)
    return count


def _webhooks_forget(case: Case, *, actor: str) -> None:
    """What was told to the host platform names the address that was reported. Only once taken: what
    still waits carries a decision out."""
    told = [f"decision:{decision.pk}" for decision in case.decisions.all()]
    told += {measure_subject(row) for row in Measure.objects.filter(decision__case=case)}
    for about in told:
        if not Message.objects.filter(about=about).exclude(state=MessageState.SENT).exists():
            messages_forget(about=about, actor=actor)


@transaction.atomic
def export_forget(*, export: Export, actor: str, why: str, ledger: bool = True) -> None:
    """Destroy a stored bundle; it can be made anew from what is left. Raises UnderHold."""
    Case.objects.select_for_update().get(pk=export.case_id)
    export_destroy(export=export, actor=actor, why=why)
    if ledger:
        ledger_append(kind="export", id=str(export.pk), case=str(export.case_id), why=why)


def request_forget(*, request: ErasureRequest, ledger: bool = True) -> None:
    """Erase what a request itself said, in the caller's transaction; what became of it stays."""
    request.words, request.salts = "", {}
    request.save(update_fields=["words", "salts"])
    if ledger:
        ledger_append(kind="request", id=str(request.pk), case=str(request.case_id), why="erasure")
