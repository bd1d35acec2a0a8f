"""What a case's log says of queues, of passing the case on, of splits and merges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.audit.commitments import commitment_opens
from probity.cases.models import Category, Handover, Queue, Report, WorkNote
from probity.web.language.later import later
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.words import absolute, plural

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]

WAITING_WORDS = {
    "reporter": later("It waits for the reporter."),
    "uploader": later("It waits for the uploader."),
    "authority": later("It waits for an authority."),
}
WOKEN_WORDS = {
    "taken": later("Somebody took it."),
    "time": later("Its time was over."),
    "woken": later("Somebody brought it back."),
    "merged": later("It was merged."),
}


def _queued(payload: Payload) -> Lines:
    was, becomes = _queue(payload["was"]), _queue(payload["now"])
    return [
        gettext("From “{was}” to “{becomes}”: {why}.").format(
            was=was, becomes=becomes, why=payload["why"]
        )
    ], None


def _category(payload: Payload) -> Lines:
    was, becomes = (CATEGORY_WORDS[Category(payload[name])] for name in ("was", "now"))
    return [gettext("From “{was}” to “{becomes}”.").format(was=was, becomes=becomes)], None


def _paused(payload: Payload) -> Lines:
    return [f"{plural(payload['clocks'], 'clock', 'clocks')}.", *_waiting(payload)], None


def _resumed(payload: Payload) -> Lines:
    return [f"{plural(payload['clocks'], 'clock', 'clocks')}."], None


def _snoozed(payload: Payload) -> Lines:
    return [
        gettext("Until {until}.").format(until=_when(payload["until"])),
        *_waiting(payload),
    ], None


def _woken(payload: Payload) -> Lines:
    return [WOKEN_WORDS.get(payload["why"], f"{payload['why']}.")], None


def _sent(payload: Payload) -> Lines:
    row = Handover.objects.filter(pk=payload["handover"]).first()
    good = None if row is None else str(row.person_id) == payload["person"]
    return [
        gettext("To {person}, until {until}.").format(
            person=_name(payload["person"]), until=_when(payload["until"])
        )
    ], good


def _sent_ended(payload: Payload) -> Lines:
    return [f"{_name(payload['person'])}: {payload['why']}."], None


def _skipped(payload: Payload) -> Lines:
    return [
        gettext("{person}, until {until}.").format(
            person=_name(payload["person"]), until=_when(payload["until"])
        )
    ], None


def _noted(payload: Payload) -> Lines:
    row = WorkNote.objects.filter(pk=payload["note"]).first()
    if row is None or not row.salt:
        return [gettext("The words were erased.")], None
    good = commitment_opens(digest=payload["text"], salt=row.salt, value=row.text)
    return [f"“{row.text}”"], good


def _merged(payload: Payload) -> Lines:
    return [_other(payload, gettext("Its reports and files are in")), *_counts(payload)], _here(
        payload
    )


def _absorbed(payload: Payload) -> Lines:
    return [_other(payload, gettext("They came from")), *_counts(payload)], _here(payload)


def _split(payload: Payload) -> Lines:
    return [_other(payload, gettext("The new case is")), *_files(payload)], None


def _split_off(payload: Payload) -> Lines:
    return [_other(payload, gettext("It was part of")), *_files(payload)], None


def _bare(_: Payload) -> Lines:
    return [], None


def _counts(payload: Payload) -> list[str]:
    reports = plural(len(payload["reports"]), "report", "reports")
    return [f"{reports}, {plural(len(payload['files']), 'file', 'files')}."]


def _files(payload: Payload) -> list[str]:
    return [f"SHA-256 {sha256}" for sha256 in payload["files"]]


def _here(payload: Payload) -> bool:
    """Every report that the log names is still kept."""
    found = Report.objects.filter(pk__in=payload["reports"]).count()
    return found == len(payload["reports"])


def _other(payload: Payload, words: str) -> str:
    return f"{words} P-{payload['number']:06d}."


def _waiting(payload: Payload) -> list[str]:
    words = WAITING_WORDS.get(payload["waiting_for"])
    return [words] if words else []


def _queue(key: str) -> str:
    row = Queue.objects.filter(key=key).first()
    return row.title if row else key


def _name(person_id: str) -> str:
    person = Person.objects.filter(pk=person_id).first()
    return person.username if person else gettext("A former member of staff")


def _when(iso: str) -> str:
    return absolute(datetime.fromisoformat(iso))


QUEUE_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "case.queued": _queued,
    "case.category": _category,
    "clocks.paused": _paused,
    "clocks.resumed": _resumed,
    "case.snoozed": _snoozed,
    "case.woken": _woken,
    "case.sent": _sent,
    "case.sent_ended": _sent_ended,
    "case.skipped": _skipped,
    "case.escalated": _bare,
    "case.escalation_ended": _bare,
    "case.noted": _noted,
    "case.notes_erased": _bare,
    "case.merged": _merged,
    "case.absorbed": _absorbed,
    "case.split": _split,
    "case.split_off": _split_off,
}
