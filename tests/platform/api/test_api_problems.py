"""Whatever is wrong, the answer is problem+json with a sentence; rates say when to come back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from rest_framework.test import APIClient

from probity import urls

pytestmark = pytest.mark.django_db
JSON = "application/json"


def told(answer: Any) -> dict[str, Any]:
    """The problem of an answer, which has every member."""
    assert answer.headers["content-type"] == "application/problem+json", answer.content
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]
    assert body["type"] == f"urn:probity:problem:{body['code']}"
    return body


@pytest.mark.parametrize("address", ["/api/", "/api/v2/cases", "/api/v1/nothing", "/api/v1/"])
def test_an_unknown_address(admin: APIClient, address: str) -> None:
    assert told(admin.get(address))["code"] == "not-found"
    assert told(APIClient().post(address))["code"] == "not-found"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"a": ', 400),
        (b"\xff\xfe{}", 400),
        (b'{"places": NaN}', 400),
        (b'{"places": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"places": "' + b"x" * 9_000_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_no_json(
    admin: APIClient, reported: Callable[..., Any], body: bytes, status: int
) -> None:
    case = reported(1)[0]["case"]
    answer = admin.post(f"/api/v1/cases/{case}/places", body, content_type=JSON)
    assert answer.status_code == status
    assert told(answer)


def test_methods_representations_and_media_types(admin: APIClient) -> None:
    answer = admin.delete("/api/v1/cases")
    assert (answer.status_code, told(answer)["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]
    answer = admin.get("/api/v1/cases", headers={"accept": "image/png"})
    assert (answer.status_code, told(answer)["code"]) == (406, "not-acceptable")
    answer = admin.post("/api/v1/queues/claim-next", "a: b", content_type="application/yaml")
    assert (answer.status_code, told(answer)["code"]) == (415, "unsupported-media-type")
    assert told(APIClient().get("/api/v1/cases"))["code"] == "sign-in-needed"
    assert told(admin.get("/api/v1/search", {"q": "a\x00b"}))["code"] == "invalid-input"


def test_a_value_that_the_database_refuses(admin: APIClient, reported: Callable[..., Any]) -> None:
    case = reported(1)[0]["case"]
    body = {"queue": "general", "reason": "x", "version": 10**30}
    assert told(admin.post(f"/api/v1/cases/{case}/queue", body, format="json"))


def test_what_never_reached_a_view_is_a_problem_too() -> None:
    request = RequestFactory().get("/api/v1/cases")
    for status, handler in ((400, urls.handler400), (404, urls.handler404)):
        answer = handler(request, Exception())
        assert answer.status_code == status
        assert told(answer)
    assert told(urls.handler500(request))["code"] == "crashed"
    page = urls.handler500(RequestFactory().get("/triage"))
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("setting", ["API_RATE", "API_ADDRESS_RATE"])
def test_rates_per_token_and_per_address(admin: APIClient, settings: Any, setting: str) -> None:
    cache.clear()
    setattr(settings, setting, "2/day")
    answers = [admin.get("/api/v1/queues") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert told(answers[2])["code"] == "too-many-requests"
    assert 0 < int(answers[2].headers["retry-after"]) <= 86_400
    cache.clear()
