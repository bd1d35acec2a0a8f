"""Every way to see or take sensitive media leaves a custody event."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.actors import Actor
from probity.cases.models import Case
from probity.evidence.models import CustodyEvent, Derivative

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]

#: Every module of the screens and the API that hands out stored bytes, and how it is covered here.
READERS = {
    "web/triage/media.py": "previews: concealed ones are free, all others only after a reveal",
    "web/review/export_views.py": "bundles",
    "api/bundles.py": "bundles through the API",
    "api/media.py": "previews through the API, with the same rules as in the browser",
    "api/works.py": "a creator’s own signed works through the API: no evidence",
    "web/creators/desk_views.py": "a creator’s own signed works: no evidence",
}
OPENERS = (
    "derivative_open(", "derivative_read(", "original_open(", "asset_bytes(", "bundle_open(",
    "shelf_open(", "shelf_copy(", "FileResponse(",
)  # fmt: skip


def test_no_other_door_hands_out_bytes(root: Path) -> None:
    rooms = root / "platform" / "probity"
    found = {
        str(path.relative_to(rooms))
        for room in ("web", "api")
        for path in (rooms / room).rglob("*.py")
        if any(opener in path.read_text(encoding="utf-8") for opener in OPENERS)
    }
    assert found == set(READERS)


def touched(case: Case) -> list[tuple[str, str]]:
    rows = CustodyEvent.objects.filter(case=case.pk).order_by("at")
    return [(row.action, row.actor.split(":")[0]) for row in rows][1:]


@pytest.fixture
def browser(client: Client, administrator: Actor) -> Client:
    client.force_login(administrator.person)
    return client


def _copy(case: Case, name: str) -> Derivative:
    return Derivative.objects.get(asset=case.items.get().asset, name=name)


def concealed(case: Case, browser: Client, api: APIClient) -> int:
    return browser.get(f"/media/{_copy(case, 'sheet').pk}").status_code


def unrevealed(case: Case, browser: Client, api: APIClient) -> int:
    return browser.get(f"/media/{_copy(case, 'view').pk}").status_code


def revealed(case: Case, browser: Client, api: APIClient) -> int:
    body = {"derivative": str(_copy(case, "view").pk)}
    return browser.post(f"/triage/{case.pk}/reveal", body, follow=True).status_code


def revealed_and_fetched(case: Case, browser: Client, api: APIClient) -> int:
    revealed(case, browser, api)
    return unrevealed(case, browser, api)


def bundle(case: Case, browser: Client, api: APIClient) -> int:
    return taken(browser.get(f"/review/{case.pk}/bundles/{case.exports.get().pk}.zip"))


def bundle_by_api(case: Case, browser: Client, api: APIClient) -> int:
    return taken(api.get(f"/api/v1/cases/{case.pk}/exports/{case.exports.get().pk}/file"))


def taken(response: Any) -> int:
    """Read to the end, as a browser does, and let go."""
    list(response)
    status: int = response.status_code
    return status


def case_by_api(case: Case, browser: Client, api: APIClient) -> int:
    return api.get(f"/api/v1/cases/{case.pk}").status_code


def player(case: Case, browser: Client, api: APIClient) -> int:
    return browser.get(f"/triage/{case.pk}/player/{case.items.get().asset_id}").status_code


@pytest.mark.parametrize(
    ("door", "status", "custody"),
    [
        (concealed, 200, []),
        (unrevealed, 403, []),
        (player, 200, []),
        (case_by_api, 200, []),
        (revealed, 200, [("viewed", "person")]),
        (revealed_and_fetched, 200, [("viewed", "person")]),
        (bundle, 200, [("exported", "person")]),
        (bundle_by_api, 200, [("exported", "token")]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_door(
    made: Made, browser: Client, client_for: Callable[..., APIClient],
    door: Callable[[Case, Client, APIClient], int], status: int, custody: list[tuple[str, str]],
) -> None:  # fmt: skip
    case, api = made(), client_for("api", "administrator")
    assert door(case, browser, api) == status
    assert touched(case) == custody


def test_looking_again_later_is_another_view(
    made: Made, browser: Client, freezer: Callable[..., None]
) -> None:
    case = made()
    revealed(case, browser, APIClient())
    address = f"/media/{_copy(case, 'view').pk}"
    for _ in range(3):
        assert browser.get(address, headers={"range": "bytes=2-5"}).status_code == 206
    assert touched(case) == [("viewed", "person")]
    freezer(minutes=6)
    assert browser.get(address).status_code == 200
    assert browser.get(address).status_code == 200
    assert touched(case) == [("viewed", "person")] * 2
    browser.post(f"/triage/{case.pk}/conceal")
    assert browser.get(address).status_code == 403


def test_a_destroyed_file_and_bundle_are_handed_out_no_more(
    made: Made, browser: Client, django_capture_on_commit_callbacks: Any
) -> None:
    from probity.keeping.forgetting import asset_forget, export_forget

    case = made()
    revealed(case, browser, APIClient())
    with django_capture_on_commit_callbacks(execute=True):
        export_forget(export=case.exports.get(), actor="system", why="test")
        asset = case.items.get().asset
        asset_forget(asset=asset, case=case, actor="system", why="test")
    assert unrevealed(case, browser, APIClient()) == 404
    assert concealed(case, browser, APIClient()) == 404
    assert bundle(case, browser, APIClient()) == 404
