"""The palette finds what the person may see, and puts nobody's words into the page as markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from probity.cases.models import Case
from probity.cases.queues import queue_general
from probity.web.console.palette import PAGES, hits

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"hx-request": "true"}}


@pytest.fixture
def case() -> Case:
    said = {"category": "election", "explanation": "A giraffe <b>votes</b>.", "places": "US-CA",
            "url": "https://example.org/1"}  # fmt: skip
    assert Client().post("/report", said).status_code == 302
    return Case.objects.get()


@pytest.mark.parametrize("asked", ["{number}", "P-{number:06d}", "p-{number}", " {number} "])
def test_a_case_is_found_by_its_number(case: Case, person: Callable[..., Any], asked: str) -> None:
    found = hits(asked=asked.format(number=case.number), person=person("ada"), doors=[])
    assert found[0].address == f"/triage/{case.pk}"
    assert found[0].swaps
    assert found[0].words == case.label


def test_a_case_is_found_by_its_words_and_the_search_goes_on(
    case: Case, person: Callable[..., Any]
) -> None:
    found = hits(asked="giraffe", person=person("ada"), doors=[])
    assert [hit.words for hit in found] == [case.label, "giraffe"]
    assert found[1].address == f"{reverse('search')}?q=giraffe"
    assert hits(asked="zebra", person=person("bea"), doors=[])[0].words == "zebra"
    assert not any(hit.swaps for hit in hits(asked="category:", person=person("cy"), doors=[]))


def test_nobody_finds_what_they_may_not_see(case: Case) -> None:
    from probity.accounts.services import person_create

    outside, _ = person_create(username="out", roles=["reviewer"], queues=["elections"])
    for asked in (str(case.number), "giraffe"):
        assert not any(hit.swaps for hit in hits(asked=asked, person=outside, doors=[]))
    creator, _ = person_create(username="maker", roles=["creator"])
    found = hits(asked="", person=creator, doors=[("Sign", "/desk")])
    assert {hit.address for hit in found} == {"/desk", "/account", "/account/keys", "/look"}
    assert hits(asked=str(case.number), person=creator, doors=[]) == []


def test_pages_and_queues_are_found_by_parts_of_their_words(person: Callable[..., Any]) -> None:
    found = hits(asked="breach", person=person("ada"), doors=[])
    assert reverse("board") in {hit.address for hit in found}
    queue_general()
    general = hits(asked="gen", person=person("bea"), doors=[])
    assert any(hit.address.endswith("queue=general") for hit in general)
    assert all(reverse(name) for name, _, _ in PAGES)


def test_the_list_is_markup_of_ours_only(
    client: Client, case: Case, person: Callable[..., Any]
) -> None:
    client.force_login(person("ada", "lead"))
    part = client.get("/go", {"q": "<img src=x>"}, **HTMX).content.decode()
    assert "<html" not in part
    assert "&lt;img src=x&gt;" in part
    assert "<img" not in part
    whole = client.get("/go", {"q": case.number}).content.decode()
    assert f'href="/triage/{case.pk}"' in whole
    assert "Nothing fits." in client.get("/go", {"q": "99999"}).content.decode()
    assert Client().get("/go").status_code == 302
