"""What a case's log says of holds, of retention, and of requests for erasure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from probity.audit.commitments import commitment_opens
from probity.cases.models import WorkNote
from probity.keeping.models import ErasureRequest, Ground, LegalHold, Requester
from probity.web.keeping.words import GROUND_WORDS, REQUESTER_WORDS, hold_sentence
from probity.web.words import absolute

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]


def _placed(payload: Payload) -> Lines:
    row = LegalHold.objects.filter(pk=payload["hold"]).first()
    if row is None:
        return [gettext("The hold is no longer stored.")], None
    good = all(
        commitment_opens(digest=payload[name], salt=row.salts[name], value=getattr(row, name))
        for name in ("reason", "reference")
    )
    return [f"{hold_sentence(row)}."], good and row.kind == payload["kind"]


def _released(payload: Payload) -> Lines:
    row = LegalHold.objects.filter(pk=payload["hold"]).first()
    if row is None or not row.released_at:
        return [gettext("The hold is no longer stored.")], None
    salt = row.salts.get("release_reason", "")
    good = commitment_opens(digest=payload["reason"], salt=salt, value=row.release_reason)
    return [f"{hold_sentence(row)}."], good


def _ended(payload: Payload) -> Lines:
    return [gettext("Its end was set to {until}.").format(until=_when(payload["until"]))], None


def _cleared(payload: Payload) -> Lines:
    since = _when(payload["since"])
    what = gettext("{files} files, the words of {reports} reports").format(
        files=payload["files"], reports=payload["reports"]
    )
    told = [
        gettext("Kept for {days} days after the last {anchor}, since {since}.").format(
            days=payload["days"], anchor=payload["anchor"], since=since
        ),
        gettext("{what}, {bundles} bundles.").format(what=what, bundles=payload["bundles"]),
    ]
    if payload["left_to_others"]:
        told.append(
            gettext("{left_to_others} files stay for other cases.").format(
                left_to_others=payload["left_to_others"]
            )
        )
    return told, None


def _given_up(payload: Payload) -> Lines:
    return [
        gettext("Why: {why}.").format(why=payload["why"]),
        f"SHA-256 {payload['asset']}",
    ], None


def _joined(payload: Payload) -> Lines:
    what = gettext("{reports} reports, {assets} files").format(
        reports=len(payload["reports"]), assets=len(payload["assets"])
    )
    return [gettext("The open request is about {what} now.").format(what=what)], None


def _asked(payload: Payload) -> Lines:
    who = REQUESTER_WORDS[Requester(payload["requester"])]
    what = gettext("{reports} reports, {assets} files").format(
        reports=len(payload["reports"]), assets=len(payload["assets"])
    )
    lines = [
        gettext("{who}: {what}. An answer is due {due}.").format(
            who=who, what=what, due=_when(payload["due"])
        )
    ]
    row = ErasureRequest.objects.filter(pk=payload["request"]).first()
    if row is None or not row.words:
        return lines, None
    salt = row.salts.get("words", "")
    return lines, commitment_opens(digest=payload["words"], salt=salt, value=row.words)


def _due(payload: Payload) -> Lines:
    return [gettext("Due {due}.").format(due=_when(payload["due"]))], None


def _approved(payload: Payload) -> Lines:
    return [f"SHA-256 {sha256}" for sha256 in payload["assets"]], None


def _refused(payload: Payload) -> Lines:
    return [f"{GROUND_WORDS[Ground(payload['ground'])]}."], None


def _partly(payload: Payload) -> Lines:
    kept = [f"SHA-256 {sha256}" for sha256 in payload["assets"]]
    notes = [gettext("Notes to look at: {notes}.").format(notes=payload["notes"])]
    return [*kept, *(notes if payload["notes"] else [])], None


def _notes_asked(payload: Payload) -> Lines:
    return [
        gettext("Notes to look at: {notes}. What nobody keeps goes {due}.").format(
            notes=len(payload["notes"]), due=_when(payload["due"])
        )
    ], None


def _note_kept(payload: Payload) -> Lines:
    row = WorkNote.objects.filter(pk=payload["note"]).exclude(text="").first()
    return [f"“{row.text}”" if row else gettext("The words were erased.")], None


def _done(payload: Payload) -> Lines:
    return [gettext("{steps} things were erased.").format(steps=len(payload["steps"]))], None


def _destroyed(payload: Payload) -> Lines:
    return [gettext("Why: {why}.").format(why=payload["why"])], None


def _bare(_: Payload) -> Lines:
    return [], None


def _when(iso: str) -> str:
    return absolute(datetime.fromisoformat(iso))


KEEPING_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "hold.placed": _placed,
    "hold.released": _released,
    "hold.ended": _ended,
    "retention.cleared": _cleared,
    "item.given_up": _given_up,
    "bundle.destroyed": _destroyed,
    "erasure.asked": _asked,
    "erasure.joined": _joined,
    "erasure.extended": _due,
    "erasure.overdue": _due,
    "erasure.approved": _approved,
    "erasure.refused": _refused,
    "erasure.held": _bare,
    "erasure.resumed": _bare,
    "erasure.partly": _partly,
    "erasure.notes_asked": _notes_asked,
    "erasure.note_kept": _note_kept,
    "erasure.done": _done,
}
