"""The pages: queue with its tabs and reasons, passing on, the board, what leads set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from probity.accounts.actors import Actor
from probity.cases.claims import case_claim, case_release
from probity.cases.handing import case_send
from probity.cases.models import Case, PriorityWeights, Queue, RoutingRule
from probity.cases.priority import DEFAULTS
from probity.cases.selectors import claim_live
from probity.cases.versions import case_touch

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    assert actor.person is not None
    actor.person.password_change_required = False
    actor.person.save()
    client.force_login(actor.person)
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_the_queue_page_says_why_this_order(
    opened: Callable[..., Case], ada: Actor, swift: Queue
) -> None:
    grave, mild = opened(category="intimate"), opened(category="defamation", places=["JP"])
    Case.objects.filter(pk=mild.pk).update(queue=swift)
    client = signed_in(ada)
    page = text(client.get("/triage"))
    assert page.index(grave.label) < page.index(mild.label)
    assert "intimate imagery" in page
    assert "Why this order" in page
    only = text(client.get("/triage?queue=swift"))
    assert mild.label in only
    assert grave.label not in only

    client.post("/triage/next", {"queue": "swift"})
    assert claim_live(mild) is not None
    case = text(client.get(f"/triage/{mild.pk}"))
    assert "Pass it on" in case
    assert f'<b class="num">{mild.priority}</b> points' in case


def test_a_form_made_from_an_older_version_is_refused_in_words(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    client = signed_in(ada)
    seen = case.version
    case_claim(case=case, actor=ben)
    case_release(case=case, actor=ben, reason="I know them.")

    form = {"reason": "Look, please.", "version": str(seen)}
    refused = client.post(f"/triage/{case.pk}/escalate", form)
    assert refused.status_code == 409
    said = refused.content.decode()
    assert f"While you were reading, {case.label} was returned to the queue by a colleague" in said
    case.refresh_from_db()
    assert case.escalated_at is None
    form["version"] = str(case.version)
    assert client.post(f"/triage/{case.pk}/escalate", form).status_code == 302
    case_touch(case=case, what="facts", actor=ada.name)
    assert client.post(f"/triage/{case.pk}/queue", form).status_code == 422  # not 409: one's own


def test_whoever_a_case_was_sent_to_takes_it_by_opening_it(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    assert ben.person is not None
    case_send(case=case, person=ben.person, reason="Yours, I think.", actor=ada)
    assert "Waits for ben" in text(signed_in(ada).get(f"/triage/{case.pk}"))
    assert claim_live(case) is None
    page = text(signed_in(ben).get(f"/triage/{case.pk}"))
    assert "was sent to you" in page
    assert "Yours, I think." in page
    claim = claim_live(case)
    assert claim is not None
    assert claim.person == ben.person


def test_the_board_names_what_breaches_next_and_who_has_it(
    opened: Callable[..., Case], ada: Actor
) -> None:
    case = opened(category="intimate", places=["US-CA"])
    client = signed_in(ada)
    assert case.label not in text(client.get("/triage/board?hours=1"))
    page = text(client.get("/triage/board?hours=72"))
    assert case.label in page
    assert "<b>Nobody</b>" in page
    part = client.get("/triage/board?hours=72", headers={"hx-request": "true"})
    assert "<html" not in text(part)


def test_a_lead_previews_and_saves_rules_and_weights(
    opened: Callable[..., Case], lea: Actor, swift: Queue
) -> None:
    case = opened(category="intimate")
    client = signed_in(lea)
    rule = {"id": "new", "title": "Grave", "queue": "swift", "categories": "intimate"}
    assert "1 of 1 cases would move." in text(
        client.post("/leading/routing", {**rule, "preview": "1"})
    )
    assert not RoutingRule.objects.exists()
    assert client.post(
        "/leading/routing", {**rule, "save": "1", "backlog": "1"}
    ).status_code == 302  # fmt: skip
    case.refresh_from_db()
    assert case.queue == swift
    wrong = client.post("/leading/routing", {**rule, "categories": "odd", "save": "1"})
    assert wrong.status_code == 422

    weights = {name: str(value) for name, value in DEFAULTS.items()}
    shown = text(client.post("/leading/priority", {**weights, "harm_high": "99", "preview": "1"}))
    assert "With these weights" in shown
    form = {**weights, "harm_high": "99", "reason": "For today.", "seen": "0", "save": "1"}
    assert client.post("/leading/priority", form).status_code == 302
    assert PriorityWeights.objects.get().weights["harm_high"] == 99


def test_a_lead_makes_a_queue_with_targets(lea: Actor, ada: Actor) -> None:
    client = signed_in(lea)
    form = {
        "id": "", "title": "Elections", "order": "5", "first_action": "30",
        "first_action_unit": "min", "decision": "2", "decision_unit": "d", "pauses": "1",
    }  # fmt: skip
    assert client.post("/leading/queues", form).status_code == 302
    page = text(client.get("/leading/queues"))
    assert "within 30 min" in page
    assert "within 2 d" in page
    assert client.post("/leading/queues", {**form, "decision": "soon"}).status_code == 422
    assert signed_in(ada).get("/leading/queues").status_code == 403
