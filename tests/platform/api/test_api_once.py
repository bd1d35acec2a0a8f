"""Idempotency-Key: once in effect, answered alike, of one token, sealed, forgotten in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from probity.accounts.models import Person
from probity.accounts.tokens import token_create
from probity.api.models import KeptAnswer
from probity.cases.models import Report
from probity.core.clock import now
from probity.decisions.models import Decision

pytestmark = pytest.mark.django_db
BODY = {"action": "label", "reason": "It was made by a machine."}


@pytest.fixture
def decide(admin: APIClient, reported: Callable[..., Any]) -> Callable[..., Any]:
    case = reported(1)[0]["case"]

    def send(client: APIClient = admin, *, key: str = "one", **body: Any) -> Any:
        headers = {"idempotency-key": key} if key else {}
        address = f"/api/v1/cases/{case}/decisions"
        return client.post(address, {**BODY, **body}, format="json", headers=headers)

    return send


def test_the_same_request_is_done_once(decide: Callable[..., Any]) -> None:
    first, again = decide(), decide()
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Decision.objects.count() == 1
    assert decide(key="two").json()["supersedes"] == first.json()["id"]


def test_another_request_with_the_key_is_refused(decide: Callable[..., Any]) -> None:
    decide()
    answer = decide(reason="For another reason.")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")
    assert "Use a new key" in answer.json()["detail"]
    assert Decision.objects.count() == 1


def test_a_key_belongs_to_one_token(decide: Callable[..., Any], admin: APIClient) -> None:
    decide()
    _, secret = token_create(person=Person.objects.get(), scopes=["all"])
    other = APIClient(headers={"authorization": f"Token {secret}"})
    assert "Idempotency-Replayed" not in decide(other).headers
    assert Decision.objects.count() == 2


def test_what_was_refused_can_be_sent_again(decide: Callable[..., Any]) -> None:
    assert decide(action="nothing").status_code == 422
    assert KeptAnswer.objects.count() == 0
    assert decide().status_code == 201


def test_nobody_reads_a_kept_answer_without_the_key(admin: APIClient) -> None:
    body = {"username": "grace", "roles": ["reviewer"]}
    sent = [
        admin.post("/api/v1/people", body, format="json", headers={"idempotency-key": "grace"})
        for _ in range(2)
    ]
    assert sent[0].json()["one_time_password"] == sent[1].json()["one_time_password"]
    row = KeptAnswer.objects.get()
    assert "grace" not in (row.sealed, row.key_digest)
    assert sent[0].json()["one_time_password"] not in row.sealed


def test_answers_are_forgotten_after_their_time(decide: Callable[..., Any]) -> None:
    decide()
    KeptAnswer.objects.update(created_at=now() - timedelta(hours=47))
    assert decide().headers["Idempotency-Replayed"] == "true"
    KeptAnswer.objects.update(created_at=now() - timedelta(hours=49))
    assert "Idempotency-Replayed" not in decide().headers
    assert KeptAnswer.objects.count() == 1


def test_a_report_is_received_once_and_its_key_is_the_tokens_own(admin: APIClient) -> None:
    body = {"category": "other", "explanation": "Look at this.", "url": "https://example.org/x"}
    headers = {"idempotency-key": "r" * 200}
    sent = [admin.post("/api/v1/reports", body, format="json", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 200]
    other = admin.post("/api/v1/reports", {**body, "category": "election"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert Report.objects.count() == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_that_is_none(decide: Callable[..., Any], key: str) -> None:
    assert decide(key=key).status_code == 422
