"""Looking through a token: concealed first, counted, on the record, never what was uploaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from probity.accounts.models import Person
from probity.care.models import AtLimit, CareRules, Exposure
from probity.cases.claims import case_claim
from probity.cases.models import Case, CaseClaim
from probity.core.clock import now
from probity.evidence.models import CustodyEvent, Derivative, SealCause
from probity.evidence.seals import asset_seal
from probity.evidence.services import derivative_keep
from probity.workflow import viewing

pytestmark = pytest.mark.django_db
Made = Callable[..., Any]


@pytest.fixture
def case(reported: Made, drawn: Made, picture_in: Made) -> Case:
    """A case with a picture and the two copies that were made of it."""
    found = reported(1)[0]["case"]
    asset = picture_in(found, 1)
    for number, name in enumerate(("view", "concealed")):
        derivative_keep(
            asset=asset, name=name, media_type="image/png", data=drawn(2 + number),
            producer="test 1", concealed=name == "concealed",
        )  # fmt: skip
    return Case.objects.get(pk=found)


def copy(case: Case, name: str = "view") -> str:
    found = Derivative.objects.get(asset=case.items.get().asset, name=name)
    return f"/api/v1/cases/{case.pk}/media/{found.pk}"


def looks(case: Case) -> list[str]:
    """Who looked, as custody has it."""
    rows = CustodyEvent.objects.filter(case=case.pk, action="viewed").order_by("at")
    return [f"{row.actor.partition(':')[0]} {row.tool}" for row in rows]


def test_a_copy_is_given_once_it_is_revealed_and_each_look_is_written_down(
    admin: APIClient, case: Case, drawn: Made
) -> None:
    listed = admin.get(f"/api/v1/cases/{case.pk}/media").json()["files"][0]
    concealed = {row["name"]: row["concealed"] for row in listed["copies"]}
    assert concealed == {"view": True, "concealed": False}
    blurred = admin.get(f"{copy(case, 'concealed')}/file")
    assert b"".join(blurred.streaming_content) == drawn(3)
    assert looks(case) == []

    address = f"{copy(case)}/file"
    refused = admin.get(address)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    assert admin.post(f"{copy(case)}/step", {"step": "colour"}, format="json").status_code == 403
    said = admin.post(f"{copy(case)}/reveal").json()
    assert said["copies"][0]["address"] == address
    assert said["grey_first"] is False
    answer = admin.get(address)
    assert b"".join(answer.streaming_content) == drawn(2)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    assert looks(case) == ["token view"]
    assert Exposure.objects.get().seconds == 10
    assert admin.post(f"{copy(case)}/step", {"step": "colour"}, format="json").status_code == 204
    assert looks(case) == ["token view", "token view in colour"]


def test_a_reveal_is_of_one_token_and_ends_by_itself(
    admin: APIClient, case: Case, client_for: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = client_for("bob", "reviewer")
    assert admin.post(f"{copy(case)}/reveal").status_code == 200
    assert other.get(f"{copy(case)}/file").status_code == 403
    later = now() + viewing.SITTING + timedelta(seconds=1)
    monkeypatch.setattr(viewing, "now", lambda: later)
    assert admin.get(f"{copy(case)}/file").status_code == 403


def test_what_is_sealed_is_not_shown(admin: APIClient, case: Case) -> None:
    address = copy(case)
    assert admin.post(f"{address}/reveal").status_code == 200
    asset_seal(
        asset=case.items.get().asset, cause=SealCause.PERSON, actor="system", case=case.pk,
        why="a minor",
    )  # fmt: skip
    for asked in (admin.get(f"{address}/file"), admin.post(f"{address}/reveal")):
        assert (asked.status_code, asked.json()["code"]) == (423, "asset-sealed")
    listed = admin.get(f"/api/v1/cases/{case.pk}/media").json()["files"][0]
    assert (listed["sealed"], listed["copies"]) == (True, [])


@pytest.mark.parametrize("end", [AtLimit.CONFIRM, AtLimit.HAND_ON])
def test_a_day_that_is_used_up(admin: APIClient, case: Case, end: AtLimit) -> None:
    from probity.accounts.actors import person_actor

    ada = Person.objects.get(username="ada")
    CareRules.objects.create(
        ordinary_seconds=60, grave_seconds=60, gravest_seconds=60, at_limit=end, set_at=now(),
        set_by=ada,
    )  # fmt: skip
    Exposure.objects.create(person=ada, at=now(), severity=1, seconds=60)
    case_claim(case=case, actor=person_actor(ada))
    headers = {"idempotency-key": "look"}
    refused = admin.post(f"{copy(case)}/reveal", headers=headers)
    assert refused.status_code == 409
    assert "as one day holds" in refused.json()["detail"]
    held = CaseClaim.objects.filter(case=case, ended_at=None).exists()
    assert held == (end == AtLimit.CONFIRM)
    insisting = admin.post(f"{copy(case)}/reveal", {"confirmed": True}, format="json")
    assert insisting.status_code == (200 if end == AtLimit.CONFIRM else 409)
    again = admin.post(f"{copy(case)}/reveal", headers=headers)
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert again.headers.get("Idempotency-Replayed") == ("true" if end == AtLimit.HAND_ON else None)


def test_who_does_not_see_the_case_sees_no_copy(
    case: Case, client_for: Made, admin: APIClient
) -> None:
    from probity.accounts.grants import grant_end, grants_in_force

    stranger = client_for("mo", "reviewer")
    for grant in grants_in_force(Person.objects.get(username="mo")):
        grant_end(grant=grant, actor="system")
    assert stranger.post(f"{copy(case)}/reveal").status_code == 404
    assert stranger.get(f"{copy(case, 'concealed')}/file").status_code == 404
    other = admin.post(
        "/api/v1/reports",
        {"category": "other", "explanation": "Look.", "url": "https://example.org/other"},
        format="json",
    ).json()["case"]
    elsewhere = copy(case, "concealed").replace(str(case.pk), other)
    assert admin.get(f"{elsewhere}/file").status_code == 404
