"""After a restore: destroy again what the ledger says was destroyed and the backup brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from probity.audit.erasures import Erased, ledger_read
from probity.bundles.models import Export
from probity.cases.models import Case, EvidenceItem, Report, ReporterContact, WorkNote
from probity.core.errors import Refusal
from probity.evidence.models import Asset, CustodyAction
from probity.evidence.services import asset_files_purge, bundles_delete
from probity.outbox.models import Message
from probity.parties.models import Uploader

from .errors import UnderHold
from .forgetting import (
    asset_forget,
    export_forget,
    report_forget,
    request_forget,
    unnamed_forget,
    uploader_forget,
)
from .models import ErasureRequest
from .notes import case_notes_forget, note_forget

WHY = "erased before, came back with a restore"


class LedgerBroken(Refusal):
    """The ledger was altered: nothing is destroyed on its word."""

    code = "ledger-broken"
    status = 409


@dataclass
class Replayed:
    """What a replay did: ``again`` destroyed once more, ``gone`` found gone, ``anew`` left alone
    because it was received again later, ``held`` kept by a legal hold that came back as well,
    ``waits`` stopped by something else, each with why."""

    lines: int = 0
    again: list[str] = field(default_factory=list)
    gone: int = 0
    anew: int = 0
    held: list[str] = field(default_factory=list)
    waits: dict[str, str] = field(default_factory=dict)


def erasures_replay() -> Replayed:
    """Go through the ledger once; may be stopped and run any number of times.

    Raises LedgerBroken.
    """
    ledger = ledger_read()
    if not ledger.sound:
        raise LedgerBroken(
            f"The erasure ledger does not hold: {ledger.sentence} Nothing was destroyed. Compare "
            "it with another copy."
        )
    latest = {(line.kind, line.id, _place(line)): line for line in ledger.lines}
    told = Replayed(lines=len(ledger.lines))
    for line in latest.values():
        try:
            outcome = ACTS[line.kind](line)
        except UnderHold:
            told.held.append(f"{line.kind} {line.id}")
            continue
        except Refusal as refusal:  # one thing must not keep all the others alive
            told.waits[f"{line.kind} {line.id}"] = refusal.sentence
            continue
        told.again += [f"{line.kind} {line.id}"] if outcome == "again" else []
        told.gone += outcome == "gone"
        told.anew += outcome == "anew"
    return told


def _place(line: Erased) -> str:
    """A file can be given up by several cases; everything else is destroyed once."""
    return line.case if line.kind == "item" else ""


def _asset(line: Erased) -> str:
    asset = Asset.objects.filter(pk=line.id).first()
    if asset is None:
        return "gone"
    received = asset.custody.filter(action=CustodyAction.RECEIVED, at__gt=line.at)
    if received.exists():
        return "anew"
    if asset.destroyed_at is None:
        case = Case.objects.filter(pk=line.case).first() or _any_case(asset)
        asset_forget(asset=asset, case=case, actor="system", why=WHY, ledger=False)
        asset.refresh_from_db()
        asset_files_purge(asset)
        return "again"
    return "again" if asset_files_purge(asset) else "gone"


def _any_case(asset: Asset) -> Case:
    """An asset is received for a case, so there is one."""
    return Case.objects.filter(items__asset=asset).order_by("opened_at")[0]


def _item(line: Erased) -> str:
    rows = EvidenceItem.objects.filter(case=UUID(line.case), asset=line.id, added_at__lte=line.at)
    row = rows.first()
    if row is None:
        return "gone"
    if row.case.holds.filter(released_at=None).exists():
        raise UnderHold
    row.delete()
    return "again"


def _report(line: Erased) -> str:
    report = Report.objects.filter(pk=line.id).first()
    if report is None:
        return "gone"
    contact = ReporterContact.objects.filter(report=report).exists()
    told = Message.objects.filter(about=f"report:{report.pk}", forgotten_at=None).exists()
    if not (report.explanation or report.url or report.salts or contact or told):
        return "gone"
    report_forget(report=report, actor="system", why=WHY, ledger=False)
    return "again"


def _export(line: Erased) -> str:
    export = Export.objects.filter(pk=line.id).first()
    if export is None:
        bundles_delete(Export(id=UUID(line.id)).storage_folder)
        return "gone"
    if export.destroyed_at is None:
        export_forget(export=export, actor="system", why=WHY, ledger=False)
        return "again"
    bundles_delete(export.storage_folder)
    return "gone"


def _request(line: Erased) -> str:
    row = ErasureRequest.objects.filter(pk=line.id).first()
    if row is None or not (row.words or row.salts):
        return "gone"
    request_forget(request=row, ledger=False)
    return "again"


def _uploader(line: Erased) -> str:
    uploader = Uploader.objects.filter(pk=line.id).first()
    case = Case.objects.filter(pk=line.case).first()
    if uploader is None or case is None or uploader.erased_at:
        return "gone"
    uploader_forget(uploader=uploader, case=case, actor="system", why=WHY, ledger=False)
    return "again"


def _unnamed(line: Erased) -> str:
    case = Case.objects.filter(pk=line.id).first()
    if case is None:
        return "gone"
    again = unnamed_forget(case=case, actor="system", why=WHY, until=line.at, ledger=False)
    return "again" if again else "gone"


def _note(line: Erased) -> str:
    note = WorkNote.objects.filter(pk=line.id).exclude(text="").first()
    if note is None:
        return "gone"
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=note.case_id)
        note_forget(note=note, case=case, actor="system", ledger=False)
    return "again"


def _notes(line: Erased) -> str:
    case = Case.objects.filter(pk=line.id).first()
    if case is None or not case.work_notes.exclude(text="").filter(at__lte=line.at).exists():
        return "gone"
    again = case_notes_forget(case=case, actor="system", why=WHY, until=line.at, ledger=False)
    return "again" if again else "gone"


ACTS: dict[str, Callable[[Erased], str]] = {
    "asset": _asset,
    "item": _item,
    "report": _report,
    "uploader": _uploader,
    "unnamed": _unnamed,
    "note": _note,
    "notes": _notes,
    "export": _export,
    "request": _request,
}
