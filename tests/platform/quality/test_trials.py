"""Copies of decided cases: ordinary to look at, without any effect, and never one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.audit.services import case_chain
from probity.cases.claims import case_claim, case_release, next_case_claim
from probity.cases.models import Case, EvidenceItem, Report
from probity.cases.selectors import demonstrations
from probity.contests.records import record_of_reporter
from probity.core.clock import now
from probity.core.errors import Conflict, NotAllowed
from probity.decisions.models import Decision
from probity.evidence.models import Asset
from probity.insight.figures import span_read
from probity.insight.outcomes import actions
from probity.keeping.forgetting import cases_needing, report_forget
from probity.notices.models import Notice
from probity.notices.transparency.build import decisions_due
from probity.outbox.models import Message
from probity.quality.goldens import golden_enter, golden_mark, golden_retire
from probity.quality.models import Golden, Trial
from probity.quality.trials import trial_withdraw, trials_sweep
from probity.workflow.case_carry import carry_propose
from probity.workflow.case_copies import cases_alike

pytestmark = pytest.mark.django_db


def test_a_copy_looks_like_any_case(golden: Golden, lead: Actor, other: Actor) -> None:
    case = golden_enter(golden=golden, actor=lead).case
    source = golden.source
    assert case.state == "open"
    assert case.number == source.number + 1
    assert (case.category, case.queue_id, case.places) == (
        source.category, source.queue_id, ["DE"],
    )  # fmt: skip
    assert case.priority > 0
    mine, theirs = case.reports.get(), source.reports.get()
    assert (mine.explanation, mine.url) == (theirs.explanation, theirs.url)
    assert not hasattr(mine, "contact")
    assert case.uploader is None
    assert not case.decisions.exists()
    assert not case.answers.exists()
    page = Client()
    page.force_login(other.person)  # type: ignore[arg-type]
    text = page.get(f"/triage/{case.pk}").content.decode()
    assert "Demonstration" not in text
    assert "golden" not in text.lower()
    assert "trial" not in text
    assert "Demonstration" not in page.get("/triage").content.decode()
    assert case not in demonstrations()


def test_nothing_leaves_for_a_copy(
    golden: Golden, lead: Actor, other: Actor, decide_anew: Callable[..., Trial]
) -> None:
    before = Message.objects.count(), Notice.objects.count()
    span = span_read("", "")
    counted = actions(None, span).rows
    trial = decide_anew(golden_enter(golden=golden, actor=lead), "remove", actor=other)
    assert trial.agrees is True
    assert (Message.objects.count(), Notice.objects.count()) == before
    assert actions(None, span).rows == counted
    assert trial.case_id not in {row.case_id for row in decisions_due()}
    record = record_of_reporter(golden.source.reports.select_related("contact").get())
    assert record is not None
    assert record.received == 1
    with pytest.raises(Conflict):
        carry_propose(case=trial.case, chosen=[golden.source_id], actor=other)


def test_it_is_on_record_in_its_own_chain_once_it_is_answered(
    golden: Golden, lead: Actor, other: Actor, decide_anew: Callable[..., Trial]
) -> None:
    trial = golden_enter(golden=golden, actor=lead)
    own = AuditEvent.objects.filter(chain_id=case_chain(trial.case_id))
    assert not own.filter(name="case.trial").exists()
    assert AuditEvent.objects.filter(chain_id="quality", name="trial.opened").count() == 1
    decide_anew(trial, "label", actor=other)
    told = own.get(name="case.trial").payload
    assert told["kind"] == "golden"
    assert told["source"] == str(golden.source_id)


def test_a_golden_answer_is_any_of_the_accepted_ones(
    golden: Golden, lead: Actor, other: Actor, decide_anew: Callable[..., Trial]
) -> None:
    wrong = decide_anew(golden_enter(golden=golden, actor=lead), "no_action", actor=other)
    assert wrong.agrees is False
    assert wrong.differences["action"] == [["remove", "restrict"], "no_action"]
    assert golden_enter(golden=golden, actor=lead).case_id != wrong.case_id
    with pytest.raises(Conflict, match="waits in the queue already"):
        golden_enter(golden=golden, actor=lead)


def test_accepted_answers_to_questions_count(
    decided: Callable[..., Decision],
    lead: Actor,
    other: Actor,
    decide_anew: Callable[..., Trial],
) -> None:
    from probity.workflow.case_decide import facts_answer

    row = golden_mark(
        case=Case.objects.get(pk=decided().case_id), actions=["remove"], facts={"synthetic": True},
        why="The voice was made.", actor=lead,
    )  # fmt: skip
    trial = golden_enter(golden=row, actor=lead)
    facts_answer(case=trial.case, answers={"synthetic": False}, actor=other)
    answered = decide_anew(trial, "remove", actor=other)
    assert answered.agrees is False
    assert answered.differences == {"facts": {"synthetic": [True, False]}}


def test_nobody_gets_a_case_of_their_own(
    golden: Golden, lead: Actor, reviewer: Actor, other: Actor
) -> None:
    trial = golden_enter(golden=golden, actor=lead)
    for knows in (reviewer, lead):
        assert next_case_claim(actor=knows) is None
        with pytest.raises(NotAllowed, match="worked on what this case is about"):
            case_claim(case=trial.case, actor=knows)
    assert next_case_claim(actor=other) is not None


def test_the_database_refuses_a_review_of_ones_own(
    golden: Golden, lead: Actor, reviewer: Actor
) -> None:
    trial = golden_enter(golden=golden, actor=lead)
    for knows in (reviewer.person, lead.person):
        assert knows is not None
        with pytest.raises(IntegrityError, match="case of their own"), transaction.atomic():
            Decision.objects.create(
                case=trial.case, action="remove", reason="x", reason_salt="", person=knows,
                at=now(),
            )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Trial.objects.filter(pk=trial.pk).update(
            person=reviewer.person, decision=golden.decision, agrees=True, answered_at=now()
        )


def test_an_answer_stands(
    golden: Golden, lead: Actor, other: Actor, decide_anew: Callable[..., Trial]
) -> None:
    trial = decide_anew(golden_enter(golden=golden, actor=lead), "label", actor=other)
    with pytest.raises(IntegrityError, match="answered once"), transaction.atomic():
        Trial.objects.filter(pk=trial.pk).update(agrees=True)
    again = decide_anew(trial, "remove", actor=other)
    assert again.agrees is False
    assert again.decision_id == trial.decision_id


def test_what_cannot_be_copied(decided: Callable[..., Decision], lead: Actor) -> None:
    def marked(case: Case) -> Golden:
        return golden_mark(case=case, actions=["remove"], facts={}, why="So", actor=lead)

    erased = Case.objects.get(pk=decided().case_id)
    report_forget(report=erased.reports.get(), actor="system", why="asked")
    with pytest.raises(Conflict, match="erased"):
        marked(erased)
    sealed = Case.objects.get(pk=decided().case_id)
    moment = now()
    asset = Asset.objects.create(sha256="a" * 64, bytes=1, received_at=moment, sealed_at=moment)
    EvidenceItem.objects.create(case=sealed, asset=asset, report=None, added_at=moment)
    with pytest.raises(Conflict, match="sealed"):
        marked(sealed)
    row = marked(Case.objects.get(pk=decided().case_id))
    with pytest.raises(Conflict, match="golden already"):
        marked(Case.objects.get(pk=row.source_id))
    assert golden_retire(golden=row, actor=lead).retired_at is not None
    assert marked(Case.objects.get(pk=row.source_id)).retired_at is None


def test_an_erasure_reaches_copies(golden: Golden, lead: Actor) -> None:
    trial = golden_enter(golden=golden, actor=lead)
    report_forget(report=golden.source.reports.get(), actor="system", why="asked")
    left = Report.objects.get(case=trial.case)
    assert (left.explanation, left.url) == ("", "")


def test_a_copy_keeps_no_file_alive_and_is_no_known_copy(golden: Golden, lead: Actor) -> None:
    moment = now()
    asset = Asset.objects.create(sha256="b" * 64, bytes=1, received_at=moment)
    report = golden.source.reports.get()
    EvidenceItem.objects.create(case=golden.source, asset=asset, report=report, added_at=moment)
    trial = golden_enter(golden=golden, actor=lead)
    assert trial.case.items.get().asset_id == asset.pk
    assert not cases_needing(asset, besides=golden.source).exists()
    assert cases_alike(trial.case) == []
    assert cases_alike(golden.source) == []


def test_a_copy_that_nobody_holds_can_be_taken_back(
    golden: Golden, lead: Actor, other: Actor
) -> None:
    trial = golden_enter(golden=golden, actor=lead)
    case_claim(case=trial.case, actor=other)
    with pytest.raises(Conflict, match="Somebody works on"):
        trial_withdraw(trial=trial, why="asked")
    case_release(case=trial.case, actor=other)
    gone = trial_withdraw(trial=trial, why="asked", actor=lead.name)
    assert gone.case.reports.get().explanation == ""
    assert next_case_claim(actor=other) is None
    with pytest.raises(Conflict, match="settled already"):
        trial_withdraw(trial=trial, why="again")


def test_old_copies_are_swept(golden: Golden, lead: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = golden_enter(golden=golden, actor=lead)
    monkeypatch.setattr("probity.quality.trials.WAITS", timedelta(0))
    assert trials_sweep() == 1
    trial.refresh_from_db()
    assert trial.withdrawn_at is not None
    assert Case.objects.get(pk=trial.case_id).removed_at is not None


def test_a_senior_who_approved_knows_too(
    decided: Callable[..., Decision], person: Callable[..., object], lead: Actor
) -> None:
    from probity.quality.selectors import strangers_not

    senior = person_actor(person("sen", "senior"))  # type: ignore[arg-type]
    row = golden_mark(
        case=Case.objects.get(pk=decided(actor=senior).case_id), actions=["remove"], facts={},
        why="So", actor=lead,
    )  # fmt: skip
    trial = golden_enter(golden=row, actor=lead)
    assert senior.person
    assert lead.person
    assert strangers_not(trial) == {senior.person.pk, lead.person.pk}
