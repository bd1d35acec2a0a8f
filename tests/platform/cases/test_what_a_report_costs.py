"""Taking a report in asks the database a bounded number of times, and leaves nothing out for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.audit.services import case_chain
from probity.cases.models import Clock, Queue, RoutingRule, ServiceTarget
from probity.cases.notice import notice_read
from probity.workflow.report_receive import Receipt, report_receive

pytestmark = pytest.mark.django_db
FIRST_MOST = 42
MOVES = ("SAVEPOINT", "RELEASE SAVEPOINT")
TOLD = ["case.opened", "report.received", "law.evaluated", "message.queued", "notice.sent"]
TOLD_WITH_QUEUE = [
    "case.opened", "report.received", "law.evaluated", "case.queued", "clocks.set",
    "message.queued", "notice.sent",
]  # fmt: skip


@pytest.fixture
def received(person: Callable[..., Any]) -> Callable[[int], Receipt]:
    from probity.accounts.actors import person_actor

    actor: Actor = person_actor(person("rob", "administrator"))

    def receive(number: int) -> Receipt:
        fields = {
            "category": "defamation", "explanation": "Plain words.", "places": "DE",
            "url": f"https://host.example/watch/{number}", "email": "rob@reporter.example",
        }  # fmt: skip
        notice = notice_read(fields, has_file=False)
        return report_receive(notice=notice, upload=None, channel="api", actor=actor)

    receive(0)
    return receive


def told(receipt: Receipt) -> list[str]:
    events = AuditEvent.objects.filter(chain=case_chain(receipt.case.pk)).order_by("seq")
    return list(events.values_list("name", flat=True))


def test_a_first_report_costs_few_statements_and_tells_everything(
    received: Callable[[int], Receipt],
) -> None:
    with CaptureQueriesContext(connection) as asked:
        receipt = received(1)
    # appending to the log goes past Django's count, see core.prepared
    assert len([one for one in asked if not one["sql"].startswith(MOVES)]) <= FIRST_MOST
    assert told(receipt) == TOLD


def test_the_case_is_locked_before_anything_of_it_is_changed(
    received: Callable[[int], Receipt],
) -> None:
    first = received(1)
    with CaptureQueriesContext(connection) as asked:
        again = received(1)
    assert again.case.pk == first.case.pk
    statements = [one["sql"] for one in asked]
    locked = next(place for place, sql in enumerate(statements) if "FOR UPDATE" in sql)
    changed = next(
        place for place, sql in enumerate(statements) if sql.startswith(("INSERT", "UPDATE"))
    )
    assert '"cases_case"' in statements[locked]
    assert locked < changed


def test_a_rule_still_sends_it_to_its_queue_with_the_queues_own_clock(
    received: Callable[[int], Receipt],
) -> None:
    fraud = Queue.objects.create(key="fraud", title="Fraud")
    RoutingRule.objects.create(order=1, title="All of it", queue=fraud)
    ServiceTarget.objects.create(queue=fraud, kind="decision", minutes=60)
    receipt = received(2)
    receipt.case.refresh_from_db()
    assert receipt.case.queue == fraud
    assert told(receipt) == TOLD_WITH_QUEUE
    clock = Clock.objects.get(case=receipt.case, service=True)
    assert (receipt.case.due_at, receipt.case.due_for) == (clock.due_at, clock.title)
    assert receipt.case.priority_why
