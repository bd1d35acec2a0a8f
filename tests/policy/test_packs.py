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
    pack = next(pack for pack in packs if pack.id == "us-ca-ab-730")
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
    assert verdict.total > 10 or not document.value.get("rules")
    assert verdict.survivors == ()


def test_blunt_examples_are_found_out() -> None:
    document = next(d for d in documents(folders=()) if d.value["pack"] == "us-ca-ab-730")
    for rule in document.value["rules"]:
        rule["tests"] = rule["tests"][:1]
    assert check(document).caught < 0.98


def test_the_first_rules_are_there() -> None:
    ids = {rule.id for _, rule in RULES}
    assert ids >= {"us-tida-notice-removal", "us-ca-ab730", "eu-dsa-16", "eu-dsa-17"}
    assert "house-synthetic-label" in ids


@pytest.mark.parametrize(("pack", "rule"), BY_ID)
def test_weak_points_stay_visible(pack: Pack, rule: Rule) -> None:
    assert rule.open_notes or rule.grade is Grade.P
    assert rule.review_due > max(leaf.citation.read_on for leaf in rule.logic.leaves)


@pytest.fixture(scope="module")
def rows(shared: Path) -> dict[str, dict[str, str]]:
    """The rows of the table of laws by their id."""
    with (shared / "facts" / "laws.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def test_every_row_of_the_table_of_laws_is_a_rule_or_a_record(
    rows: dict[str, dict[str, str]],
) -> None:
    ids = {rule.id for _, rule in RULES} | {record.id for pack in PACKS for record in pack.records}
    assert sorted(set(rows) - ids) == []


def test_the_rules_agree_with_the_table_of_laws(rows: dict[str, dict[str, str]]) -> None:
    differing: list[tuple[str, str]] = []
    for _, rule in RULES:
        if (row := rows.get(rule.id)) is not None:
            differing += [(rule.id, column) for column in differences(rule, row)]
    assert differing == []


def differences(rule: Rule, row: dict[str, str]) -> list[str]:
    """The columns of the table that say something else than the rule."""
    starts, ends = whole_days(row["effective_from"]), whole_days(row["effective_to"])
    checks = {
        "grade": rule.grade == row["grade"],
        "jurisdiction": rule.jurisdiction == row["jurisdiction"],
        "effective_from": not starts
        or (
            state(rule, starts[0] - timedelta(days=1)) is not LegalState.IN_FORCE
            and state(rule, starts[1]) in (LegalState.IN_FORCE, LegalState.DISPUTED)
        ),
        "effective_to": not ends or state(rule, ends[1]) is not LegalState.IN_FORCE,
    }
    return [column for column, agrees in checks.items() if not agrees]


def whole_days(text: str) -> tuple[date, date] | None:
    """The first and the last day that the table's date can mean, one day or a month."""
    if not text:
        return None
    if len(text) == len("2026-01-01"):
        return date.fromisoformat(text), date.fromisoformat(text)
    first = date.fromisoformat(f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1)


def state(rule: Rule, day: date) -> LegalState | None:
    change = rule.state_at(day)
    return change.state if change else None


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
