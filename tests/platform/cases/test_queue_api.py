"""The same over the API: take the next, pass on, what leads set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from probity.accounts.actors import Actor
from probity.cases.models import Case, Queue
from probity.core.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client_for: Callable[..., APIClient]) -> APIClient:
    return client_for("prog", "lead")


def test_a_program_takes_extends_and_passes_on(
    api: APIClient, opened: Callable[..., Case], swift: Queue, ben: Actor
) -> None:
    case = opened(category="defamation", places=["JP"])
    taken = api.post("/api/v1/queues/claim-next", {}, format="json")
    assert taken.status_code == 201, taken.content
    assert taken.json()["number"] == case.label
    assert taken.json()["why"][0]["code"] in {"clock", "harm"}
    assert api.post("/api/v1/queues/claim-next", {}, format="json").status_code == 204
    base = f"/api/v1/cases/{case.pk}"
    assert api.post(f"{base}/claim/extend").status_code == 200
    moved = api.post(f"{base}/queue", {"queue": "swift", "reason": "Fast."}, format="json")
    assert moved.json()["queue"] == "swift"
    until = (now() + timedelta(hours=1)).isoformat()
    assert api.post(f"{base}/snooze", {"until": until}, format="json").status_code == 200
    assert api.delete(f"{base}/snooze").status_code == 204
    assert api.post(f"{base}/escalate", {"reason": "Look."}, format="json").status_code == 200
    assert api.post(f"{base}/calm", {"reason": "Seen."}, format="json").status_code == 200
    assert api.post(f"{base}/send", {"person": "ben"}, format="json").status_code == 201
    assert api.post(f"{base}/skip").status_code == 200
    assert api.post(f"{base}/return", {}, format="json").status_code == 204
    shown = api.get(base).json()
    assert (shown["queue"], shown["sent_to"]) == ("swift", "ben")
    assert api.post(f"{base}/claim/extend").status_code == 409


def test_a_program_merges_and_splits(api: APIClient, reported: Callable[..., Any]) -> None:
    one, two = reported(), reported()
    body = {"into": str(one.case.pk), "reason": "Same.", "version": 10_000}
    merged = api.post(f"/api/v1/cases/{two.case.pk}/merge", body, format="json")
    assert merged.status_code == 200, merged.content
    split = api.post(
        f"/api/v1/cases/{one.case.pk}/split",
        {"report": str(two.report.pk), "reason": "Not the same."},
        format="json",
    )
    assert split.status_code == 201, split.content
    assert split.json()["case"] not in {str(one.case.pk), str(two.case.pk)}
    bad = api.post(f"/api/v1/cases/{one.case.pk}/merge", {"into": "x"}, format="json")
    assert bad.status_code == 422


def test_a_program_previews_and_sets_rules_and_weights(
    api: APIClient, opened: Callable[..., Case], swift: Queue
) -> None:
    opened(category="intimate")
    rules = [{"title": "Grave", "queue": "swift", "severities": ["high"]}]
    seen = api.post("/api/v1/queues/routing/preview", {"rules": rules}, format="json").json()
    assert (seen["moved"], seen["looked_at"]) == (1, 1)
    digest = api.get("/api/v1/queues/routing").json()["digest"]
    put = api.put("/api/v1/queues/routing", {"rules": rules, "digest": digest}, format="json")
    assert put.json()["rules"][0]["title"] == "Grave"
    late = api.put("/api/v1/queues/routing", {"rules": [], "digest": digest}, format="json")
    assert late.status_code == 409
    weights = {"weights": {"harm_high": 7}}
    order = api.post("/api/v1/queues/priority/preview", weights, format="json").json()
    assert order["looked_at"] == 1
    done = api.put(
        "/api/v1/queues/priority", {**weights, "reason": "Test.", "number": 0}, format="json"
    )
    assert done.json()["weights"]["harm_high"] == 7
    assert [row["key"] for row in api.get("/api/v1/queues").json()["queues"]] == [
        "swift", "general",
    ]  # fmt: skip
    assert api.get("/api/v1/queues/board").status_code == 200
