"""Erasures whose data lie in more than one case, and what stands in their way there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.bulk.asking import decide_order
from probity.bulk.services import run_propose
from probity.cases.models import Case, CaseState, Report
from probity.core.clock import now
from probity.decisions.measures import Asked
from probity.keeping.erasing import erasures_run
from probity.keeping.forgetting import report_forget
from probity.keeping.holds import hold_place, hold_release
from probity.keeping.models import ErasureRequest, ErasureState
from probity.keeping.replay import erasures_replay
from probity.keeping.requests import Wanted, erasure_approve, erasure_ask_reporter, erasure_enter
from probity.parties.models import Uploader

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]
HELD = {"kind": "preservation", "reason": "18 U.S.C. 2703(f).", "reference": "PR-9"}


def waits_in_peace(row: ErasureRequest) -> None:
    """Turn after turn it waits for the hold, and the log hears of it once."""
    for _ in range(3):
        assert erasures_run() == 0
    row.refresh_from_db()
    assert row.state == ErasureState.HELD
    assert AuditEvent.objects.filter(name="erasure.held").count() == 1
    assert not AuditEvent.objects.filter(name="erasure.resumed").exists()


def test_a_hold_on_another_case_of_the_uploader_makes_it_wait(made: Made, legal: Actor) -> None:
    case, other = made(), made()
    uploader = Uploader.objects.create(reference="account-77", first_named_at=now())
    Case.objects.filter(pk__in=[case.pk, other.pk]).update(uploader=uploader)
    case.refresh_from_db()
    hold = hold_place(case=other, actor=legal, **HELD)
    row, _ = erasure_enter(case=case, requester="uploader", wanted=Wanted(), actor=legal)
    erasure_approve(request=row, actor=legal)
    waits_in_peace(row)
    hold_release(hold=hold, reason="Over.", actor=legal)
    assert erasures_run() == 1
    uploader.refresh_from_db()
    assert uploader.erased_at is not None


def test_a_hold_on_the_case_to_which_the_report_went_makes_it_wait(
    made: Made, legal: Actor
) -> None:
    case, into = made(), made()
    row = erasure_ask_reporter(report=case.reports.get(), files=False, words="")
    Report.objects.filter(case=case).update(case=into)
    Case.objects.filter(pk=case.pk).update(state=CaseState.MERGED, merged_into=into)
    hold = hold_place(case=into, actor=legal, **HELD)
    erasure_approve(request=row, actor=legal)
    waits_in_peace(row)
    hold_release(hold=hold, reason="Over.", actor=legal)
    assert erasures_run() == 1


def test_one_thing_that_cannot_go_yet_keeps_no_other_alive_after_a_restore(
    made: Made, person: Callable[..., Any], capsys: Any
) -> None:
    lead = person_actor(person("lena", "lead"))
    first, second = made(), made(words="Somebody else says so.")
    for case in (first, second):
        report_forget(report=case.reports.get(), actor="system", why="test")
    back = {"explanation": "It came back.", "salts": {"explanation": "0" * 64}}
    Report.objects.filter(case=first).update(**back, url="https://host.example/came-back")
    Report.objects.filter(case=second).update(**back)
    run_propose(
        order=decide_order(measures=[Asked("label")]), cases=[first.pk], actor=lead,
        reason="All at host.example/came-back.",
    )  # fmt: skip
    told = erasures_replay()
    assert told.again == [f"report {second.reports.get().pk}"]
    (thing,) = told.waits
    assert thing == f"report {first.reports.get().pk}"
    assert first.reports.get().explanation, "its own transaction was taken back whole"
    with pytest.raises(SystemExit):
        call_command("erasures_replay", "--json")
    assert "is not over" in json.loads(capsys.readouterr().out)["waits"][thing]
