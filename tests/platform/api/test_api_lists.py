"""Lists by the page: stable order, nobody missed or seen twice, filters, refused cursors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from probity.cases.models import Case
from probity.core.clock import now

pytestmark = pytest.mark.django_db


def walk(client: APIClient, address: str, name: str, **asked: Any) -> list[dict[str, Any]]:
    """Every row of a list, page after page."""
    rows: list[dict[str, Any]] = []
    for _ in range(50):
        page = client.get(address, asked)
        assert page.status_code == 200, page.json()
        rows += page.json()[name]
        if page.json()["next"] is None:
            return rows
        asked["cursor"] = page.json()["next"]
    raise AssertionError("The pages never end.")


@pytest.fixture
def cases(reported: Callable[..., Any]) -> list[str]:
    return [row["case"] for row in reported(*range(7))]


@pytest.mark.parametrize("order", ["urgent", "due", "oldest", "newest"])
def test_every_case_comes_once_in_every_order(
    admin: APIClient, cases: list[str], order: str
) -> None:
    """With deadlines and without, and with points that are alike."""
    due = [None, None, now(), now() + timedelta(hours=1), None, now(), None]
    for key, at, points in zip(cases, due, [5, 5, 1, 9, 5, 1, 9], strict=True):
        Case.objects.filter(pk=key).update(due_at=at, priority=points)
    whole = walk(admin, "/api/v1/cases", "cases", order=order)
    assert sorted(row["id"] for row in whole) == sorted(cases)
    for limit in (1, 2, 3):
        assert walk(admin, "/api/v1/cases", "cases", order=order, limit=limit) == whole


def test_a_case_that_goes_in_between_makes_nobody_miss_another(
    admin: APIClient, cases: list[str]
) -> None:
    first = admin.get("/api/v1/cases", {"order": "oldest", "limit": 3}).json()
    seen = [row["id"] for row in first["cases"]]
    Case.objects.filter(pk=seen[0]).update(category="other")
    more = {"order": "oldest", "cursor": first["next"], "category": "impersonation"}
    rest = walk(admin, "/api/v1/cases", "cases", **more)
    assert seen + [row["id"] for row in rest] == cases


def test_filters_narrow_and_wrong_ones_are_refused(admin: APIClient, cases: list[str]) -> None:
    assert admin.post(f"/api/v1/cases/{cases[2]}/claim").status_code == 200

    def found(**asked: str) -> set[str]:
        return {row["id"] for row in walk(admin, "/api/v1/cases", "cases", **asked)}

    assert (
        found(claimed="me") == {cases[2]} == found(claimed="somebody") == found(state="in_review")
    )
    assert found(claimed="nobody") == set(cases) - {cases[2]}
    assert found(category="election") == set() == found(place="DE") == found(state="decided")
    assert found(opened_before=now().isoformat()) == set(cases)
    assert found(opened_from=now().isoformat()) == set()
    for wrong in ({"state": "lost"}, {"opened_from": "soon"}, {"order": "x"}, {"limit": "0"}):
        assert admin.get("/api/v1/cases", wrong).status_code == 422, wrong
    assert admin.get("/api/v1/cases", {"queue": "nothing"}).status_code == 404


def test_decisions_are_followed_and_reports_found_again(admin: APIClient, cases: list[str]) -> None:
    for key in cases[:3]:
        body = {"action": "label", "reason": "It was made by a machine."}
        assert admin.post(f"/api/v1/cases/{key}/decisions", body, format="json").status_code == 201
    rows = walk(admin, "/api/v1/decisions", "decisions", limit=2)
    assert [row["case"] for row in rows] == cases[:3]
    assert walk(admin, "/api/v1/decisions", "decisions", action="remove") == []
    report = admin.get(f"/api/v1/cases/{cases[0]}/reports").json()["reports"][0]
    assert report["url"] == "https://example.org/0"
    assert admin.get(f"/api/v1/reports/{report['id']}").json() == report
    events = walk(admin, f"/api/v1/cases/{cases[0]}/events", "events", limit=3)
    assert [row["seq"] for row in events] == list(range(1, len(events) + 1))
    assert [row["prev"] for row in events][1:] == [row["hash"] for row in events][:-1]


def test_a_search_goes_on_behind_its_last_case(admin: APIClient, cases: list[str]) -> None:
    whole = walk(admin, "/api/v1/search", "cases", q="state:open")
    assert {row["id"] for row in whole} == set(cases)
    assert walk(admin, "/api/v1/search", "cases", q="state:open", limit=2) == whole


@pytest.mark.parametrize("cursor", ["", "x", "bnVsbA", "WyJsaXN0IiwxXQ", "é", "W1tbW1tbW1tb" * 90])
def test_a_cursor_of_something_else_is_refused(
    admin: APIClient, cases: list[str], cursor: str
) -> None:
    answer = admin.get("/api/v1/cases", {"cursor": cursor})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["cursor"])
    other = admin.get("/api/v1/cases", {"order": "oldest", "limit": 1}).json()["next"]
    assert admin.get("/api/v1/cases", {"order": "newest", "cursor": other}).status_code == 422


@pytest.mark.parametrize(
    ("address", "asked", "wrong"),
    [
        ("cases", {"stat": "open"}, "stat"),
        ("cases", {"place": "Narnia"}, "place"),
        ("decisions", {"since": "2026-01-01T00:00:00Z"}, "since"),
        ("alerts", {"show": "opne"}, "show"),
        ("appeals", {"state": "closed"}, "state"),
    ],
)
def test_a_filter_that_a_list_does_not_know_is_refused_and_never_passed_over(
    admin: APIClient, address: str, asked: dict[str, str], wrong: str
) -> None:
    answer = admin.get(f"/api/v1/{address}", asked)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [wrong])
    assert f"“{wrong}”" in answer.json()["detail"]


def test_a_filter_given_twice_is_refused(admin: APIClient) -> None:
    answer = admin.get("/api/v1/cases?state=open&state=decided")
    assert answer.json()["fields"] == {"state": "Give “state” once."}
