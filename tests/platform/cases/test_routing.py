"""Routing: the first rule that matches wins, a preview says what a change would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.cases.handing import case_requeue
from probity.cases.models import Case, Queue, RoutingRule
from probity.cases.queues import queue_add
from probity.cases.routing import (
    Facts,
    Line,
    backlog_reroute,
    first_match,
    matches,
    routing_preview,
    rules_now,
)
from probity.cases.routing_rules import (
    rule_add,
    rule_change,
    rule_move,
    rule_remove,
    rules_digest,
    rules_with,
)
from probity.core.errors import Conflict, InvalidInput, NotAllowed

FACTS = Facts("intimate", ["US-CA"], "pt-br", "high", frozenset({"public"}))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (Line("all", "q"), True),
        (Line("category", "q", categories=["other", "intimate"]), True),
        (Line("category", "q", categories=["other"]), False),
        (Line("whole country", "q", places=["US"]), True),
        (Line("another state", "q", places=["US-NY"]), False),
        (Line("not a prefix", "q", places=["U"]), False),
        (Line("language", "q", languages=["pt"]), True),
        (Line("region", "q", languages=["pt-pt"]), False),
        (Line("severity", "q", severities=["high"]), True),
        (Line("sender", "q", sender_kinds=["trusted_flagger"]), False),
        (Line("all of them", "q", categories=["intimate"], severities=["low"]), False),
    ],
)
def test_what_matches(line: Line, wanted: bool) -> None:
    assert matches(line, FACTS) is wanted
    assert (first_match([line, Line("rest", "r")], FACTS) == line) is wanted


@pytest.mark.django_db
def test_new_cases_follow_the_first_rule_and_the_rest_is_general(
    opened: Callable[..., Case], lea: Actor, swift: Queue
) -> None:
    slow = queue_add(title="Slow", order=9, actor=lea)
    rule_add(line=Line("Grave", "swift", severities=["high"]), seen=None, actor=lea)
    rule_add(line=Line("Intimate", "slow", categories=["intimate"]), seen=None, actor=lea)
    assert opened(category="intimate").queue == swift
    assert opened(category="defamation", places=["JP"]).queue.key == "general"

    rule_move(rule=RoutingRule.objects.get(title="Intimate"), up=True, seen=None, actor=lea)
    assert opened(category="intimate").queue == slow
    event = AuditEvent.objects.filter(name="routing.changed").latest("seq")
    assert [row["title"] for row in event.payload["rules"]] == ["Intimate", "Grave"]


@pytest.mark.django_db
def test_a_preview_counts_and_changes_nothing_and_then_the_backlog_follows(
    opened: Callable[..., Case], lea: Actor, ada: Actor, swift: Queue
) -> None:
    grave = [opened(category="intimate") for _ in range(3)]
    opened(category="defamation", places=["JP"])
    kept = queue_add(title="Kept", order=5, actor=lea)
    case_requeue(case=grave[0], queue=kept, reason="Ours.", actor=ada)
    line = Line("Grave", "swift", categories=["intimate"])

    found = routing_preview(rules_with(line, rule=None))
    assert (found.moved, found.looked_at, found.by_hand) == (2, 4, 1)
    assert not Case.objects.filter(queue=swift).exists()
    rule_add(line=line, seen=None, actor=lea)
    assert not Case.objects.filter(queue=swift).exists()
    assert backlog_reroute(cases=found.cases, actor=lea.name) == 2
    assert Case.objects.filter(queue=swift).count() == 2
    assert routing_preview(rules_now()).moved == 0


@pytest.mark.django_db
def test_rules_are_a_lead_s_and_nobody_overwrites_what_they_did_not_see(
    lea: Actor, ada: Actor, swift: Queue
) -> None:
    line = Line("Grave", swift.key, severities=["high"])
    with pytest.raises(NotAllowed):
        rule_add(line=line, seen=None, actor=ada)
    seen = rules_digest()
    rule = rule_add(line=line, seen=seen, actor=lea)
    with pytest.raises(Conflict, match="a colleague changed the routing rules"):
        rule_change(rule=rule, line=line, seen=seen, actor=lea)
    with pytest.raises(InvalidInput) as wrong:
        rule_change(
            rule=rule, line=replace(line, title="", queue="none", severities=["odd"]),
            seen=None, actor=lea,
        )  # fmt: skip
    assert set(wrong.value.fields) == {"title", "queue", "severities"}
    rule_remove(rule=rule, seen=rules_digest(), actor=lea)
    assert rules_now() == []
