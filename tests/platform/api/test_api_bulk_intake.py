"""Many reports in one call: an outcome each, one case per target, safe to send again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from probity.cases.models import Case, Report
from probity.workflow import report_bulk

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/reports/bulk"


def one(place: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"r{place}",
        "category": "impersonation",
        "explanation": "Somebody pretends to be me.",
        "url": f"https://example.org/{place}",
        **fields,
    }


def send(client: APIClient, reports: object, key: str = "") -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post(ADDRESS, {"reports": reports}, format="json", headers=headers)


@pytest.fixture
def client(client_for: Callable[..., APIClient]) -> APIClient:
    return client_for("ada", "reviewer", scopes=("reports:write",))


def test_each_report_has_an_outcome_and_the_same_target_one_case(client: APIClient) -> None:
    reports = [one(1), one(2), one(1, id="again"), one(3, category="no such"), one(4, colour="red")]
    answer = send(client, reports)
    assert answer.status_code == 200, answer.json()
    said = answer.json()
    assert (said["received"], said["repeated"], said["refused"]) == (3, 0, 2)
    rows = said["reports"]
    assert [row["status"] for row in rows] == [201, 201, 201, 422, 422]
    assert [row["id"] for row in rows] == ["r1", "r2", "again", "r3", "r4"]
    assert rows[0]["case"] == rows[2]["case"] != rows[1]["case"]
    assert "category" in rows[3]["problem"]["fields"]
    assert rows[4]["problem"]["fields"] == {"colour": "There is no field “colour”."}
    assert Report.objects.count() == 3
    assert Case.objects.count() == 2
    assert client.get(rows[0]["status_url"]).status_code == 200


def test_the_same_call_again_changes_nothing(client: APIClient) -> None:
    first = send(client, [one(1), one(2)], key="monday").json()
    again = send(client, [one(1), one(2)], key="monday")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first
    assert Report.objects.count() == 2
    other = send(client, [one(1), one(3)], key="monday")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert Report.objects.count() == 2


def test_a_call_that_broke_off_goes_on_where_it_stopped(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive, seen = report_bulk.report_receive, []

    def failing(**given: Any) -> Any:
        seen.append(given["notice"].url)
        if len(seen) == 2:
            raise RuntimeError("the power went")
        return receive(**given)

    monkeypatch.setattr(report_bulk, "report_receive", failing)
    with pytest.raises(RuntimeError):
        send(client, [one(1), one(2), one(3)], key="cut")
    assert Report.objects.count() == 1
    said = send(client, [one(1), one(2), one(3)], key="cut").json()
    assert [row["status"] for row in said["reports"]] == [200, 201, 201]
    assert Report.objects.count() == 3


def test_files_come_as_parts_of_a_form(client: APIClient) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "PNG")
    part = SimpleUploadedFile("a.png", out.getvalue(), "image/png")
    reports = [one(1, file="clip"), one(2)]
    answer = client.post(ADDRESS, {"reports": json.dumps(reports), "clip": part})
    assert [row["status"] for row in answer.json()["reports"]] == [201, 201], answer.json()
    first = Case.objects.get(pk=answer.json()["reports"][0]["case"])
    assert first.items.count() == 1
    missing = client.post(ADDRESS, {"reports": json.dumps([one(3, file="nothing")])})
    assert missing.status_code == 422
    assert "part of the form" in missing.json()["fields"]["file"]


@pytest.mark.parametrize(
    "body", [[], {"reports": []}, {"reports": "no"}, {"reports": [1]}, {"reports": [{}] * 501}, {}]
)
def test_what_is_no_list_of_reports_is_refused_whole(client: APIClient, body: object) -> None:
    answer = client.post(ADDRESS, body, format="json")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert Report.objects.count() == 0


def test_without_the_scope_nothing_is_taken(client_for: Callable[..., APIClient]) -> None:
    client = client_for("bob", "reviewer", scopes=("cases:read",))
    assert send(client, [one(1)]).status_code == 403
