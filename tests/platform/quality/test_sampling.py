"""Second reviews: drawn by a seed on the record, blind, ruled on by a third where they differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from probity.accounts.actors import Actor, person_actor
from probity.cases.claims import next_case_claim
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.decisions.models import Decision
from probity.insight.agreement import actions_twice, answers, golden, second_reviews
from probity.insight.figures import span_read
from probity.insight.flow import cases_real
from probity.insight.rules import obligations, reversals
from probity.quality.goldens import golden_enter
from probity.quality.models import Golden, Ruling, SamplingRate, Trial
from probity.quality.people import LEAST, Share, standing_of, standings
from probity.quality.rulings import difference_rule
from probity.quality.sampling import draw_of, rate_set
from probity.quality.selectors import differences_open, rate_for, rates_now

pytestmark = pytest.mark.django_db


def test_every_decision_leads_to_a_copy_when_all_are_drawn(
    every_second: None, decided: Callable[..., Decision]
) -> None:
    decision = decided()
    trial = Trial.objects.get()
    assert trial.source_decision == decision
    assert trial.draw is not None
    assert trial.draw == draw_of(rate=SamplingRate.objects.get(), decision=decision)


def test_nothing_is_drawn_without_a_rate_or_for_a_copy(
    decided: Callable[..., Decision],
    lead: Actor,
    other: Actor,
    decide_anew: Callable[..., Trial],
) -> None:
    decided()
    assert not Trial.objects.exists()
    rate_set(kind="second", queue="", category="", per_mille=1000, because="x", actor=lead)
    decided()
    decide_anew(Trial.objects.get(), "remove", actor=other)
    assert Trial.objects.count() == 1


def test_the_draw_follows_from_the_seed_alone() -> None:
    rate = SamplingRate(kind="second", seed="5eed" * 8)
    draws = [draw_of(rate=rate, decision=Decision(id=UUID(int=number))) for number in range(2000)]
    assert draws == [
        draw_of(rate=rate, decision=Decision(id=UUID(int=number))) for number in range(2000)
    ]
    assert all(0 <= draw < 1 for draw in draws)
    assert 150 < sum(draw < 0.1 for draw in draws) < 250
    other = SamplingRate(kind="second", seed="0dd5" * 8)
    assert draw_of(rate=other, decision=Decision(id=UUID(int=1))) != draws[1]


def test_the_narrowest_rate_counts_and_the_latest(
    decided: Callable[..., Decision], lead: Actor
) -> None:
    case = decided().case

    def put(per_mille: int, queue: str = "", category: str = "") -> SamplingRate:
        return rate_set(
            kind="second", queue=queue, category=category, per_mille=per_mille, because="x",
            actor=lead,
        )  # fmt: skip

    assert rate_for("second", case) is None  # type: ignore[arg-type]
    everywhere = put(10)
    here, kind = put(20, queue=case.queue.key), put(30, category=case.category)
    found = rate_for("second", case)  # type: ignore[arg-type]
    assert found == here
    both = put(0, queue=case.queue.key, category=case.category)
    assert rate_for("second", case) == both  # type: ignore[arg-type]
    assert {row.pk for row in rates_now()} == {everywhere.pk, here.pk, kind.pk}
    with pytest.raises(InvalidInput) as refused:
        rate_set(kind="x", queue="no", category="no", per_mille=1001, because="", actor=lead)
    assert set(refused.value.fields) == {"kind", "queue", "category", "percent", "because"}


def test_golden_copies_are_drawn_too(
    golden: Golden, decided: Callable[..., Decision], lead: Actor
) -> None:
    rate_set(kind="golden", queue="", category="", per_mille=1000, because="x", actor=lead)
    decided()
    trial = Trial.objects.get()
    assert (trial.kind, trial.golden) == ("golden", golden)
    decided()
    assert Trial.objects.count() == 1, "the only golden case waits in the queue already"


def test_where_two_differ_a_third_rules(
    every_second: None,
    decided: Callable[..., Decision],
    decide_anew: Callable[..., Trial],
    reviewer: Actor,
    other: Actor,
    lead: Actor,
    person: Callable[..., Any],
) -> None:
    decided("remove")
    claim = next_case_claim(actor=reviewer)
    assert claim is None, "the first decider is never offered the second review"
    trial = decide_anew(Trial.objects.get(), "label", actor=other)
    assert trial.differences["action"] == ["remove", "label"]
    assert list(differences_open(None)) == [trial]
    second = person_actor(person("le2", "lead"))
    with pytest.raises(NotAllowed):
        difference_rule(trial=trial, right="first", note="So", actor=other)
    with pytest.raises(InvalidInput) as refused:
        difference_rule(trial=trial, right="x", note=" ", actor=second)
    assert set(refused.value.fields) == {"right", "note"}
    ruling = difference_rule(trial=trial, right="second", note="It is satire.", actor=lead)
    assert not differences_open(None).exists()
    with pytest.raises(Conflict):
        difference_rule(trial=trial, right="first", note="So", actor=second)
    for change in ("right", "note"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Ruling.objects.filter(pk=ruling.pk).update(**{change: "first"})
    assert standing_of(reviewer.person).stood == Share(0, 1)  # type: ignore[arg-type]


def test_the_database_refuses_a_ruling_on_ones_own(
    every_second: None,
    decided: Callable[..., Decision],
    decide_anew: Callable[..., Trial],
    reviewer: Actor,
    other: Actor,
) -> None:
    decided("remove")
    trial = decide_anew(Trial.objects.get(), "label", actor=other)
    assert trial.person_id is not None
    for rules in (reviewer.person, other.person):
        assert rules is not None
        with pytest.raises(IntegrityError), transaction.atomic():
            Ruling.objects.create(
                trial=trial, right="first", note="x", note_salt="", first_id=trial.decider_id,
                second_id=trial.person_id, person=rules, at=now(),
            )  # fmt: skip


def test_the_figures_count_pairs_and_leave_copies_out_of_all_others(
    every_second: None,
    decided: Callable[..., Decision],
    decide_anew: Callable[..., Trial],
    other: Actor,
) -> None:
    plan = [("remove", "remove")] * 5 + [("remove", "label")] * 2 + [("label", "label")] * 3
    for first, second in plan:
        known = set(Trial.objects.values_list("pk", flat=True))
        decided(first)
        decide_anew(Trial.objects.exclude(pk__in=known).get(), second, actor=other)
    span = span_read("", "")
    row = second_reviews(None, span).rows[0]
    assert row[1:4] == [10, 8, 0.8]
    assert row[4] == pytest.approx((0.8 - 0.5) / (1 - 0.5), abs=0.001)
    assert isinstance(row[5], float)
    assert row[7] == 10
    assert row[8] == pytest.approx(0.6, abs=0.02)
    assert {tuple(line) for line in actions_twice(None, span).rows} == {
        ("Label", "Label", 3), ("Remove", "Label", 2), ("Remove", "Remove", 5),
    }  # fmt: skip
    assert answers(None, span).rows == []
    assert golden(None, span).rows == []
    assert reversals(None, span).rows == []
    assert all(int(line[2] or 0) <= 10 for line in obligations(None, span).rows)
    assert cases_real(None).count() == 10
    assert [one.person.username for one in standings(None)] == ["oth"]
    assert standing_of(other.person).agreed == Share(8, 10)  # type: ignore[arg-type]


def test_few_answers_get_no_share(
    golden: Golden, lead: Actor, other: Actor, decide_anew: Callable[..., Trial]
) -> None:
    from probity.insight.agreement import golden as figure

    decide_anew(golden_enter(golden=golden, actor=lead), "remove", actor=other)
    assert figure(None, span_read("", "")).rows == [["General", 1, 1, None, None, None]]
    assert Share(LEAST - 1, LEAST - 1).bounds is None
    low, high = Share(LEAST, LEAST).bounds or (0, 0)
    assert low < 1
    assert high == 1
