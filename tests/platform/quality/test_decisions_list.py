"""The list of decisions tells nobody which case is a copy before the copy says so itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from probity.accounts.actors import Actor
from probity.accounts.tokens import token_create
from probity.decisions.models import Decision
from probity.quality.models import Golden, Trial, TrialKind
from probity.quality.trials import trial_open

pytestmark = pytest.mark.django_db


def listed(actor: Actor, **where: str) -> set[str]:
    """The cases of the decisions that somebody is shown."""
    assert actor.person is not None
    _, secret = token_create(person=actor.person, scopes=["all"])
    client = APIClient(headers={"authorization": f"Token {secret}"})
    answer = client.get("/api/v1/decisions", where)
    assert answer.status_code == 200
    return {row["case"] for row in answer.json()["decisions"]}


@pytest.fixture
def copy(golden: Golden) -> Trial:
    return trial_open(kind=TrialKind.GOLDEN, decision=golden.decision, golden=golden)


def test_before_it_counts_it_is_there_for_everybody(
    copy: Trial, lead: Actor, other: Actor, reviewer: Actor, settings: Any,
    decide_anew: Callable[..., Trial],
) -> None:  # fmt: skip
    settings.UNDO_SECONDS = 600
    assert decide_anew(copy, "remove", actor=other).answered_at is None
    for somebody in (other, lead, reviewer):
        assert str(copy.case_id) in listed(somebody)
        assert str(copy.source_id) in listed(somebody)


def test_once_it_counts_it_stays_for_whoever_took_it(
    copy: Trial, lead: Actor, other: Actor, reviewer: Actor, decide_anew: Callable[..., Trial]
) -> None:
    assert decide_anew(copy, "remove", actor=other).answered_at is not None
    assert str(copy.case_id) in listed(other)
    assert str(copy.case_id) not in listed(lead) | listed(reviewer)


def test_another_demonstration_is_in_no_list(
    decided: Callable[..., Decision], lead: Actor, reviewer: Actor
) -> None:
    row = decided("remove")
    row.case.demonstration = "shown"
    row.case.save(update_fields=["demonstration"])
    assert listed(lead) | listed(reviewer) == set()
