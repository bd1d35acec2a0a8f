"""Destroying one thing for good: each in one transaction, each with a line in the ledger.

The line is written last, before the commit: a crash in between leaves a line too many, never one
too few, and whoever wrote it comes back to finish.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from probity.alerts.forgetting import alerts_forget
from probity.analysis.forgetting import findings_forget
from probity.analysis.queue import jobs_cancel
from probity.audit.erasures import ledger_append
from probity.audit.services import case_chain, event_append
from probity.bundles.models import Export
from probity.bundles.services import export_destroy
from probity.cases.models import Case, Report
from probity.cases.services import report_erase
from probity.contests.appeals import appeal_erase
from probity.credentials.checks import check_forget
from probity.credentials.models import Check
from probity.decisions.carrying import measure_subject
from probity.decisions.models import Measure
from probity.evidence.models import Asset, CustodyAction
from probity.evidence.services import asset_destroy, custody_record
from probity.matching.forgetting import signals_forget
from probity.notices.forgetting import reporter_notices_forget, uploader_notices_forget
from probity.outbox.models import Message, MessageState
from probity.outbox.services import messages_forget
from probity.parties.models import Uploader
from probity.parties.services import uploader_erase

from .errors import UnderHold
from .models import ErasureRequest, ErasureState, LegalHold
from .selectors import case_held

GRANTED = [ErasureState.APPROVED, ErasureState.HELD, ErasureState.PARTLY, ErasureState.DONE]


def cases_needing(asset: Asset, *, besides: Case) -> QuerySet[Case]:
    """Other cases that still need a file: those under hold, and those whose time has not run out
    and for which nobody granted its erasure."""
    granted = ErasureRequest.objects.filter(assets__contains=[asset.pk], state__in=GRANTED)
    held = LegalHold.objects.filter(released_at=None, case__isnull=False)
    others = Case.objects.filter(items__asset=asset, removed_at=None).exclude(pk=besides.pk)
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
    for check in Check.objects.filter(sha256=asset.pk):
        check_forget(check=check)
    if ledger:
        ledger_append(kind="asset", id=asset.pk, case=str(case.pk), why=why)


@transaction.atomic
def report_forget(*, report: Report, actor: str, why: str, ledger: bool = True) -> None:
    """Erase a report's words, address, contact, salts, and what was written to its sender.

    Raises UnderHold.
    """
    Case.objects.select_for_update().get(pk=report.case_id)
    report_erase(report=report, actor=actor)
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
    """Erase an uploader's account reference, address and language, and every notice to them.

    Raises UnderHold.
    """
    Case.objects.select_for_update().get(pk=case.pk)
    for appeal in uploader.appeals.all():
        appeal_erase(appeal=appeal, actor=actor)
    uploader_erase(uploader=uploader, actor=actor)
    uploader_notices_forget(uploader=uploader, actor=actor)
    for each in Case.objects.select_for_update().filter(uploader=uploader).order_by("pk"):
        _webhooks_forget(each, actor=actor)
    if ledger:
        ledger_append(kind="uploader", id=str(uploader.pk), case=str(case.pk), why=why)


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
