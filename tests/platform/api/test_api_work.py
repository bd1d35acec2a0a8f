"""What a person can do in the browser, for programs: many cases, care, queues, counsel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from probity.cases.models import Case
from probity.workflow.bulk_run import bulk_work

pytestmark = pytest.mark.django_db


def test_a_run_over_many_cases_is_previewed_done_and_undone(
    admin: APIClient, reported: Callable[..., Any]
) -> None:
    cases = [row["case"] for row in reported(1, 2, 3)]
    added = {"title": "Elections", "order": 5, "minutes": {"decision": 60}, "pauses": True}
    queue = admin.post("/api/v1/queues", added, format="json").json()
    assert queue["targets"] == [{"kind": "decision", "minutes": 60, "pauses": True}]
    order = {"action": "queue", "queue": queue["key"], "cases": cases[:2]}
    plan = admin.post("/api/v1/bulk/preview", order, format="json").json()
    assert (plan["chosen"], plan["left_out"], plan["second_needed"]) == (2, 0, False)
    assert not Case.objects.filter(queue__key="elections").exists()

    body = {**order, "reason": "They belong there.", "seen": plan["mark"]}
    run = admin.post("/api/v1/bulk", body, format="json").json()
    assert bulk_work() == 2
    assert admin.get(f"/api/v1/bulk/{run['id']}").json()["counts"]["done"] == 2
    items = admin.get(f"/api/v1/bulk/{run['id']}/items", {"limit": 1}).json()
    assert items["next"] is not None
    assert Case.objects.filter(queue__key="elections").count() == 2

    undone = admin.post(f"/api/v1/bulk/{run['id']}/undo", {"reason": "A mistake."}, format="json")
    assert undone.json()["state"] == "undoing"
    assert bulk_work() == 2
    assert not Case.objects.filter(queue__key="elections").exists()
    assert [row["id"] for row in admin.get("/api/v1/bulk").json()["runs"]] == [run["id"]]
    both = {**order, "query": "state:open"}
    assert admin.post("/api/v1/bulk/preview", both, format="json").status_code == 422


def test_ones_own_day_and_what_leads_see(admin: APIClient) -> None:
    chosen = {"first_step": "colour", "share": 80}
    assert admin.put("/api/v1/me/care", chosen, format="json").json()["share"] == 80
    assert admin.post("/api/v1/me/care/break").json()["break_since"]
    assert admin.post("/api/v1/me/care/break").status_code == 409
    assert admin.delete("/api/v1/me/care/break").json()["break_since"] is None
    left = admin.post("/api/v1/me/care/categories", {"category": "intimate"}, format="json")
    assert left.json()["left_to_others"] == ["intimate"]
    taken = admin.delete("/api/v1/me/care/categories/intimate").json()
    assert taken["left_to_others"] == []
    rules = {"minutes": {"ordinary": 120, "grave": 45, "gravest": 10}, "at_limit": "hand_on"}
    assert admin.put("/api/v1/care/rules", rules, format="json").json()["minutes"]["grave"] == 45
    days = admin.get("/api/v1/care/counts").json()["days"]
    assert len(days) == 14
    assert set(days[0]) == {"day", "looked", "near", "spent", "breaks"}


def test_kept_searches_and_addresses_for_counsel(
    admin: APIClient, reported: Callable[..., Any]
) -> None:
    kept = {"name": "Open", "query": "state:open"}
    view = admin.post("/api/v1/search/views", kept, format="json").json()
    assert [row["name"] for row in admin.get("/api/v1/search/views").json()["views"]] == ["Open"]
    assert admin.delete(f"/api/v1/search/views/{view['id']}").status_code == 204
    assert admin.get("/api/v1/search/views").json()["views"] == []

    address = f"/api/v1/cases/{reported(1)[0]['case']}/counsel"
    made = admin.post(address, {"label": "Dr Weiß", "days": 7}, format="json").json()
    listed = admin.get(address).json()["links"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert "address" not in listed[0]
    assert admin.get(made["address"]).status_code == 200
    assert admin.delete(f"{address}/{made['id']}").status_code == 204
    assert admin.get(made["address"]).status_code == 404


def test_setting_queues_needs_more_than_seeing_them(client_for: Callable[..., APIClient]) -> None:
    client = client_for("bob", "reviewer")
    assert client.get("/api/v1/queues").status_code == 200
    answer = client.post("/api/v1/queues", {"title": "Mine"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
