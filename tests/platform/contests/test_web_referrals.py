"""Referring from the case page: proposed, agreed to by somebody else, sent, finished."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from probity.accounts.actors import Actor, person_actor
from probity.cases.models import Case
from probity.contests.models import Referral, ReferralStep
from probity.contests.referrals import plugins
from probity.contests.referrals.plugins import Facts, Step
from probity.workflow.report_receive import Receipt

pytestmark = pytest.mark.django_db


class Authority:
    """A body that writes down what it is asked, and may refuse."""

    title = "The authority"
    keep_days = 30
    takes = True
    calls: list[str] = []

    def document(self, facts: Facts) -> str:
        return f"<report>{facts.number}: {facts.summary}</report>"

    def submit(self, document: str) -> Step:
        return self._said("submit", "4711")

    def finish(self, outside_id: str) -> Step:
        return self._said("finish")

    def retract(self, outside_id: str) -> Step:
        return self._said("retract")

    def _said(self, name: str, outside_id: str = "") -> Step:
        self.calls.append(name)
        return Step(name, self.takes, 200 if self.takes else 500, "An answer.", outside_id)


class Point:
    """An installed plug-in."""

    def load(self) -> type[Authority]:
        return Authority


@pytest.fixture
def authority(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Authority]:
    settings.REFERRALS = ["authority"]
    monkeypatch.setattr(plugins, "installed", lambda: {"authority": Point()})
    monkeypatch.setattr(Authority, "calls", [])
    monkeypatch.setattr(Authority, "takes", True)
    return Authority


@pytest.fixture
def case(send: Callable[..., Receipt]) -> Case:
    return send(explanation="The reporter's own words", email="jo@example.org").case


def window(actor: Actor) -> Client:
    assert actor.person is not None
    client = Client()
    client.force_login(actor.person)
    return client


def shown(client: Client, case: Case) -> str:
    page = client.get(f"/triage/{case.pk}")
    assert page.status_code == 200
    return page.content.decode()


def test_with_no_plugin_on_the_page_says_how_to_switch_one_on_or_whom_to_ask(
    case: Case, person: Callable[..., Any], settings: Any
) -> None:
    settings.REFERRALS = []
    told = {
        role: shown(window(person_actor(person(role, role))), case)
        for role in ("administrator", "lead", "reviewer", "auditor")
    }
    assert "<code>PROBITY_REFERRALS</code> (installed: ncmec)" in told["administrator"]
    assert "docs/how-to/ask-as-the-depicted-person.md" in told["administrator"]
    assert "Ask an administrator to switch one on" in told["lead"]
    assert "Leads and legal reviewers refer a case" in told["reviewer"]
    assert 'id="referrals"' not in told["auditor"]
    assert not any("PROBITY_REFERRALS" in told[role] for role in ("lead", "reviewer"))


def propose(client: Client, case: Case, **fields: str) -> None:
    given = {"plugin": "authority", "summary": "Seen on a post.", "reason": "It has to be."}
    sent = client.post(f"/review/cases/{case.pk}/referrals", given | fields)
    assert sent.status_code == 302, sent.content.decode()


def test_from_the_proposal_to_the_end(
    authority: type[Authority], case: Case, lead: Actor, second_lead: Actor
) -> None:
    one, two = window(lead), window(second_lead)
    assert 'data-act="referral"' in shown(one, case)
    propose(one, case)
    row = Referral.objects.get()
    page = shown(one, case)
    assert "Somebody else has to agree" in page
    assert "Seen on a post.&lt;/report&gt;" in page, "what is sent is shown to the letter"
    assert f"/review/referrals/{row.pk}/answer" not in page
    assert one.post(f"/review/referrals/{row.pk}/answer", {"agree": "1"}).status_code == 403

    assert f"/review/referrals/{row.pk}/answer" in shown(two, case)
    two.post(f"/review/referrals/{row.pk}/answer", {"agree": "1"})
    assert "nothing has been sent yet" in shown(one, case)
    assert authority.calls == []
    assert one.post(f"/review/referrals/{row.pk}/finish").status_code == 409

    one.post(f"/review/referrals/{row.pk}/submit")
    page = shown(one, case)
    assert "4711" in page
    assert "Finish the report" in page
    assert "Take the report back" in page
    assert "Send the files" not in page, "it was agreed to without files"
    one.post(f"/review/referrals/{row.pk}/finish")
    page = shown(two, case)
    assert "Finished there" in page
    assert "The law wants it kept until" in page
    assert authority.calls == ["submit", "finish"]
    assert one.post(f"/review/referrals/{row.pk}/nonsense").status_code == 404


def test_what_is_not_taken_says_so_and_can_be_tried_again(
    authority: type[Authority], case: Case, lead: Actor, second_lead: Actor
) -> None:
    one = window(lead)
    propose(one, case)
    row = Referral.objects.get()
    window(second_lead).post(f"/review/referrals/{row.pk}/answer", {"agree": "1"})
    authority.takes = False
    said = one.post(f"/review/referrals/{row.pk}/submit", follow=True).content.decode()
    assert "It was not taken there" in said
    assert "Send the report: not taken" in said
    authority.takes = True
    one.post(f"/review/referrals/{row.pk}/submit")
    assert list(ReferralStep.objects.values_list("ok", flat=True)) == [False, True]
    row.refresh_from_db()
    assert row.state == "opened"


def test_refusing_ends_it_and_another_can_be_proposed(
    authority: type[Authority], case: Case, lead: Actor, second_lead: Actor
) -> None:
    one = window(lead)
    propose(one, case)
    assert 'name="plugin" value="authority"' not in shown(one, case), "one is under way"
    row = Referral.objects.get()
    window(second_lead).post(f"/review/referrals/{row.pk}/answer", {"refuse": "1"})
    page = shown(one, case)
    assert "Refused by the second person" in page
    assert 'name="plugin" value="authority"' in page
    said = one.post(
        f"/review/cases/{case.pk}/referrals",
        {"plugin": "authority", "summary": "", "reason": ""}, follow=True,
    ).content.decode()  # fmt: skip
    assert "Give a summary and a reason" in said


def test_a_reviewer_and_a_case_without_bodies_have_no_form_for_it(
    case: Case, lead: Actor, reviewer: Actor, settings: Any
) -> None:
    assert 'id="referral-summary"' not in shown(window(lead), case), "none is switched on"
    settings.REFERRALS = ["ncmec"]
    page = shown(window(lead), case)
    assert "NCMEC CyberTipline" in page
    assert 'id="referral-summary"' in page
    assert 'id="referral-summary"' not in shown(window(reviewer), case)
    assert window(reviewer).post(f"/review/cases/{case.pk}/referrals").status_code == 403
