"""Counter-notices: by the uploader, signed, and none where the law knows none."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from probity.contests.asking import NO_COUNTER_NOTICE, asking_check, asking_read, kinds_open
from probity.contests.words import Kind, Side
from probity.core.errors import Conflict, InvalidInput
from probity.workflow.appeal_receive import UPLOADER, appeal_send

GIVEN = {
    "kind": "counter_notice", "ground": "rights", "words": "I hold the rights",
    "signature": "Jo Doe", "good_faith": "true",
}  # fmt: skip


def decided_under(*rules: str, action: str = "remove") -> Any:
    """A decision in force, as far as the check looks at it."""
    return SimpleNamespace(
        standing=SimpleNamespace(state="effective"), rules=list(rules), action=action
    )


def test_the_take_it_down_act_knows_none_and_the_sentence_says_what_to_do() -> None:
    asking = asking_read(GIVEN, side=Side.UPLOADER)
    decision = decided_under("us-tida-notice-removal")
    with pytest.raises(Conflict) as refused:
        asking_check(asking, decision=decision, report=None)
    assert refused.value.sentence == NO_COUNTER_NOTICE
    assert "You can still appeal" in NO_COUNTER_NOTICE
    assert kinds_open(side=Side.UPLOADER, decision=decision) == [Kind.APPEAL]
    assert Kind.COUNTER_NOTICE in kinds_open(side=Side.UPLOADER, decision=decided_under())


def test_it_is_signed_stated_in_good_faith_and_from_the_closed_list() -> None:
    for missing in ("signature", "good_faith"):
        with pytest.raises(InvalidInput) as refused:
            asking_read({**GIVEN, missing: ""}, side=Side.UPLOADER)
        assert missing in refused.value.fields
    with pytest.raises(InvalidInput) as refused:
        asking_read({**GIVEN, "ground": "too_hard"}, side=Side.UPLOADER)
    assert "ground" in refused.value.fields
    with pytest.raises(InvalidInput, match="Only whoever uploaded"):
        asking_read(GIVEN, side=Side.REPORTER)


def test_it_answers_a_removal_only() -> None:
    asking = asking_read(GIVEN, side=Side.UPLOADER)
    with pytest.raises(Conflict, match="nothing is removed"):
        asking_check(asking, decision=decided_under(action="label"), report=None)


@pytest.mark.django_db
def test_a_removal_under_the_terms_can_be_answered(
    send: Callable[..., Any], decide: Callable[..., Any]
) -> None:
    case = send().case
    decide(case, "remove")
    appeal = appeal_send(case=case, asking=asking_read(GIVEN, side=Side.UPLOADER), actor=UPLOADER)
    assert appeal.kind == Kind.COUNTER_NOTICE
    assert appeal.signature == "Jo Doe"
