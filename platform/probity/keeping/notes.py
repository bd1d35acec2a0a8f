"""Work notes after an erasure: those that name what was erased go at once; the rest of the case's
notes are put before a person, since free text may speak of somebody without a name.

What nobody looked at in time goes as well: who asked for erasure must not wait on our leisure.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.erasures import ledger_append
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, WorkNote
from probity.cases.notes import work_notes_erase
from probity.core.clock import now
from probity.core.errors import Conflict
from probity.core.mentions import longest, named_in
from probity.core.wake import task_wake

from .errors import UnderHold
from .holds import TASK
from .mentions import Traces
from .models import NoteAnswer, NoteReview
from .selectors import case_held, cases_held

logger = logging.getLogger(__name__)
WAITS = timedelta(days=14)
WHY = "note on what was erased"


def notes_sift(*, case: Case, traces: Traces, about: str, actor: str) -> None:
    """Erase the notes of a locked case, and of those merged into it, that show a trace; put
    the others before a person. Joins the caller's transaction."""
    cases = [case, *_beside(case)]
    for one in cases:
        rows = list(one.work_notes.exclude(text=""))
        naming = [row.pk for row in rows if traces.found_in(row.text)]
        if one.pk != case.pk and case_held(one.pk):
            naming = []
        _erase(case=one, only=naming, actor=actor)
        rest = [row for row in rows if row.pk not in set(naming)]
        _put(case=one, notes=rest, about=about, elsewhere=False, actor=actor)


def notes_elsewhere(
    *, besides: Collection[Case], traces: Traces, about: str, actor: str
) -> None:  # fmt: skip
    """Put notes of any other case that name somebody before a person: their case still needs them,
    perhaps. Joins the caller's transaction."""
    if not traces.personal:
        return
    near = reduce(or_, (Q(text__icontains=longest(term)) for term in traces.personal))
    others = WorkNote.objects.filter(near).exclude(text="")
    own = [one.pk for case in besides for one in (case, *_beside(case))]
    found: dict[UUID, list[WorkNote]] = {}
    for row in others.exclude(case__in=own).order_by("case", "at"):
        if named_in(row.text, traces.personal):
            found.setdefault(row.case_id, []).append(row)
    for case in Case.objects.select_for_update(of=("self",)).filter(pk__in=found).order_by("pk"):
        _put(case=case, notes=found[case.pk], about=about, elsewhere=True, actor=actor)


@transaction.atomic
def case_notes_forget(
    *, case: Case, actor: str, why: str, until: datetime | None = None, ledger: bool = True
) -> int:
    """Erase every note of a case whose time is over, and of those merged into it; how many.

    ``until`` leaves alone what was written later. Raises UnderHold.
    """
    until = until or now()
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if case_held(locked.pk):
        raise UnderHold
    count = 0
    for one in [locked, *_beside(locked)]:
        notes = one.work_notes.filter(at__lte=until).exclude(text="")
        keys = [] if case_held(one.pk) else list(notes.values_list("pk", flat=True))
        _erase(case=one, only=keys, actor=actor)
        count += len(keys)
        if keys and ledger:
            ledger_append(kind="notes", id=str(one.pk), case=str(one.pk), why=why)
    return count


@transaction.atomic
def note_keep(*, note: WorkNote, actor: Actor) -> None:
    """Say that a note speaks of nothing that was erased. Raises NotAllowed, Conflict."""
    person = actor.require_person(Ability.ERASURES_DECIDE)
    case = _locked(note)
    _answer([note.pk], NoteAnswer.KEPT, by=person)
    event_append(
        chain=case_chain(case.pk), name="erasure.note_kept", actor=actor.name,
        payload={"note": str(note.pk)},
    )  # fmt: skip
    transaction.on_commit(lambda: task_wake(TASK))


@transaction.atomic
def note_remove(*, note: WorkNote, actor: Actor) -> None:
    """Erase a note that was put before a person. Raises NotAllowed, Conflict, UnderHold."""
    person = actor.require_person(Ability.ERASURES_DECIDE)
    case = _locked(note)
    note_forget(note=note, case=case, actor=actor.name, by=person)
    transaction.on_commit(lambda: task_wake(TASK))


def note_forget(
    *, note: WorkNote, case: Case, actor: str, by: Person | None = None, ledger: bool = True
) -> None:
    """Erase one note of a locked case, in the caller's transaction. Raises UnderHold."""
    if case_held(case.pk):
        raise UnderHold
    _erase(case=case, only=[note.pk], actor=actor, by=by)
    if ledger:
        ledger_append(kind="note", id=str(note.pk), case=str(case.pk), why=WHY)


def notes_sweep() -> int:
    """Erase the notes that nobody looked at in time; those under a hold wait for its end."""
    due = NoteReview.objects.filter(answer="", due_at__lte=now()).select_related("note")
    notes = {row.note_id: row.note for row in due}
    held = cases_held({note.case_id for note in notes.values()})
    return sum(_late(note) for note in notes.values() if note.case_id not in held)


@transaction.atomic
def _late(note: WorkNote) -> bool:
    try:
        case = _locked(note)
        note_forget(note=note, case=case, actor="system")
    except (Conflict, UnderHold) as refusal:
        logger.info("Note %s stays for now: %s", note.pk, refusal.sentence)
        return False
    return True


def notes_waiting(abouts: Iterable[str]) -> QuerySet[NoteReview]:
    """What these steps of an erasure put before a person that has no answer yet."""
    return NoteReview.objects.filter(answer="", about__in=list(abouts))


def _locked(note: WorkNote) -> Case:
    """The note's case, locked; raises Conflict for a note that waits for nobody."""
    case = Case.objects.select_for_update().get(pk=note.case_id)
    if not NoteReview.objects.filter(note=note, answer="").exists():
        raise Conflict("Somebody looked at this note already, or its time was over.")
    return case


def _beside(case: Case) -> list[Case]:
    """The cases that were merged into one, and those merged into them, locked."""
    found: list[Case] = []
    last = [case]
    while last:
        rows = Case.objects.select_for_update(of=("self",)).filter(merged_into__in=last)
        last = list(rows.order_by("pk"))
        found += last
    return found


def _erase(
    *, case: Case, only: Collection[UUID], actor: str, by: Person | None = None
) -> None:  # fmt: skip
    work_notes_erase(case=case, notes=only, actor=actor)
    _answer(only, NoteAnswer.REMOVED, by=by)


def _answer(notes: Collection[UUID], answer: NoteAnswer, *, by: Person | None) -> None:
    rows = NoteReview.objects.filter(note__in=notes, answer="")
    rows.update(answer=answer, answered_by=by, answered_at=now())


def _put(
    *, case: Case, notes: Collection[WorkNote], about: str, elsewhere: bool, actor: str
) -> None:
    asked = NoteReview.objects.filter(note__in=notes, about=about)
    known = set(asked.values_list("note", flat=True))
    fresh = [note for note in notes if note.pk not in known]
    if not fresh:
        return
    moment, due = now(), now() + WAITS
    NoteReview.objects.bulk_create(
        NoteReview(note=note, about=about, elsewhere=elsewhere, asked_at=moment, due_at=due)
        for note in fresh
    )
    event_append(
        chain=case_chain(case.pk), name="erasure.notes_asked", actor=actor,
        payload={
            "about": about, "notes": [str(note.pk) for note in fresh], "due": due.isoformat(),
        },
    )  # fmt: skip
