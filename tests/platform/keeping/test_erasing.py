"""Erasure runs for real: gone from rows, store and outbox; the log still verifies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor, person_actor
from probity.audit.commitments import commitment_opens
from probity.audit.erasures import ledger_read
from probity.audit.models import AuditEvent
from probity.cases.models import Case, Report, ReporterContact
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.evidence.models import Derivative
from probity.keeping import erasing
from probity.keeping.erasing import erasures_run
from probity.keeping.holds import hold_place, hold_release
from probity.keeping.models import ErasureRequest, ErasureState
from probity.keeping.requests import (
    Wanted,
    erasure_approve,
    erasure_ask_reporter,
    erasure_enter,
    erasure_extend,
    erasure_refuse,
    months_after,
)
from probity.matching.models import Signal
from probity.outbox.models import Message
from probity.outbox.services import mail_queue

pytestmark = pytest.mark.django_db(transaction=False)
Made = Callable[..., Case]
HELD = {"kind": "preservation", "reason": "18 U.S.C. 2703(f).", "reference": "PR-9"}


@pytest.fixture(autouse=True)
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    """What happens after a commit happens at the end of each worker's turn."""
    return django_capture_on_commit_callbacks


def turn(committed: Any) -> int:
    with committed(execute=True):
        return erasures_run()


def asked(case: Case, *, files: bool = True) -> ErasureRequest:
    return erasure_ask_reporter(
        report=case.reports.get(), files=files, words="Ada Lovelace asks for this."
    )


def verified() -> None:
    call_command("audit_verify")


def test_all_of_it_is_gone_and_the_log_is_whole(
    made: Made, legal: Actor, committed: Any, stored: Callable[..., bytes],
    words_left: Callable[[Case], set[str]],
) -> None:  # fmt: skip
    case = made()
    report, asset = case.reports.get(), case.items.get().asset
    Signal.objects.create(kind="pdq", value=b"\x01" * 32, asset=asset)
    mail_queue(
        kind="decision.notice", to="ada@example.org", subject="Your report",
        text="Dear Ada Lovelace", key="k", actor="system", about=f"report:{report.pk}",
    )  # fmt: skip
    received = AuditEvent.objects.get(name="report.received").payload
    salts = report.salts
    assert commitment_opens(
        digest=received["explanation"], salt=salts["explanation"], value=report.explanation
    )
    row = erasure_approve(request=asked(case), actor=legal)
    assert b"original-" in stored()
    assert turn(committed) == 1
    row.refresh_from_db()
    assert row.state == ErasureState.DONE
    assert words_left(case) == set()
    assert stored() == b""
    assert not ReporterContact.objects.exists()
    assert not Derivative.objects.filter(destroyed_at=None).exists()
    assert not Signal.objects.exists()
    assert Message.objects.get().forgotten_at is not None
    report.refresh_from_db()
    assert report.salts == {}
    for name, digest in (("explanation", "explanation"), ("email", "contact"), ("url", "url")):
        assert not commitment_opens(digest=received[digest], salt="", value="anything"), name
    asset.refresh_from_db()
    assert asset.destroyed_at is not None
    assert asset.custody.order_by("at").last().action == "destroyed"
    verified()
    assert {line.kind for line in ledger_read().lines} == {"report", "asset", "export", "request"}


def test_a_hold_makes_it_wait_and_its_release_sets_it_going(
    made: Made, legal: Actor, committed: Any, stored: Callable[..., bytes]
) -> None:
    case = made()
    hold = hold_place(case=case, actor=legal, **HELD)
    row = erasure_approve(request=asked(case), actor=legal)
    for _ in range(2):
        assert turn(committed) == 0
    row.refresh_from_db()
    assert row.state == ErasureState.HELD
    assert Report.objects.get().explanation
    with committed(execute=True):
        hold_release(hold=hold, reason="Over.", actor=legal)
    assert turn(committed) == 1
    assert stored() == b""
    names = list(
        AuditEvent.objects.filter(name__startswith="erasure").values_list("name", flat=True)
    )
    assert names == [
        "erasure.asked", "erasure.approved", "erasure.held", "erasure.resumed", "erasure.done",
    ]  # fmt: skip
    verified()


def test_what_other_cases_need_stays_for_them_and_goes_once_they_need_it_no_more(
    made: Made, legal: Actor, committed: Any, stored: Callable[..., bytes]
) -> None:
    one, two = made(data=b"original-both"), made(data=b"original-both")
    asset = one.items.get().asset
    row = erasure_approve(request=asked(one), actor=legal)
    assert turn(committed) == 0
    row.refresh_from_db()
    assert row.state == ErasureState.PARTLY
    assert row.kept == {asset.pk: [two.label]}
    assert not one.items.exists()
    assert two.items.get().asset == asset
    assert b"original-both" in stored()
    assert not ReporterContact.objects.filter(report__case=one).exists()
    assert ReporterContact.objects.filter(report__case=two).exists()
    assert turn(committed) == 0, "nothing changed, so nothing happens"
    assert AuditEvent.objects.filter(name="erasure.partly").count() == 1
    erasure_approve(request=asked(two), actor=legal)
    assert turn(committed) == 2
    row.refresh_from_db()
    assert row.state == ErasureState.DONE
    assert b"original-both" not in stored()
    verified()


def test_a_failure_in_the_middle_is_taken_up_where_it_stopped(
    made: Made, legal: Actor, committed: Any, stored: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = made()
    row = erasure_approve(request=asked(case), actor=legal)
    good = erasing.asset_let_go

    def dies(**_: Any) -> Any:
        raise OSError("the store is away")

    monkeypatch.setattr(erasing, "asset_let_go", dies)
    assert turn(committed) == 0
    row.refresh_from_db()
    assert (row.state, row.tries, row.error) == (ErasureState.APPROVED, 1, "OSError")
    assert [step.split(":")[0] for step in row.steps] == ["report"]
    assert b"original-" in stored()
    monkeypatch.setattr(erasing, "asset_let_go", good)
    assert turn(committed) == 1
    assert stored() == b""
    assert AuditEvent.objects.filter(name="report.erased").count() == 1


def test_files_that_a_crash_left_after_the_commit_go_with_the_next_turn(
    made: Made, legal: Actor, committed: Any, stored: Callable[..., bytes]
) -> None:
    case = made()
    erasure_approve(request=asked(case), actor=legal)
    with committed(execute=False):
        assert erasures_run() == 1
    assert stored() == b"", "the worker looks itself, whatever became of the commit's own deletion"


def test_a_hold_placed_in_the_middle_stops_it(
    made: Made, legal: Actor, committed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = made()
    row = erasure_approve(request=asked(case), actor=legal)
    good = erasing.asset_let_go

    def held_first(**said: Any) -> Any:
        hold_place(case=case, actor=legal, **HELD)
        return good(**said)

    monkeypatch.setattr(erasing, "asset_let_go", held_first)
    with transaction.atomic():
        assert turn(committed) == 0
    row.refresh_from_db()
    assert row.steps == [f"report:{case.reports.get().pk}"]
    assert case.items.get().asset.destroyed_at is None


def test_a_ledger_that_cannot_be_written_destroys_nothing(
    made: Made, legal: Actor, committed: Any, stored: Callable[..., bytes], settings: Any
) -> None:
    case = made()
    row = erasure_approve(request=asked(case), actor=legal)
    settings.ERASURE_LEDGER = settings.ERASURE_LEDGER.parent
    assert turn(committed) == 0
    row.refresh_from_db()
    assert row.error == "IsADirectoryError"
    assert Report.objects.get().explanation
    assert b"original-" in stored()


def test_staff_enter_it_for_an_uploader_or_a_depicted_person(
    made: Made, legal: Actor, committed: Any
) -> None:
    case = made()
    asset = case.items.get().asset_id
    row, token = erasure_enter(
        case=case,
        requester="depicted",
        actor=legal,
        wanted=Wanted(assets=[asset], words="It is me"),
    )
    assert len(token) == 32
    assert row.entered_by == legal.person
    erasure_approve(request=row, actor=legal)
    assert turn(committed) == 1
    assert Report.objects.get().explanation, "only what was asked for"
    for wrong in (Wanted(), Wanted(assets=["0" * 64])):
        with pytest.raises(InvalidInput):
            erasure_enter(case=case, requester="depicted", wanted=wrong, actor=legal)


def test_a_person_refuses_with_a_ground_and_a_reason(
    made: Made, legal: Actor, person: Callable[..., Any]
) -> None:
    row = asked(made())
    reviewer = person_actor(person("rev", "reviewer"))
    with pytest.raises(NotAllowed):
        erasure_refuse(request=row, ground="needed", reason="Open.", actor=reviewer)
    with pytest.raises(InvalidInput) as wrong:
        erasure_refuse(request=row, ground="", reason="", actor=legal)
    assert set(wrong.value.fields) == {"ground", "reason"}
    done = erasure_refuse(request=row, ground="needed", reason="The case is open.", actor=legal)
    assert (done.state, done.words, done.salts) == ("refused", "", {})
    with pytest.raises(Conflict, match="decided already"):
        erasure_approve(request=row, actor=legal)
    for state in ("asked", "approved", "done"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ErasureRequest.objects.filter(pk=row.pk).update(state=state)


def test_the_month_runs_is_extended_once_and_told_when_it_is_over(
    made: Made, legal: Actor, freezer: Callable[..., None], committed: Any
) -> None:
    row = asked(made())
    assert (row.due_at - row.asked_at).days in range(28, 32)
    with pytest.raises(Conflict, match="already asked"):
        erasure_ask_reporter(report=row.report, files=False, words="")
    longer = erasure_extend(request=row, why="Three cases to look through.", actor=legal)
    assert (longer.due_at - row.asked_at).days in range(89, 93)
    with pytest.raises(Conflict, match="once"):
        erasure_extend(request=row, why="Again.", actor=legal)
    freezer(days=93)
    turn(committed)
    turn(committed)
    assert AuditEvent.objects.filter(name="erasure.overdue").count() == 1


def test_a_month_is_a_calendar_month() -> None:
    noon = datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert months_after(noon, 1) == datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert months_after(noon, 3) == datetime(2027, 4, 30, 12, tzinfo=UTC)
    assert months_after(noon.replace(month=12), 1) == datetime(2028, 1, 31, 12, tzinfo=UTC)
