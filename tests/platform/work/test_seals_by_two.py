"""A seal that rests on more than a stranger's tick takes two people to lift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.models import Case, WorkNote
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from probity.evidence.lifting import asset_unseal
from probity.evidence.models import Asset, Seal, SealCause, SealLift
from probity.workflow.sealing import evidence_seal, evidence_unseal, evidence_unseal_answer

pytestmark = pytest.mark.django_db
KNOWN = "It is the candidate's own portrait of 2019."


@pytest.fixture
def legal(person: Callable[..., Any]) -> Actor:
    return person_actor(person("leo", "legal"))


@pytest.fixture
def sealed(report: Callable[..., Case], settings: Any) -> Case:
    """A case whose file is sealed because of its category."""
    settings.SEAL_CATEGORIES = ["intimate"]
    return report(category="intimate")


def fresh(case: Case) -> Asset:
    """Its file as it is now."""
    return Asset.objects.get(items__case=case)


def test_two_people_lift_it_and_until_then_it_stays_sealed(
    sealed: Case, lead: Actor, legal: Actor, work: Callable[[], int], committed: Any
) -> None:
    asset = fresh(sealed)
    assert asset.seals.get().cause == SealCause.CATEGORY
    lift = evidence_unseal(case=sealed, asset=asset, reason=KNOWN, actor=lead)
    assert lift is not None
    assert (fresh(sealed).sealed, work()) == (True, 0)
    with pytest.raises(Conflict, match="already proposed"):
        evidence_unseal(case=sealed, asset=asset, reason=KNOWN, actor=legal)
    with pytest.raises(NotAllowed, match="proposed it yourself"):
        evidence_unseal_answer(case=sealed, asset=asset, agree=True, reason="", actor=lead)
    assert fresh(sealed).sealed
    with committed():
        evidence_unseal_answer(case=sealed, asset=asset, agree=True, reason="", actor=legal)
    assert (fresh(sealed).sealed, work()) == (False, 1)
    seal = Seal.objects.get()
    assert (seal.lifted_by, SealLift.objects.get().outcome) == (legal.person, "agreed")
    told = AuditEvent.objects.filter(name__in=["asset.lift_proposed", "asset.lift_settled"])
    assert [row.actor for row in told.order_by("at")] == [lead.name, legal.name]
    assert AuditEvent.objects.get(name="asset.unsealed").payload["lift"] == str(lift.pk)
    assert chain_verify(case_chain(sealed.pk)).intact


def test_a_refusal_says_why_and_whoever_proposed_takes_it_back(
    sealed: Case, lead: Actor, legal: Actor
) -> None:
    asset = fresh(sealed)
    evidence_unseal(case=sealed, asset=asset, reason=KNOWN, actor=lead)
    with pytest.raises(InvalidInput, match="Say why not"):
        evidence_unseal_answer(case=sealed, asset=asset, agree=False, reason=" ", actor=legal)
    evidence_unseal_answer(case=sealed, asset=asset, agree=False, reason="Not her.", actor=legal)
    assert WorkNote.objects.get(kind="lift_refused").text == "Not her."
    with pytest.raises(NotFound, match="settled it already"):
        evidence_unseal_answer(case=sealed, asset=asset, agree=True, reason="", actor=legal)
    evidence_unseal(case=sealed, asset=asset, reason="Look again.", actor=lead)
    evidence_unseal_answer(case=sealed, asset=asset, agree=False, reason="", actor=lead)
    assert list(SealLift.objects.values_list("outcome", flat=True)) == ["refused", "withdrawn"]
    assert fresh(sealed).sealed


def test_whoever_answers_for_a_seal_overtakes_the_proposal(
    sealed: Case, lead: Actor, legal: Actor, person: Callable[..., Any]
) -> None:
    asset = fresh(sealed)
    evidence_unseal(case=sealed, asset=asset, reason=KNOWN, actor=lead)
    evidence_seal(case=sealed, asset=asset, actor=person_actor(person("rita", "reviewer")))
    assert SealLift.objects.get().outcome == "overtaken"
    with pytest.raises(NotFound):
        evidence_unseal_answer(case=sealed, asset=asset, agree=True, reason="", actor=legal)
    assert fresh(sealed).sealed


def test_a_category_beside_a_tick_takes_two_and_is_not_lifted_by_the_tick_before(
    report: Callable[..., Case], lead: Actor, settings: Any
) -> None:
    settings.SEAL_CATEGORIES = ["intimate"]
    ticked = report(may_show_minor="true")
    asset = fresh(ticked)
    assert evidence_unseal(case=ticked, asset=asset, reason=KNOWN, actor=lead) is None
    both = report(category="intimate", may_show_minor="true")
    assert fresh(both).sealed, "one person opened a tick; the category was never looked into"
    assert list(asset.seals.filter(lifted_at=None).values_list("cause", flat=True)) == ["category"]
    assert evidence_unseal(case=both, asset=asset, reason=KNOWN, actor=lead) is not None


def test_a_category_is_added_to_a_standing_tick(
    report: Callable[..., Case], lead: Actor, settings: Any
) -> None:
    settings.SEAL_CATEGORIES = ["intimate"]
    asset = fresh(report(may_show_minor="true"))
    case = report(category="intimate")
    assert set(asset.seals.values_list("cause", flat=True)) == {"tick", "category"}
    assert evidence_unseal(case=case, asset=asset, reason=KNOWN, actor=lead) is not None
    assert fresh(case).sealed


def test_the_database_keeps_it_to_two(sealed: Case, lead: Actor, legal: Actor) -> None:
    asset = fresh(sealed)
    assert lead.person
    assert legal.person
    with pytest.raises(Conflict, match="two people"):
        asset_unseal(asset=asset, person=lead.person, actor=lead.name, case=sealed.pk)
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        Seal.objects.update(lifted_at=now(), lifted_by=lead.person)
    lift = evidence_unseal(case=sealed, asset=asset, reason=KNOWN, actor=lead)
    assert lift
    mine = SealLift.objects.filter(pk=lift.pk)
    with pytest.raises(IntegrityError, match="lift_settled_by_another"), transaction.atomic():
        mine.update(outcome="agreed", settled_by=lead.person, settled_at=now())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        mine.update(person=legal.person)
    evidence_unseal_answer(case=sealed, asset=asset, agree=False, reason="No.", actor=legal)
    with pytest.raises(IntegrityError, match="cannot go from refused"), transaction.atomic():
        mine.update(outcome="agreed")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        mine.update(settled_by=None)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        mine.delete()


def test_the_pages_say_who_waits_for_whom(sealed: Case, lead: Actor, legal: Actor) -> None:
    pages = {}
    for actor in (lead, legal):
        pages[actor] = Client()
        assert actor.person
        pages[actor].force_login(actor.person)
    asset, address = fresh(sealed), f"/triage/{sealed.pk}"

    def page(actor: Actor, where: str = address) -> str:
        return str(pages[actor].get(where).content.decode())

    assert "This seal takes two people." in page(lead)
    fields = {"asset": asset.pk, "reason": KNOWN}
    assert pages[lead].post(f"{address}/unseal", fields).status_code == 302
    assert "you proposed it" in page(lead)
    told = page(legal)
    assert KNOWN in " ".join(told.replace("&#x27;", "'").split())
    assert "Agree: lift the seal" in told
    waiting = page(legal, "/triage/approvals/seals")
    assert "Proposed by lena" in waiting
    assert sealed.label in waiting
    assert "1 seal waits for a second person, too" in page(lead, "/triage/approvals")
    answer = {"asset": asset.pk, "answer": "agree", "reason": "I know the picture."}
    assert pages[legal].post(f"{address}/unseal/answer", answer).status_code == 302
    assert not fresh(sealed).sealed
    assert "agreed to lift a seal" in page(lead)
    assert "Proposed by lena, agreed to by leo." in page(lead, f"/review/{sealed.pk}")


def test_programs_propose_list_and_answer(
    sealed: Case, client_for: Callable[..., APIClient]
) -> None:
    lead, legal = client_for("lena", "lead"), client_for("leo", "legal")
    address = f"/api/v1/cases/{sealed.pk}/assets/{fresh(sealed).pk}/unseal"
    made = lead.post(address, {"reason": KNOWN})
    assert (made.status_code, made.json()["outcome"]) == (202, None)
    [listed] = legal.get("/api/v1/seal-lifts").json()["lifts"]
    assert (listed["id"], listed["cases"]) == (made.json()["id"], [str(sealed.pk)])
    assert client_for("rita", "reviewer").get("/api/v1/seal-lifts").status_code == 403
    assert lead.post(f"{address}/answer", {"agree": True}).status_code == 403
    assert legal.post(f"{address}/answer", {"agree": False}).status_code == 422
    done = legal.post(f"{address}/answer", {"agree": True})
    assert (done.status_code, done.json()["settled_by"]) == (200, "leo")
    assert legal.post(f"{address}/answer", {"agree": True}).status_code == 404
    assert legal.get("/api/v1/seal-lifts").json()["lifts"] == []
