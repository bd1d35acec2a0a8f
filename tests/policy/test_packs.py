"""The packs that ship: their own tests hold, are complete, and notice every change."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from policy.api import Grade, LegalState, Outcome, Pack, PackTest, Rule
from policy.cursor import Cursor
from policy.engine import evaluate
from policy.loader import documents, load_packs
from policy.mutation import check
from policy.trial import run

PACKS = load_packs(folders=())
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]
BY_ID = [pytest.param(pack, rule, id=rule.id) for pack, rule in RULES]


def examples(pack: Pack, rule: Rule) -> list[PackTest]:
    return [test for test in pack.tests if test.rule == rule.id]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_worked_examples_hold(pack: Pack) -> None:
    assert run((pack,)) == []


def test_a_wrong_expectation_is_reported(packs: tuple[Pack, ...]) -> None:
    pack = packs[0]
    wrong = replace(pack.tests[0], outcome=Outcome.NOT_IN_FORCE, do=("remove",))
    failures = run((replace(pack, tests=(wrong,)),))
    assert {failure.sentence.split()[0] for failure in failures} == {"outcome", "do"}


@pytest.mark.parametrize(("pack", "rule"), BY_ID)
def test_every_outcome_of_a_rule_has_an_example(pack: Pack, rule: Rule) -> None:
    tests = examples(pack, rule)
    assert {test.outcome for test in tests} == set(Outcome)
    asked = {name for test in tests for name in test.ask or ()}
    assert set(rule.logic.facts) <= asked, "one unknown per leaf"
    settled = [test for test in tests if test.outcome is Outcome.DOES_NOT_APPLY]
    for exception in rule.exceptions:
        assert any(exception.id.split("-")[-1] in test.name for test in settled)
    states = {change.state for change in rule.timeline} - {LegalState.IN_FORCE}
    assert states <= {test.state for test in tests}


@pytest.mark.parametrize("document", list(documents(folders=())), ids=lambda d: d.value["pack"])
def test_the_examples_notice_changes(document: Cursor) -> None:
    verdict = check(document)
    assert verdict.total > 10
    assert verdict.caught >= 0.98, verdict.survivors


def test_blunt_examples_are_found_out() -> None:
    document = next(iter(documents(folders=())))
    for rule in document.value["rules"]:
        rule["tests"] = rule["tests"][:1]
    assert check(document).caught < 0.98


def test_the_first_rules_are_there() -> None:
    ids = {rule.id for _, rule in RULES}
    assert ids >= {"us-tida-notice-removal", "us-ca-ab730", "eu-dsa-16", "eu-dsa-17"}
    assert "house-synthetic-label" in ids


@pytest.mark.parametrize(("pack", "rule"), BY_ID)
def test_weak_points_stay_visible(pack: Pack, rule: Rule) -> None:
    assert rule.open_notes
    assert rule.grade is Grade.P
    assert rule.review_due > max(leaf.citation.read_on for leaf in rule.logic.leaves)


def test_dates_agree_with_the_table_of_laws(shared: Path) -> None:
    with (shared / "facts" / "laws.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["id"]: row for row in csv.DictReader(lines)}
    found = 0
    for _, rule in RULES:
        row = rows.get(rule.id)
        if row is None:
            continue
        found += 1
        starts = date.fromisoformat(row["effective_from"])
        assert rule.jurisdiction == row["jurisdiction"]
        assert rule.grade == row["grade"]
        assert rule.state_at(starts - timedelta(days=1)) is None
        change = rule.state_at(starts)
        assert change is not None
        assert change.state is LegalState.IN_FORCE
        if row["effective_to"]:
            end = rule.state_at(date.fromisoformat(row["effective_to"]))
            assert end is not None
            assert end.state is not LegalState.IN_FORCE
    assert found == 4


def test_a_distributors_risk_is_no_duty_of_the_platform(packs: tuple[Pack, ...]) -> None:
    pack = next(pack for pack in packs if pack.id == "us-ca-ab-730")
    test = pack.tests[0]
    evaluation = evaluate(
        (pack,), facts=test.facts, at=test.at, places=test.places, received_at=test.received_at
    )
    data = evaluation.to_dict()["rules"][0]
    assert data["outcome"] == "applies"
    assert data["effect"] == "legal_risk"
    assert data["binds"] == "distributor"
    assert "injunction" in data["risk"]
    assert data["obligations"] == []
