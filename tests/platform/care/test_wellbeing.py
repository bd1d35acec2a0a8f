"""Breaks, leaving a category to others, what leads set and see, and that nothing plays itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from probity.accounts.actors import person_actor
from probity.audit.models import AuditEvent
from probity.care.counts import FEW, days_counted, shown
from probity.care.models import Break, CareRules, Severity
from probity.care.selectors import break_of, rules_now
from probity.care.services import break_begin, break_end, exposure_note, rules_set
from probity.cases.access import case_visible
from probity.cases.claims import case_claim, next_case_claim
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.workflow.declining import category_leave, category_return, uncovered

pytestmark = pytest.mark.django_db
MINUTES = {Severity.ORDINARY: 90, Severity.GRAVE: 30, Severity.GRAVEST: 10}


@pytest.fixture
def ada(person: Callable[..., Any]) -> Any:
    """A reviewer."""
    return person("ada")


@pytest.fixture
def case(db: None) -> Case:
    """A case of an election, without a file."""
    fields = {"category": "election", "explanation": "x", "url": "https://example.org/1"}
    Client().post("/report", fields)
    return Case.objects.get()


def test_one_break_at_a_time(ada: Any) -> None:
    actor = person_actor(ada)
    break_begin(actor=actor)
    with pytest.raises(Conflict):
        break_begin(actor=actor)
    with pytest.raises(IntegrityError, match="one_break_at_a_time"), transaction.atomic():
        Break.objects.create(person=ada, began_at=now())
    break_end(actor=actor)
    assert break_of(ada) is None
    assert Break.objects.get(person=ada).ended_at is not None


def test_nobody_is_handed_a_case_on_a_break(ada: Any, case: Case) -> None:
    actor = person_actor(ada)
    break_begin(actor=actor)
    with pytest.raises(Conflict, match="You are on a break"):
        next_case_claim(actor=actor)
    break_end(actor=actor)
    claim = next_case_claim(actor=actor)
    assert claim is not None
    assert claim.case_id == case.pk


def test_who_leaves_a_category_sees_and_gets_none_of_it(
    ada: Any, case: Case, person: Callable[..., Any]
) -> None:
    bob = person("bob")
    case_claim(case=case, actor=person_actor(ada))
    category_leave(actor=person_actor(ada), category="election")
    assert not case_visible(ada, case.pk)
    assert next_case_claim(actor=person_actor(ada)) is None
    assert uncovered() == []
    assert not AuditEvent.objects.filter(name="care.category_uncovered").exists()
    assert next_case_claim(actor=person_actor(bob)) is not None
    category_return(actor=person_actor(ada), category="election")
    assert case_visible(ada, case.pk)


def test_leads_are_told_when_nobody_is_left(ada: Any, person: Callable[..., Any]) -> None:
    lead = person("lea", "lead")
    category_leave(actor=person_actor(lead), category="election")
    assert uncovered() == []
    category_leave(actor=person_actor(ada), category="election")
    assert uncovered() == ["election"]
    assert AuditEvent.objects.get(name="care.category_uncovered").payload == {
        "category": "election"
    }
    browser = Client()
    browser.force_login(lead)
    text = browser.get("/leading/care").content.decode()
    assert "Nobody takes these cases any more" in text
    assert "Nobody for: 1" in text
    with pytest.raises(InvalidInput):
        category_leave(actor=person_actor(ada), category="nonsense")


def test_leads_see_no_small_numbers(person: Callable[..., Any]) -> None:
    assert [shown(count) for count in (0, 1, 3, 4)] == ["0", FEW, FEW, "4"]
    people = [person(f"p{place}") for place in range(4)]
    for somebody in people[:3]:
        exposure_note(person=somebody, severity=Severity.GRAVE, seconds=3600)
    assert (days_counted()[0].looked, days_counted()[0].spent) == (FEW, FEW)
    exposure_note(person=people[3], severity=Severity.GRAVE, seconds=3000)
    today = days_counted()[0]
    assert (today.looked, today.near, today.spent, today.breaks) == ("4", FEW, FEW, "0")


def test_leads_set_the_budgets_and_others_do_not(ada: Any, person: Callable[..., Any]) -> None:
    lea = person("lea", "lead")
    lead = person_actor(lea)
    assert rules_now().at_limit == "confirm"
    for who, minutes, error in (
        (person_actor(ada), MINUTES, NotAllowed),
        (lead, {**MINUTES, Severity.GRAVE: 0}, InvalidInput),
    ):
        with pytest.raises(error):
            rules_set(actor=who, minutes=minutes, at_limit="confirm", resources="")
    assert not CareRules.objects.exists()
    browser = Client()
    browser.force_login(lea)
    said = {"minutes_1": "90", "minutes_2": "x", "minutes_3": "10", "at_limit": "hand_on"}
    wrong = browser.post("/leading/care", {**said, "resources": "Talk to Kim."})
    assert wrong.status_code == 422
    assert "Give whole minutes" in wrong.content.decode()
    browser.post("/leading/care", {**said, "minutes_2": "30", "resources": "Talk to Kim."})
    assert rules_now().seconds(Severity.GRAVE) == 1800
    assert AuditEvent.objects.get(name="care.rules_set").payload["at_limit"] == "hand_on"
    browser.force_login(ada)
    assert "Talk to Kim." in browser.get("/account/wellbeing").content.decode()


def test_ones_page_takes_what_one_prefers(ada: Any) -> None:
    browser = Client()
    browser.force_login(ada)
    wrong = browser.post("/account/wellbeing", {"first_step": "grey", "share": "0"})
    assert wrong.status_code == 422
    browser.post("/account/wellbeing", {"first_step": "grey", "share": "60"})
    ada.refresh_from_db()
    assert (ada.care.first_step, ada.care.share) == ("grey", 60)
    browser.post("/account/wellbeing/break")
    assert "Come back" in browser.get("/account/wellbeing").content.decode()
    browser.post("/account/wellbeing/break")
    assert break_of(ada) is None
    browser.post("/account/wellbeing/categories", {"category": "intimate"})
    assert "left to others" in browser.get("/account/wellbeing").content.decode()


def test_nothing_plays_by_itself(root: Path) -> None:
    """No template or script asks for autoplay; a player starts only where somebody pressed."""
    folders = (root / "platform" / "probity" / "web", root / "detectors" / "timeline" / "assets")
    files = [one for kind in ("*.html", "*.js") for folder in folders for one in folder.rglob(kind)]
    assert len(files) > 60
    texts = {one.name: one.read_text("utf-8") for one in files}
    assert [name for name, text in texts.items() if "autoplay" in text.lower()] == []
    starts = {name: text.count(".play(") for name, text in texts.items() if ".play(" in text}
    assert starts == {"player.js": 1}
    pressed = r'addEventListener\("click", \(\) => \{\s*if \([^\n]*\.play\('
    assert re.search(pressed, texts["player.js"])
