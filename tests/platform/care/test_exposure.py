"""A look is counted once a sitting, by how hard and how long; the end of the day is kept to."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from probity.accounts.actors import person_actor
from probity.care.exposure import seconds_of, severity_of
from probity.care.models import Exposure, Preference, Severity
from probity.care.selectors import day_of
from probity.care.services import exposure_note, preference_set, rules_set
from probity.cases.claims import case_claim, next_case_claim
from probity.cases.models import Case, WorkNote
from probity.core.errors import InvalidInput
from probity.evidence.models import Asset, CustodyEvent, Derivative

pytestmark = pytest.mark.django_db
FULL = {Severity.ORDINARY: 120, Severity.GRAVE: 60, Severity.GRAVEST: 20}


@pytest.fixture
def case(work: Callable[[], int]) -> Case:
    """A case of intimate imagery whose picture has been analysed."""
    noise = np.random.default_rng(5).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", quality=80)
    upload = SimpleUploadedFile("x.jpg", out.getvalue(), "image/jpeg")
    Client().post("/report", {"category": "intimate", "explanation": "Look.", "file": upload})
    assert work() == 1
    return Case.objects.get()


@pytest.fixture
def ada(person: Callable[..., Any]) -> Any:
    """A reviewer."""
    return person("ada")


@pytest.fixture
def browser(ada: Any, client: Client) -> Client:
    """Her browser."""
    client.force_login(ada)
    return client


def view_of(case: Case) -> Derivative:
    return case.items.get().asset.derivatives.get(name="view")


def reveal(browser: Client, case: Case, **more: str) -> Any:
    return browser.post(f"/triage/{case.pk}/reveal", {"derivative": str(view_of(case).pk), **more})


@pytest.mark.parametrize(
    ("category", "known", "sealed", "expected"),
    [
        ("other", False, False, Severity.ORDINARY),
        ("intimate", False, False, Severity.GRAVE),
        ("other", True, False, Severity.GRAVE),
        ("intimate", True, False, Severity.GRAVEST),
        ("other", True, True, Severity.GRAVEST),
        ("intimate", True, True, Severity.GRAVEST),
    ],
)
def test_severity(category: str, known: bool, sealed: bool, expected: Severity) -> None:
    assert severity_of(category=category, known=known, sealed=sealed) is expected


@pytest.mark.parametrize(
    ("name", "probe", "expected"),
    [
        ("view", {}, 10), ("sheet", {}, 20), ("moments", {}, 20), ("proxy", {}, 10),
        ("proxy", {"duration": 3.0}, 10), ("proxy", {"duration": 61.6}, 62),
        ("proxy", {"duration": 5000}, 600),
    ],
)  # fmt: skip
def test_seconds(name: str, probe: dict[str, Any], expected: int) -> None:
    assert seconds_of(Derivative(name=name, asset=Asset(probe=probe))) == expected


def test_each_view_is_in_custody_and_counted_once_a_sitting(
    browser: Client, case: Case, ada: Any
) -> None:
    assert not Exposure.objects.exists()
    reveal(browser, case)
    assert browser.get(f"/media/{view_of(case).pk}").status_code == 200
    row = Exposure.objects.get()
    assert (row.person, row.severity, row.seconds) == (ada, Severity.GRAVE, 10)
    assert CustodyEvent.objects.filter(action="viewed", actor=f"person:{ada.pk}").count() == 1
    assert day_of(ada).of(Severity.GRAVE).seconds == 10
    assert "of today’s looking is used" in browser.get("/triage").content.decode()


def test_grey_comes_first_for_who_wants_it_and_colour_is_a_step_on_the_record(
    browser: Client, case: Case, ada: Any
) -> None:
    preference_set(actor=person_actor(ada), first_step="grey", share=100)
    page, step = f"/triage/{case.pk}", f"/triage/{case.pk}/step"
    said = {"derivative": str(view_of(case).pk), "step": "colour"}
    assert browser.post(step, said).status_code == 404
    reveal(browser, case)
    assert "stage-grey" in browser.get(page).content.decode()
    browser.post(step, said)
    assert "stage-grey" not in browser.get(page).content.decode()
    assert browser.post(step, {**said, "step": "sound"}).status_code == 204
    tools = CustodyEvent.objects.filter(action="viewed").order_by("at")
    assert [row.tool for row in tools] == ["view", "view in colour", "view with sound"]
    assert Exposure.objects.count() == 1
    browser.post(f"/triage/{case.pk}/conceal")
    reveal(browser, case)
    assert "stage-grey" in browser.get(page).content.decode()


def test_at_the_end_of_the_day_a_further_reveal_needs_a_deliberate_yes(
    browser: Client, case: Case, ada: Any
) -> None:
    page = f"/triage/{case.pk}/limit/{view_of(case).pk}"
    assert browser.get(page)["Location"] == f"/triage/{case.pk}"
    exposure_note(person=ada, severity=Severity.GRAVE, seconds=3600)
    answer = reveal(browser, case)
    assert answer["Location"] == page
    assert not CustodyEvent.objects.filter(action="viewed").exists()
    text = browser.get(answer["Location"]).content.decode()
    assert "Reveal it all the same" in text
    assert "Take a break" in text
    assert reveal(browser, case, confirmed="1")["Location"] == f"/triage/{case.pk}"
    assert CustodyEvent.objects.filter(action="viewed").count() == 1


def test_where_leads_want_it_the_case_goes_on_to_somebody_else(
    browser: Client, case: Case, ada: Any, person: Callable[..., Any]
) -> None:
    rules_set(
        actor=person_actor(person("lea", "lead")), minutes=FULL, at_limit="hand_on", resources=""
    )
    case_claim(case=case, actor=person_actor(ada))
    exposure_note(person=ada, severity=Severity.GRAVE, seconds=3600)
    assert reveal(browser, case, confirmed="1")["Location"] == "/triage"
    case.refresh_from_db()
    assert case.state == "open"
    assert not case.claims.filter(ended_at=None).exists()
    assert "limit" in WorkNote.objects.get(case=case).text
    assert not CustodyEvent.objects.filter(action="viewed").exists()
    assert next_case_claim(actor=person_actor(ada)) is None
    assert next_case_claim(actor=person_actor(person("bob"))) is not None


def test_yesterday_does_not_count_and_ones_own_limit_only_lowers(ada: Any) -> None:
    row = exposure_note(person=ada, severity=Severity.GRAVEST, seconds=1200)
    assert day_of(ada).near
    preference_set(actor=person_actor(ada), first_step="grey", share=50)
    assert day_of(ada).of(Severity.GRAVEST).limit == 600
    assert day_of(ada).highest.percent == 200
    Exposure.objects.filter(pk=row.pk).update(at=row.at - timedelta(days=1))
    assert not day_of(ada).begun
    with pytest.raises(InvalidInput):
        preference_set(actor=person_actor(ada), first_step="grey", share=120)
    with pytest.raises(IntegrityError, match="care_share_only_lowers"), transaction.atomic():
        Preference.objects.filter(person=ada).update(share=120)


def test_from_80_per_cent_on_there_is_a_gentle_notice(browser: Client, ada: Any) -> None:
    exposure_note(person=ada, severity=Severity.GRAVEST, seconds=950)
    assert "does good" not in browser.get("/account/wellbeing").content.decode()
    exposure_note(person=ada, severity=Severity.GRAVEST, seconds=10)
    assert "does good" in browser.get("/account/wellbeing").content.decode()
