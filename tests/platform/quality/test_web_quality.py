"""The pages of quality: for leads, for oneself, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from probity.accounts.actors import Actor
from probity.accounts.tokens import token_create
from probity.cases.models import Case
from probity.decisions.models import Decision
from probity.quality.models import Golden, Ruling, SamplingRate, Trial

pytestmark = pytest.mark.django_db


def _page(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.person)  # type: ignore[arg-type]
    return client


def test_a_lead_marks_a_case_and_sends_a_copy(
    decided: Callable[..., Decision], lead: Actor, other: Actor, decide_anew: Callable[..., Trial]
) -> None:
    case = Case.objects.get(pk=decided("remove").case_id)
    page = _page(lead)
    text = page.get("/leading/quality/golden", {"case": case.label}).content.decode()
    assert 'value="remove" checked' in text
    sent = {"case": case.label, "actions": ["remove"], "why": ""}
    refused = page.post("/leading/quality/golden", sent)
    assert refused.status_code == 422
    assert "people read it" in refused.content.decode()
    assert page.post("/leading/quality/golden", {**sent, "why": "So it is"}).status_code == 302
    golden = Golden.objects.get()
    address = f"/leading/quality/golden/{golden.pk}"
    assert page.post(address, {"enter": "1"}).status_code == 302
    trial = Trial.objects.get()
    text = page.get("/leading/quality").content.decode()
    assert "1 copy waits" in text
    decide_anew(trial, "remove", actor=other)
    mine = _page(other)
    assert "As accepted" in mine.get("/account/quality").content.decode()
    assert "This was a copy" in mine.get(f"/triage/{trial.case_id}").content.decode()
    assert "This was a copy" not in page.get(f"/triage/{trial.case_id}").content.decode()
    assert "A copy of the golden case" in page.get(f"/review/{trial.case_id}").content.decode()
    assert page.post(address, {"retire": "1"}).status_code == 302
    assert page.post(address, {"retire": "1"}).status_code == 404


def test_a_lead_rules_where_two_differ(
    every_second: None,
    decided: Callable[..., Decision],
    decide_anew: Callable[..., Trial],
    reviewer: Actor,
    other: Actor,
    lead: Actor,
) -> None:
    decided("remove")
    trial = decide_anew(Trial.objects.get(), "label", actor=other)
    page = _page(lead)
    text = page.get("/leading/quality").content.decode()
    assert trial.source.label in text
    article = text[text.index("quality-difference") : text.index("</article>")]
    assert not re.search(r"\b(rev|oth)\b", article), "whose the decisions are is not shown"
    address = f"/leading/quality/copies/{trial.pk}"
    refused = page.post(address, {"right": "", "note": "Because"})
    assert refused.status_code == 422
    assert "Because" in refused.content.decode()
    assert page.post(address, {"right": "second", "note": "It is satire"}).status_code == 302
    assert Ruling.objects.get().right == "second"
    first = _page(reviewer).get("/account/quality").content.decode()
    assert "It is satire" in first
    assert not re.search(r"\both\b", first)


def test_a_rate_is_put_in_use(lead: Actor) -> None:
    page = _page(lead)
    sent = {"kind": "second", "queue": "", "category": "intimate", "percent": "2.5", "because": "x"}
    assert page.post("/leading/quality/rate", sent).status_code == 302
    assert SamplingRate.objects.get().per_mille == 25
    text = page.get("/leading/quality").content.decode()
    assert "Intimate imagery" in text
    assert "2.5" in text
    for wrong in ("", "x", "101", "2.55", "-1"):
        refused = page.post("/leading/quality/rate", {**sent, "percent": wrong})
        assert refused.status_code == 422, wrong
    assert SamplingRate.objects.count() == 1


def test_nobody_but_leads_sees_people(
    reviewer: Actor, lead: Actor, person: Callable[..., Any]
) -> None:
    auditor = Client()
    auditor.force_login(person("aud", "auditor"))
    assert auditor.get("/leading/quality").status_code == 403
    assert _page(reviewer).get("/leading/quality").status_code == 403
    shown = auditor.get("/leading/figures")
    assert shown.status_code == 200
    assert "Second reviews" in shown.content.decode()
    table = b"".join(auditor.get("/leading/figures/agreement.csv").streaming_content)  # type: ignore[attr-defined]
    assert table.decode("utf-8-sig").startswith("Queue,n,Same action,Share,Cohen")


def test_programs_read_ones_own(
    golden: Golden, lead: Actor, other: Actor, decide_anew: Callable[..., Trial]
) -> None:
    from rest_framework.test import APIClient

    from probity.quality.goldens import golden_enter

    trial = decide_anew(golden_enter(golden=golden, actor=lead), "remove", actor=other)
    assert other.person
    _, secret = token_create(person=other.person, scopes=("all",))
    client = APIClient(headers={"authorization": f"Token {secret}"})
    told = client.get("/api/v1/me/quality").json()
    assert told["golden"] == {"hits": 1, "count": 1, "low": None, "high": None}
    assert [row["case"] for row in told["copies"]] == [str(trial.case_id)]
    shown = client.get(f"/api/v1/cases/{trial.case_id}").json()
    assert shown["demonstration"] == "copy"
