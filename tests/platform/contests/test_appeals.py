"""Appeals: by either side, in time, by somebody else, and reversals that take effect."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image

from probity.accounts.actors import REPORTER, Actor, person_actor
from probity.analysis.models import Job
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.contests.appeals import (
    appeal_erase,
    appeal_note,
    appeal_release,
    appeal_take,
    appeals_sweep,
)
from probity.contests.asking import Asking
from probity.contests.models import Appeal, AppealRuling, AppealState
from probity.contests.words import Side
from probity.core.errors import Conflict, InvalidInput, NotAllowed, Refusal
from probity.decisions.measures import Asked
from probity.decisions.models import Decision, Measure
from probity.decisions.selectors import decision_current
from probity.evidence.uploads import stream_receive
from probity.notices.models import Notice
from probity.workflow.appeal_receive import UPLOADER, appeal_send
from probity.workflow.appeal_rule import appeal_rule
from probity.workflow.decision_effect import decision_agree, decision_refuse
from probity.workflow.report_receive import Receipt

pytestmark = pytest.mark.django_db
Send = Callable[..., Receipt]
Decide = Callable[..., Decision]
Ask = Callable[..., Asking]


def events(case: Any) -> list[str]:
    names = AuditEvent.objects.filter(chain_id=case_chain(case.pk)).values_list("name", flat=True)
    return list(names)


def test_a_reversal_supersedes_lifts_the_measure_and_is_told(
    appealed: Appeal, judge: Actor
) -> None:
    contested = appealed.decision
    appeal_take(appeal=appealed, actor=judge)
    ruling = appeal_rule(
        appeal=appealed, outcome="reversed", reason="It is plainly satire.", actor=judge
    )
    now_in_force = decision_current(appealed.case)
    assert now_in_force is not None
    assert now_in_force == ruling.decision
    assert now_in_force.action == "no_action"
    assert now_in_force.supersedes == contested
    assert Measure.objects.get(decision=contested).over_why == "lifted"
    appealed.refresh_from_db()
    assert appealed.state == AppealState.CLOSED
    told = Notice.objects.get(case=appealed.case, kind="appeal_outcome")
    assert "It is plainly satire." in told.text
    assert {"appeal.received", "appeal.ruled", "appeal.closed"} <= set(events(appealed.case))
    assert chain_verify(case_chain(appealed.case_id)).intact


def test_upheld_changes_nothing_but_is_told(appealed: Appeal, judge: Actor) -> None:
    appeal_take(appeal=appealed, actor=judge)
    appeal_rule(appeal=appealed, outcome="upheld", reason="It deceives.", actor=judge)
    assert decision_current(appealed.case) == appealed.decision
    assert Notice.objects.filter(case=appealed.case, kind="appeal_outcome").count() == 1


def test_the_first_decider_neither_takes_nor_rules(
    send: Send, decide: Decide, asking: Ask, person: Callable[..., Any]
) -> None:
    decider = person_actor(person("sen", "senior"))
    case = send().case
    decide(case, "remove", actor=decider)
    appeal = appeal_send(case=case, asking=asking(), actor=UPLOADER)
    with pytest.raises(NotAllowed, match="Somebody else"):
        appeal_take(appeal=appeal, actor=decider)
    with pytest.raises(DatabaseError, match="does not judge"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            state="taken", person=decider.person, taken_until=timezone.now()
        )
    assert decider.person is not None
    for named in (decider.person, person("other", "senior")):
        with pytest.raises(DatabaseError), transaction.atomic():
            AppealRuling.objects.create(
                appeal=appeal, outcome="upheld", reason="r", reason_salt="s", decider=named,
                person=decider.person, at=timezone.now(),
            )  # fmt: skip


def test_nor_does_who_approved_nor_may_they_approve_what_follows(
    send: Send, decide: Decide, asking: Ask, judge: Actor, lead: Actor, second_lead: Actor
) -> None:
    case = send().case
    decision_agree(decision=decide(case, "suspend"), actor=lead)
    appeal = appeal_send(case=case, asking=asking(), actor=UPLOADER)
    with pytest.raises(NotAllowed):
        appeal_take(appeal=appeal, actor=lead)
    appeal_take(appeal=appeal, actor=judge)
    ruling = appeal_rule(
        appeal=appeal, outcome="changed", reason="Shorter.", actor=judge,
        measures=[Asked("suspend", days=3)],
    )  # fmt: skip
    appeal.refresh_from_db()
    assert appeal.state == AppealState.RULED
    assert ruling.decision is not None
    with pytest.raises(Refusal, match="decided or approved"):
        decision_agree(decision=ruling.decision, actor=lead)
    decision_agree(decision=ruling.decision, actor=second_lead)
    appeal.refresh_from_db()
    assert appeal.state == AppealState.CLOSED


def test_a_refused_new_decision_opens_the_appeal_again(
    appealed: Appeal, judge: Actor, lead: Actor
) -> None:
    appeal_take(appeal=appealed, actor=judge)
    ruling = appeal_rule(
        appeal=appealed, outcome="changed", reason="Harder.", actor=judge,
        measures=[Asked("suspend")],
    )  # fmt: skip
    assert ruling.decision is not None
    decision_refuse(decision=ruling.decision, reason="Not on an appeal.", actor=lead)
    appealed.refresh_from_db()
    assert appealed.state == AppealState.WAITING
    appeal_take(appeal=appealed, actor=judge)
    appeal_rule(appeal=appealed, outcome="upheld", reason="Then it stands.", actor=judge)
    assert appealed.rulings.filter(fell_at=None).count() == 1


def test_a_reporter_contests_that_nothing_was_done(
    send: Send, decide: Decide, asking: Ask, judge: Actor
) -> None:
    receipt = send(email="jo@example.org")
    decide(receipt.case, "no_action")
    appeal = appeal_send(
        case=receipt.case, asking=asking(Side.REPORTER), actor=REPORTER, report=receipt.report
    )
    appeal_take(appeal=appeal, actor=judge)
    with pytest.raises(InvalidInput, match="instead"):
        appeal_rule(appeal=appeal, outcome="reversed", reason="Overlooked.", actor=judge)
    appeal_rule(
        appeal=appeal, outcome="reversed", reason="Overlooked.", actor=judge,
        measures=[Asked("remove")],
    )  # fmt: skip
    current = decision_current(receipt.case)
    assert current is not None
    assert current.action == "remove"
    assert Notice.objects.filter(kind="appeal_outcome", report=receipt.report).exists()


def test_it_is_open_for_184_days(
    send: Send, decide: Decide, asking: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, late = send().case, send().case
    decide(case, "remove")
    decide(late, "remove")
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment + timedelta(days=183))
    appeal_send(case=case, asking=asking(), actor=UPLOADER)
    monkeypatch.setattr(timezone, "now", lambda: moment + timedelta(days=190))
    with pytest.raises(Conflict, match="ended on"):
        appeal_send(case=late, asking=asking(), actor=UPLOADER)


def test_twice_and_before_a_decision_is_refused(appealed: Appeal, send: Send, asking: Ask) -> None:
    with pytest.raises(Conflict, match="already"):
        appeal_send(case=appealed.case, asking=asking(), actor=UPLOADER)
    with pytest.raises(Conflict, match="Nothing is decided"):
        appeal_send(case=send().case, asking=asking(), actor=UPLOADER)


def test_files_become_evidence_and_are_analysed(
    send: Send, decide: Decide, asking: Ask, tmp_path: Path
) -> None:
    case = send().case
    decide(case, "remove")
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "mine.png")
    with (tmp_path / "mine.png").open("rb") as handle, closing(stream_receive(handle)) as file:
        appeal = appeal_send(case=case, asking=asking(), actor=UPLOADER, files=[file])
    row = appeal.evidence.get()
    assert case.items.get(asset_id=row.sha256).report is None
    assert Job.objects.filter(asset_id=row.sha256, kind="analyse").exists()
    assert row.sha256 not in appeal.snapshot["assets"]


def test_a_hostile_file_is_refused_and_nothing_is_kept(
    send: Send, decide: Decide, asking: Ask, tmp_path: Path
) -> None:
    case = send().case
    decide(case, "remove")
    (tmp_path / "no.mp4").write_bytes(b"#EXTM3U\n#EXT-X-ENDLIST\n")
    with (
        (tmp_path / "no.mp4").open("rb") as handle,
        closing(stream_receive(handle)) as file,
        pytest.raises(Refusal),
    ):
        appeal_send(case=case, asking=asking(), actor=UPLOADER, files=[file])
    assert not Appeal.objects.exists()


def test_claim_like_taking_notes_and_the_own_clock(
    appealed: Appeal, judge: Actor, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = person_actor(person("jus", "senior"))
    appeal_take(appeal=appealed, actor=judge)
    with pytest.raises(Conflict, match="holds this appeal until"):
        appeal_take(appeal=appealed, actor=other)
    appeal_note(appeal=appealed, text="Asked the lawyer", actor=judge)
    appeal_release(appeal=appealed, actor=judge)
    appeal_take(appeal=appealed, actor=other)
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment + timedelta(days=15))
    assert appeals_sweep() == 2
    assert appeals_sweep() == 0
    appealed.refresh_from_db()
    assert appealed.state == AppealState.WAITING
    assert appealed.breached_at
    assert "appeal.breached" in events(appealed.case)


def test_erasing_takes_the_words_and_keeps_the_chain(appealed: Appeal) -> None:
    appeal_erase(appeal=appealed, actor="system")
    appealed.refresh_from_db()
    assert (appealed.words, appealed.email, appealed.salts) == ("", "", {})
    assert chain_verify(case_chain(appealed.case_id)).intact


def test_a_reviewer_does_not_rule(appealed: Appeal, reviewer: Actor) -> None:
    with pytest.raises(NotAllowed):
        appeal_take(appeal=appealed, actor=reviewer)
