"""A decision is told: to the platform by webhook, to the reporter by mail, and to nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from probity.accounts.actors import REPORTER, Actor, person_actor
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.models import Case, Category
from probity.cases.notice import Notice
from probity.cases.services import report_erase
from probity.outbox.delivery import outbox_deliver
from probity.outbox.models import Endpoint, Message
from probity.web.review.dossier_page import dossier_page
from probity.workflow.case_decide import case_decide
from probity.workflow.report_receive import report_receive

pytestmark = pytest.mark.django_db
URL = "https://host.example/post/1"


@pytest.fixture
def reviewer(person: Callable[..., Any]) -> Actor:
    return person_actor(person("rev", "reviewer"))


@pytest.fixture
def case(settings: Any) -> Case:
    settings.PUBLIC_URL = "https://probity.example"
    notice = Notice(
        category=Category.IMPERSONATION, explanation="My neighbour Jo made this",
        url=URL, email="ada@example.org", places=["DE"],
    )  # fmt: skip
    return report_receive(notice=notice, upload=None, channel="web", actor=REPORTER).case


def decide(case: Case, actor: Actor, action: str = "remove") -> Any:
    return case_decide(case=case, action=action, reason="Jo’s own words", rules=[], actor=actor)


def test_the_platform_hears_what_to_do_and_no_more(
    endpoint: Endpoint, receiver: Any, case: Case, reviewer: Actor
) -> None:
    first = decide(case, reviewer)
    second = decide(case, reviewer, "restrict")
    outbox_deliver()
    told = [json.loads(body) for _, body in receiver.heard]
    assert [one["type"] for one in told] == ["decision.made"] * 2
    data = told[0]["data"]
    assert data["action"] == "remove"
    assert data["target"] == {"urls": [URL], "sha256": []}
    assert data["case"]["number"] == case.label
    assert (data["decision"], data["supersedes"]) == (str(first.pk), None)
    assert told[1]["data"]["supersedes"] == str(first.pk)
    assert told[1]["data"]["decision"] == str(second.pk)
    assert told[1]["data"]["places"] == ["DE"]
    for _, body in receiver.heard:
        for secret in (b"Jo", b"ada@", b"neighbour", b"rev"):
            assert secret not in body


def test_the_reporter_hears_it_in_words(case: Case, reviewer: Actor) -> None:
    decide(case, reviewer)
    outbox_deliver()
    receipt, sent = mail.outbox
    assert receipt.to == sent.to == ["ada@example.org"]
    assert sent.subject == f"{case.label}: what was decided about your report"
    assert "The content was removed." in sent.body
    assert "https://probity.example/status/" in sent.body
    assert "six months" in sent.body
    assert "Jo" not in sent.body
    decide(case, reviewer, "no_action")
    outbox_deliver()
    assert "It replaces what you were told before." in mail.outbox[2].body


def test_the_log_tells_of_it_and_erasing_reaches_it(case: Case, reviewer: Actor) -> None:
    decide(case, reviewer)
    outbox_deliver()
    names = AuditEvent.objects.filter(chain_id=case_chain(case.pk), name__startswith="message.")
    assert [event.name for event in names] == ["message.queued"] * 2 + ["message.sent"] * 2
    assert "ada@" not in json.dumps([event.payload for event in names])
    shown = {entry.name: entry for entry in dossier_page(case).entries}
    check = shown["message.queued"].check
    assert check is not None
    assert check.good
    report_erase(report=case.reports.get(), actor="system")
    for message in Message.objects.all():
        assert (message.recipient, message.body, message.state) == ("", "", "sent")
    shown = {entry.name: entry for entry in dossier_page(case).entries}
    assert shown["message.queued"].check is None
    assert "message.forgotten" in shown
    assert chain_verify(case_chain(case.pk)).intact


def test_a_decision_that_is_refused_tells_nobody(case: Case, reviewer: Actor) -> None:
    from probity.core.errors import InvalidInput

    with pytest.raises(InvalidInput):
        case_decide(case=case, action="remove", reason=" ", rules=[], actor=reviewer)
    assert [message.kind for message in Message.objects.all()] == ["notice.receipt"]
