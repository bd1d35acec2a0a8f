"""Measures reach the host platform by signed webhooks, each exactly once in effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.core.errors import InvalidInput, NotAllowed, NotFound
from probity.decisions.measures import Asked
from probity.decisions.models import Decision, MeasureOutcome
from probity.decisions.outcomes import deliveries_of, outcome_record
from probity.outbox.delivery import outbox_deliver
from probity.outbox.endpoints import endpoint_disable, endpoint_make
from probity.outbox.models import Endpoint, Message, MessageState
from probity.outbox.services import message_redeliver
from probity.workflow.decision_effect import decision_agree, decisions_sweep

pytestmark = pytest.mark.django_db
Decide = Callable[..., Decision]
KINDS = ["measure.applied", "measure.lifted", "measure.expired"]


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    return person_actor(person("boss", "administrator"))


@pytest.fixture
def platform(lead: Actor, receiver: Any) -> Endpoint:
    """An endpoint that hears of measures."""
    return endpoint_make(actor=lead, name="host", url=receiver.url, subscribed=KINDS)[0]


def told(receiver: Any) -> list[tuple[str, dict[str, Any]]]:
    """What a receiver that remembers ids acted on, in order."""
    return [(one["type"], one["data"]) for one in receiver.effects.values()]


class Host:
    """A receiver as it should be: a measure holds while it was applied and not ended."""

    def __init__(self, receiver: Any) -> None:
        self.holds: dict[str, str] = {}
        over: set[str] = set()
        for kind, data in told(receiver):
            if kind == "measure.applied":
                self.holds[data["measure"]] = data["action"]
            else:
                over.add(data["measure"])
        for reference in over:
            self.holds.pop(reference, None)

    @property
    def actions(self) -> list[str]:
        return sorted(self.holds.values())


def test_measures_leave_only_when_the_decision_takes_effect(
    case: Case, decide: Decide, platform: Endpoint, receiver: Any, senior: Actor
) -> None:
    decision = decide(case, Asked("restrict", places=("DE",), days=7), "suspend", "warn")
    assert not Message.objects.filter(kind__startswith="measure.").exists()
    decision_agree(decision=decision, actor=senior)
    outbox_deliver()
    found = {data["action"]: data for _, data in told(receiver)}
    assert set(found) == {"restrict", "suspend", "warn"}
    restrict = found["restrict"]
    assert restrict["scope"] == {"about": "item", "places": ["DE"]}
    assert restrict["ends_at"] is not None
    assert restrict["target"]["urls"] == ["https://host.example/post/1"]
    assert restrict["measure"] == str(decision.measures.get(action="restrict").reference)
    assert "Jo" not in str(found)


def test_no_action_and_demonstrations_tell_nobody(
    make_case: Any, decide: Decide, platform: Endpoint
) -> None:
    decide(make_case(), "no_action")
    shown = make_case()
    Case.objects.filter(pk=shown.pk).update(demonstration="one")
    decide(Case.objects.get(pk=shown.pk), "remove")
    assert not Message.objects.filter(kind__startswith="measure.").exists()


def test_a_new_decision_lifts_and_a_kept_measure_is_not_told_again(
    case: Case, decide: Decide, platform: Endpoint, receiver: Any, later: Any
) -> None:
    decide(case, "restrict", "preserve", Asked("reduce", days=2))
    later(seconds=1)
    decide(case, "preserve", Asked("restrict", places=("DE", "FR")))
    outbox_deliver()
    assert Host(receiver).actions == ["preserve", "restrict"]
    kinds = sorted((kind, data["action"]) for kind, data in told(receiver))
    assert kinds == [
        ("measure.applied", "preserve"), ("measure.applied", "reduce"),
        ("measure.applied", "restrict"), ("measure.applied", "restrict"),
        ("measure.lifted", "reduce"), ("measure.lifted", "restrict"),
    ]  # fmt: skip
    lifted = next(
        d for k, d in told(receiver) if (k, d["action"]) == ("measure.lifted", "restrict")
    )
    assert lifted["replaced_by"] in Host(receiver).holds


def test_what_expires_is_told(
    case: Case, decide: Decide, platform: Endpoint, receiver: Any, later: Any
) -> None:
    decide(case, Asked("age_gate", days=1))
    later(days=1, minutes=1)
    assert decisions_sweep() == 1
    outbox_deliver()
    assert Host(receiver).actions == []
    assert [kind for kind, _ in told(receiver)] == ["measure.applied", "measure.expired"]


def test_a_receiver_that_fails_and_hears_twice_acts_once(
    case: Case, decide: Decide, platform: Endpoint, receiver: Any, lead: Actor, later: Any,
) -> None:  # fmt: skip
    receiver.plan += [500, None]
    decide(case, "remove")
    for _ in range(4):
        outbox_deliver()
        later(hours=7)
    message = Message.objects.get(kind="measure.applied")
    assert message.state == MessageState.SENT
    message_redeliver(message=message, actor=lead)
    outbox_deliver()
    assert len(receiver.heard) == 4
    assert Host(receiver).actions == ["remove"]
    assert len(told(receiver)) == 1


def test_the_state_of_the_delivery_is_known(
    case: Case, decide: Decide, receiver: Any, lead: Actor
) -> None:
    def state(decision: Decision) -> str:
        row = decision.measures.get()
        return deliveries_of([row])[row.pk].state

    first = decide(case, "remove")
    assert state(first) == "nobody"
    endpoint, _ = endpoint_make(actor=lead, name="host", url=receiver.url, subscribed=KINDS)
    second = decide(case, "restrict")
    assert state(second) == "waiting"
    outbox_deliver()
    assert state(second) == "delivered"
    third = decide(case, "age_gate")
    endpoint_disable(actor=lead, endpoint=endpoint, why="moving")
    assert state(third) == "dead"


def test_the_platform_says_what_came_of_it(
    case: Case, decide: Decide, lead: Actor, reviewer: Actor
) -> None:
    decision = decide(case, "remove")
    reference = decision.measures.get().reference

    def say(outcome: str, note: str = "", event: str = "applied", ref: UUID = reference) -> Any:
        return outcome_record(reference=ref, event=event, outcome=outcome, note=note, actor=lead)

    first = say("refused", "no such post")
    assert say("refused", " no such post ") == first
    assert deliveries_of(decision.measures.all())[reference].state == "refused"
    say("done")
    assert MeasureOutcome.objects.count() == 2
    assert deliveries_of(decision.measures.all())[reference].state == "done"
    event = AuditEvent.objects.filter(name="measure.outcome").order_by("seq")[0]
    assert "no such post" not in str(event.payload)
    with pytest.raises(NotFound, match="Nothing of this kind"):
        say("done", event="lifted")
    with pytest.raises(NotFound, match="no measure"):
        say("done", ref=uuid4())
    with pytest.raises(InvalidInput, match="one of"):
        say("perhaps")
    with pytest.raises(NotAllowed):
        outcome_record(
            reference=reference, event="applied", outcome="done", note="", actor=reviewer
        )
