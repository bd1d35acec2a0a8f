"""The law's own pages: browsing, trying other facts, approving by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.cases.models import Case
from probity.decisions import law
from probity.decisions.models import PackApproval, PackVersion, PolicyEvaluation
from probity.decisions.packs import packs_keep

pytestmark = pytest.mark.django_db
TIDA = "us-take-it-down"


@pytest.fixture
def legal(client: Client, person: Callable[..., Any]) -> Client:
    """A browser in which the legal reviewer “lena” is signed in; packs are kept."""
    packs_keep(packs=law.packs())
    client.force_login(person("lena", "legal"))
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def test_the_shelf_holds_every_pack_by_place(legal: Client) -> None:
    page = text(legal, "/review/law")
    for pack in law.packs():
        assert f"/review/law/{pack.id}" in page
    assert "Not approved" in page
    assert "Not legal advice" in page


def test_every_pack_can_be_read(legal: Client) -> None:
    for pack in law.packs():
        page = text(legal, f"/review/law/{pack.id}")
        assert pack.digest in page
        for rule in pack.rules:
            assert f'id="{rule.id}"' in page


def test_conditions_stand_beside_their_citations(legal: Client) -> None:
    page = text(legal, f"/review/law/{TIDA}")
    assert "the person shown did not agree to the publication" in page
    assert "not later than 48 hours after receiving such request" in page
    assert 'class="strip"' in page
    assert "the official text was read" in page


def test_an_unknown_pack_is_a_plain_404(legal: Client) -> None:
    assert "No policy pack called no-such-law" in text(legal, "/review/law/no-such-law", 404)


def test_approving_needs_the_role_and_names_the_person(
    legal: Client, person: Callable[..., Any]
) -> None:
    digest = next(pack.digest for pack in law.packs() if pack.id == TIDA)
    body = {"digest": digest, "given": "true", "note": "Read against the code."}
    reviewer = Client()
    reviewer.force_login(person("rhea", "reviewer"))
    assert reviewer.post(f"/review/law/{TIDA}/approval", body).status_code == 403
    assert not PackApproval.objects.exists()
    assert legal.post(f"/review/law/{TIDA}/approval", body).status_code == 302
    assert "Approved by lena" in text(legal, f"/review/law/{TIDA}")
    twice = legal.post(f"/review/law/{TIDA}/approval", body, follow=True).content.decode()
    assert "approved already" in twice


def test_an_approved_rule_says_so_in_the_next_evaluation(
    legal: Client, client_for: Callable[..., APIClient]
) -> None:
    digest = next(pack.digest for pack in law.packs() if pack.id == TIDA)
    legal.post(f"/review/law/{TIDA}/approval", {"digest": digest, "given": "true", "note": "x"})
    api = client_for("ada", "lead")
    report = {"category": "intimate", "explanation": "Me.", "url": "https://e.example/1"}
    assert api.post("/api/v1/reports", report).status_code == 201
    result = PolicyEvaluation.objects.latest("made_at").result
    (rule,) = (rule for rule in result["rules"] if rule["id"] == "us-tida-notice-removal")
    assert "lena" in rule["recommendation"]
    assert rule["recommends_only"] is False


def test_trying_other_facts_shows_what_follows_and_records_nothing(legal: Client) -> None:
    query = (
        f"pack={TIDA}&at=2026-11-20&places=US-CA&fact-covered_platform=true&fact-intimate=true"
        "&fact-request_valid=true&fact-depicts_identifiable_person=true"
        "&fact-consent_to_publication=false"
    )
    page = text(legal, f"/review/law/what-if?{query}")
    assert "applies" in page.split("What follows")[1]
    before = text(legal, f"/review/law/what-if?{query.replace('2026-11-20', '2025-11-20')}")
    assert "1 other rule does not apply" in before.split("What follows")[1]
    assert not PolicyEvaluation.objects.exists()


def test_a_case_is_compared_with_its_own_evaluation(
    legal: Client, client_for: Callable[..., APIClient]
) -> None:
    api = client_for("ada", "lead")
    report = {
        "category": "intimate", "explanation": "Me.", "url": "https://e.example/1",
        "places": ["US"],
    }  # fmt: skip
    api.post("/api/v1/reports", report, format="json")
    case = Case.objects.latest("number")
    page = text(legal, f"/review/law/what-if?case={case.pk}")
    assert "Every rule comes out as recorded" in page
    other = text(legal, f"/review/law/what-if?case={case.pk}&fact-intimate=false&pack={TIDA}")
    assert "1 rule would come out differently" in other
    assert "recorded: may apply" in other


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (f"pack={TIDA}&at=yesterday", "Give the day as year-month-day"),
        (f"pack={TIDA}&places=Atlantis", "ISO 3166"),
        (f"pack={TIDA}&fact-intimate=7", "intimate"),
        (f"pack={TIDA}&fact-intimate=maybe", "whole number"),
    ],
)
def test_wrong_questions_are_answered_beside_the_field(
    legal: Client, query: str, sentence: str
) -> None:
    page = text(legal, f"/review/law/what-if?{query}", 400)
    assert sentence in page
    assert "What follows" not in page


def test_a_stranger_sees_none_of_it(db: None) -> None:
    for address in ("/review/law", f"/review/law/{TIDA}", "/review/law/what-if"):
        assert Client().get(address).status_code in {302, 401}


def test_the_api_gives_the_same(client_for: Callable[..., APIClient]) -> None:
    packs_keep(packs=law.packs())
    api = client_for("lena", "legal")
    packs = api.get("/api/v1/law/packs").json()["packs"]
    assert {pack["id"] for pack in packs} == {pack.id for pack in law.packs()}
    (tida,) = (pack for pack in packs if pack["id"] == TIDA)
    assert tida["approved_by"] is None
    whole = api.get(f"/api/v1/law/packs/{TIDA}").json()
    assert whole["versions"][0]["digest"] == tida["digest"]
    body = {"digest": tida["digest"], "given": True, "note": "Read."}
    assert api.post(f"/api/v1/law/packs/{TIDA}/approval", body, format="json").status_code == 200
    again = api.post(f"/api/v1/law/packs/{TIDA}/approval", body, format="json")
    assert again.status_code == 409
    assert again.json()["code"] == "conflict"
    said = api.post(
        "/api/v1/law/what-if",
        {"facts": {"intimate": False}, "places": ["US"], "at": "2026-11-20"},
        format="json",
    ).json()
    (rule,) = (rule for rule in said["rules"] if rule["id"] == "us-tida-notice-removal")
    assert rule["outcome"] == "does_not_apply"


@pytest.mark.parametrize(
    ("address", "body", "word"),
    [
        ("what-if", {"facts": []}, "facts"),
        ("what-if", {"at": "soon"}, "at"),
        ("what-if", {"mood": 1}, "mood"),
        ("what-if", {"facts": {"mood": True}}, "mood"),
        (f"packs/{TIDA}/approval", {"given": "yes"}, "given"),
        (f"packs/{TIDA}/approval", {"given": True, "digest": "0" * 64}, "digest"),
    ],
)
def test_the_api_refuses_in_sentences(
    client_for: Callable[..., APIClient], address: str, body: dict[str, Any], word: str
) -> None:
    answer = client_for("lena", "legal").post(f"/api/v1/law/{address}", body, format="json")
    assert answer.status_code in {404, 422}
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PT48H", "48 hours"),
        ("P6M", "6 months"),
        ("PT1M", "1 minute"),
        ("P1Y2M10DT2H30M", "1 year, 2 months, 10 days, 2 hours and 30 minutes"),
    ],
)
def test_durations_are_said_in_words(text: str, words: str) -> None:
    from probity.web.words import iso_duration

    assert iso_duration(text) == words


def kept_anew(**changes: Any) -> tuple[PackVersion, PackVersion]:
    """The pack as it is, and a later version with a shorter time."""
    (old,) = PackVersion.objects.filter(pack=TIDA)
    document = json.loads(json.dumps(old.document))
    document["version"] = 2
    document["rules"][0]["when"]["all"] = document["rules"][0]["when"]["all"][:-1]
    new = law.pack_of(document)
    packs_keep(packs=[new])
    return old, PackVersion.objects.get(digest=new.digest)


def test_two_versions_are_compared_with_the_cases_they_would_turn(
    legal: Client, client_for: Callable[..., APIClient], settings: Any
) -> None:
    settings.SERVICE_FACTS = {"covered_platform": True}
    api = client_for("ada", "lead")
    report = {
        "category": "intimate", "explanation": "Me.", "url": "https://e.example/1",
        "places": ["US"],
    }  # fmt: skip
    api.post("/api/v1/reports", report, format="json")
    case = Case.objects.latest("number")
    facts = {
        "intimate": True, "request_valid": True, "depicts_identifiable_person": True,
        "consent_to_publication": True,
    }  # fmt: skip
    assert api.post(f"/api/v1/cases/{case.pk}/facts", facts, format="json").status_code == 200
    old, new = kept_anew()
    page = text(legal, f"/review/law/{TIDA}/changes")
    assert "Changed: TAKE IT DOWN Act" in page
    assert case.label in page
    assert "Does not apply → Applies" in page
    body = api.get(f"/api/v1/law/packs/{TIDA}/changes?old={old.digest}&new={new.digest}").json()
    assert [row["new"] for row in body["shifts"]] == ["applies"]
    assert "No version" in text(legal, "/review/law/no-such-law/changes", 404)


def test_what_is_due_is_listed(legal: Client, client_for: Callable[..., APIClient]) -> None:
    page = text(legal, "/review/law/stale")
    assert "About to change" in page
    body = client_for("ada", "lead").get("/api/v1/law/stale?at=2030-01-01").json()
    assert len(body["reviews"]) == sum(len(pack.rules) for pack in law.packs())
