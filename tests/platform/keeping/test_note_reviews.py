"""Notes after an erasure: what names somebody goes at once, a person looks at the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor, person_actor
from probity.audit.commitments import commitment_opens
from probity.audit.erasures import ledger_read
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.models import Case, CaseState, Report, ReporterContact, WorkNote
from probity.cases.notes import work_note
from probity.cases.receipts import receipt_token
from probity.core.errors import Conflict, NotAllowed
from probity.keeping.erasing import erasures_run
from probity.keeping.errors import UnderHold
from probity.keeping.forgetting import asset_let_go, report_forget
from probity.keeping.holds import hold_place, hold_release
from probity.keeping.models import ErasureState, NoteReview
from probity.keeping.notes import case_notes_forget, note_keep, note_remove, notes_sweep
from probity.keeping.replay import erasures_replay
from probity.keeping.requests import erasure_approve, erasure_ask_reporter
from probity.keeping.retention import retention_run

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]
Noted = Callable[..., WorkNote]
GONE = {"actor": "system", "why": "test"}
HELD = {"kind": "court_order", "reason": "Ordered.", "reference": "7 O 12/26"}


@pytest.fixture
def noted(person: Callable[..., Any]) -> Noted:
    """A note on a case."""
    writer = person("lena", "lead")

    def write(case: Case, text: str) -> WorkNote:
        note = work_note(case=case, kind="returned", person=writer, text=text, actor="system")
        assert note is not None
        return note

    return write


def left(*notes: WorkNote) -> list[bool]:
    """Which of them still have their words."""
    found = {row.pk: bool(row.text and row.salt) for row in WorkNote.objects.all()}
    return [found[note.pk] for note in notes]


def test_what_names_the_report_goes_and_the_rest_waits_for_a_person(
    made: Made, noted: Noted, legal: Actor
) -> None:
    case = made(words="She put my face on that body and I want it gone.")
    report = case.reports.get()
    ReporterContact.objects.update(signature="Ada Lovelace", other="phone 0170 1234567")
    naming = [
        noted(case, text)
        for text in (
            "Mailed ADA@example.org.", "Ada  Lovelace phoned.", "Phoned 0170-123 4567.",
            "Seen at http://example.org/ada again", f"Receipt {receipt_token(report.pk)}",
            f"Report {report.pk}", "says “put my face on that body”",
        )
    ]  # fmt: skip
    plain = noted(case, "The caller seemed upset.")
    report_forget(report=report, **GONE)
    assert not any(left(*naming))
    assert left(plain) == [True]
    review = NoteReview.objects.get()
    assert (review.note, review.about, review.elsewhere) == (plain, f"report:{report.pk}", False)
    assert (review.due_at - review.asked_at).days == 14
    asked = AuditEvent.objects.get(name="erasure.notes_asked").payload
    assert asked["notes"] == [str(plain.pk)]
    report_forget(report=report, **GONE)
    assert NoteReview.objects.count() == 1, "nobody is asked twice"
    assert chain_verify(case_chain(case.pk)).intact


def test_a_person_keeps_one_and_removes_one_and_both_are_on_the_record(
    made: Made, noted: Noted, legal: Actor, person: Callable[..., Any]
) -> None:
    case = made()
    keep, drop = noted(case, "Wait for the host's answer."), noted(case, "The nurse from Ward 3.")
    report_forget(report=case.reports.get(), **GONE)
    reviewer = person_actor(person("rev", "reviewer"))
    with pytest.raises(NotAllowed):
        note_keep(note=keep, actor=reviewer)
    note_keep(note=keep, actor=legal)
    note_remove(note=drop, actor=legal)
    assert left(keep, drop) == [True, False]
    answers = {row.note_id: row for row in NoteReview.objects.all()}
    assert (answers[keep.pk].answer, answers[drop.pk].answer) == ("kept", "removed")
    assert {row.answered_by for row in answers.values()} == {legal.person}
    for name in ("erasure.note_kept", "case.notes_erased"):
        assert AuditEvent.objects.get(name=name).actor == legal.name
    assert [line.kind for line in ledger_read().lines] == ["report", "note"]
    for act in (note_keep, note_remove):
        with pytest.raises(Conflict, match="already"):
            act(note=keep, actor=legal)
    said = {
        row.payload["note"]: row.payload["text"]
        for row in AuditEvent.objects.filter(name="case.noted")
    }
    keep.refresh_from_db()
    assert commitment_opens(digest=said[str(keep.pk)], salt=keep.salt, value=keep.text)
    drop.refresh_from_db()
    assert not commitment_opens(
        digest=said[str(drop.pk)], salt=drop.salt, value="The nurse from Ward 3."
    )
    assert chain_verify(case_chain(case.pk)).intact
    with pytest.raises(IntegrityError), transaction.atomic():
        NoteReview.objects.update(answer="")


def test_what_nobody_looked_at_goes_on_its_day_unless_a_hold_stands(
    made: Made, noted: Noted, legal: Actor, freezer: Callable[..., None]
) -> None:
    case = made()
    note = noted(case, "The caller seemed upset.")
    report_forget(report=case.reports.get(), **GONE)
    freezer(days=13)
    assert notes_sweep() == 0
    hold = hold_place(case=case, actor=legal, **HELD)
    freezer(days=2)
    assert notes_sweep() == 0
    with pytest.raises(UnderHold):
        note_remove(note=note, actor=legal)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkNote.objects.filter(pk=note.pk).update(text="")
    assert left(note) == [True]
    hold_release(hold=hold, reason="Over.", actor=legal)
    assert notes_sweep() == 1
    assert left(note) == [False]
    review = NoteReview.objects.get()
    assert (review.answer, review.answered_by) == ("removed", None)


def test_a_request_is_done_once_its_notes_are_looked_at(
    made: Made, noted: Noted, legal: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    case = made()
    note = noted(case, "The caller seemed upset.")
    row = erasure_ask_reporter(report=case.reports.get(), files=True, words="")
    erasure_approve(request=row, actor=legal)
    with django_capture_on_commit_callbacks(execute=True):
        assert erasures_run() == 0
        assert erasures_run() == 0
    row.refresh_from_db()
    assert row.state == ErasureState.PARTLY
    partly = AuditEvent.objects.get(name="erasure.partly").payload
    assert (partly["assets"], partly["notes"]) == ([], 2), "for the report, and for its file"
    note_keep(note=note, actor=legal)
    with django_capture_on_commit_callbacks(execute=True):
        assert erasures_run() == 1
    row.refresh_from_db()
    assert row.state == ErasureState.DONE
    assert left(note) == [True]


def test_a_files_notes_are_known_by_its_digest(made: Made, noted: Noted) -> None:
    case = made()
    asset = case.items.get().asset
    naming = [noted(case, f"Compare {asset.pk}."), noted(case, f"See {asset.pk[:12]}…")]
    plain = noted(case, "Nothing of it.")
    asset_let_go(case=case, asset=asset, **GONE)
    assert left(*naming, plain) == [False, False, True]


def test_notes_of_a_case_merged_into_it_are_reached(made: Made, noted: Noted) -> None:
    old, into = made(), made()
    naming, plain = noted(old, "Ask ada@example.org."), noted(old, "Upset.")
    report = old.reports.get()
    Report.objects.filter(pk=report.pk).update(case=into)
    Case.objects.filter(pk=old.pk).update(state=CaseState.MERGED, merged_into=into)
    report.refresh_from_db()
    report_forget(report=report, **GONE)
    assert left(naming, plain) == [False, True]
    assert NoteReview.objects.get().note == plain


def test_a_name_in_another_case_is_left_to_a_person(made: Made, noted: Noted) -> None:
    case, other = made(), made()
    named = noted(other, "Ada@example.org writes here too.")
    reported = noted(other, "Also at https://example.org/ada")
    report_forget(report=case.reports.get(), **GONE)
    assert left(named, reported) == [True, True]
    review = NoteReview.objects.get()
    assert (review.note, review.elsewhere) == (named, True)


def test_when_a_cases_time_is_over_all_its_notes_go_and_no_others(
    made: Made, noted: Noted, django_capture_on_commit_callbacks: Any
) -> None:
    case, other = made(days_ago=500), made()
    gone, stays = noted(case, "The caller seemed upset."), noted(other, "Ask ada@example.org.")
    with django_capture_on_commit_callbacks(execute=True):
        assert retention_run().cases == 1
    assert left(gone, stays) == [False, True]
    assert not NoteReview.objects.exists()
    assert "notes" in {line.kind for line in ledger_read().lines}


def test_a_restore_brings_no_removed_note_back_for_good(
    made: Made, noted: Noted, legal: Actor
) -> None:
    case, cleared = made(), made()
    one, two = noted(case, "The nurse from Ward 3."), noted(cleared, "Upset.")
    words = {note.pk: (note.text, note.salt) for note in (one, two)}
    report_forget(report=case.reports.get(), **GONE)
    note_remove(note=one, actor=legal)
    case_notes_forget(case=cleared, **GONE)
    later = noted(cleared, "Written after its time was over.")
    for key, (text, salt) in words.items():
        WorkNote.objects.filter(pk=key).update(text=text, salt=salt)
    told = erasures_replay()
    assert left(one, two, later) == [False, False, True]
    assert [line.split()[0] for line in told.again] == ["note", "notes"]
    assert erasures_replay().again == []


def test_the_command_says_what_waits(made: Made, noted: Noted, capsys: Any) -> None:
    case = made()
    noted(case, "The caller seemed upset.")
    call_command("report_erase", str(case.reports.get().pk))
    assert "found in them: 1 (see Keeping)" in capsys.readouterr().out
