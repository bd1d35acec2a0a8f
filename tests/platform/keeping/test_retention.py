"""What is due goes, what is held stays, and a stopped run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.models import Case, Category, Report
from probity.core.errors import InvalidInput, NotAllowed
from probity.evidence.models import SealCause
from probity.evidence.seals import asset_seal
from probity.keeping import retention
from probity.keeping.holds import hold_place
from probity.keeping.models import SEALED, CaseCleared, RetentionSchedule
from probity.keeping.retention import retention_preview, retention_run
from probity.keeping.schedules import DEFAULTS, schedule_set, schedules
from probity.workflow import tasks

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]
HELD = {"kind": "litigation", "reason": "Doe v. Roe.", "reference": "L-1"}
KEEP = {"days": 30, "anchor": "decision", "why": "Shorter, by our privacy notice."}


@pytest.fixture
def run(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    def night(**options: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return retention_run(**options)

    return night


def test_every_category_has_a_default_with_a_reason() -> None:
    assert set(DEFAULTS) == {*Category, SEALED}
    for days, why in DEFAULTS.values():
        assert days >= 184, "complaints are open for six months"
        assert len(why) > 40


def test_what_is_due_goes_and_the_rest_stays(
    made: Made, run: Callable[..., Any], stored: Callable[..., bytes], capsys: Any
) -> None:
    old, fresh, undecided = made(days_ago=397), made(days_ago=395), made()
    Report.objects.filter(case=undecided).update(received_at="2020-01-01T00:00:00Z")
    call_command("retention", "--dry-run", "--json")
    seen = json.loads(capsys.readouterr().out)
    assert [row["case"] for row in seen["cases"]] == [old.label]
    assert (seen["files"], seen["held"]) == (1, [])
    assert old.items.get().asset.destroyed_at is None, "a dry run touches nothing"
    done = run()
    assert (done.cases, done.files, done.reports, done.bundles) == (1, 1, 1, 1)
    assert old.items.get().asset.destroyed_at is not None
    assert not Report.objects.get(case=old).explanation
    for kept in (fresh, undecided):
        assert kept.items.get().asset.destroyed_at is None
        assert Report.objects.get(case=kept).explanation
    cleared = AuditEvent.objects.get(name="retention.cleared")
    assert cleared.chain_id == case_chain(old.pk)
    assert chain_verify(case_chain(old.pk)).intact
    assert run().cases == 0
    call_command("retention", "--dry-run")
    assert "0 cases would be cleared" in capsys.readouterr().out


def test_a_hold_beats_the_schedule(
    made: Made, legal: Actor, run: Callable[..., Any], capsys: Any
) -> None:
    case = made(days_ago=1000)
    hold_place(case=case, asset=case.items.get().asset, actor=legal, **HELD)
    assert (run().held, CaseCleared.objects.count()) == (1, 0)
    assert [due.case for due in retention_preview().held] == [case]
    call_command("retention")
    assert "1 cases are under a legal hold" in capsys.readouterr().out


def test_a_file_that_another_case_needs_stays_for_it(
    made: Made, run: Callable[..., Any], stored: Callable[..., bytes]
) -> None:
    old, young = made(data=b"shared bytes", days_ago=500), made(data=b"shared bytes", days_ago=1)
    assert retention_preview().left_to_others == 1
    assert run().left_to_others == 1
    assert not old.items.exists()
    assert young.items.get().asset.destroyed_at is None
    assert b"shared bytes" in stored()


def test_a_run_that_stops_goes_on_where_it_was(
    made: Made, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch,
    stored: Callable[..., bytes],
) -> None:  # fmt: skip
    cases = [made(days_ago=500), made(days_ago=501)]
    good, calls = retention.report_forget, []

    def dies_once(**said: Any) -> None:
        calls.append(said)
        if len(calls) == 1:
            raise OSError("the ledger's disk is full")
        good(**said)

    monkeypatch.setattr(retention, "report_forget", dies_once)
    first = run()
    assert (first.cases, len(first.failed)) == (1, 1)
    assert CaseCleared.objects.count() == 1
    second = run()
    assert (second.cases, second.failed) == (1, [])
    assert stored() == b""
    assert AuditEvent.objects.filter(name="asset.destroyed").count() == len(cases)


def test_an_administrator_changes_a_schedule_after_a_preview(
    made: Made, administrator: Actor, legal: Actor, run: Callable[..., Any]
) -> None:
    made(days_ago=40)
    assert not retention_preview().cases
    with pytest.raises(NotAllowed):
        schedule_set(category="defamation", actor=legal, **KEEP)
    schedule_set(category="defamation", actor=administrator, **KEEP)
    event = AuditEvent.objects.get(name="retention.set").payload
    assert (event["was_days"], event["days"]) == (396, 30)
    assert schedules()["defamation"].set_by == "root"
    assert run().cases == 1
    for wrong in ({"days": "0"}, {"days": "soon"}, {"anchor": "birth"}, {"why": " "}):
        with pytest.raises(InvalidInput):
            schedule_set(category="defamation", actor=administrator, **KEEP | wrong)
    assert RetentionSchedule.objects.count() == 1


def test_days_can_be_counted_from_the_last_report(made: Made, administrator: Actor) -> None:
    case = made(days_ago=40)
    Report.objects.filter(case=case).update(received_at="2020-01-01T00:00:00Z")
    wanted = KEEP | {"days": 365, "anchor": "report"}
    schedule_set(category="defamation", actor=administrator, **wanted)
    assert [due.case for due in retention_preview().cases] == [case]


def test_a_sealed_file_keeps_its_case_for_its_own_time(
    made: Made, administrator: Actor, run: Callable[..., Any]
) -> None:
    case = made(days_ago=300)
    asset_seal(
        asset=case.items.get().asset, cause=SealCause.PERSON, actor="system", case=case.pk,
        why="test",
    )  # fmt: skip
    schedule_set(category="defamation", actor=administrator, **KEEP)
    assert run().cases == 0
    schedule_set(category=SEALED, actor=administrator, **KEEP | {"days": 299})
    assert run().cases == 1


def test_the_scheduler_calls_both(made: Made, settings: Any, person: Callable[..., Any]) -> None:
    made(days_ago=500)
    assert tasks.retention() == 1
    assert tasks.erasures() == 0
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"probity.retention", "probity.erasures"} <= names
    assert person_actor(person("rev", "reviewer")).person is not None
