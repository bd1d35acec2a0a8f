"""The detectors' cards on the web: the list, a card, and the way to it from a finding."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from detectors import registry
from probity.analysis import cards
from probity.analysis.models import Finding, FindingKind
from probity.web.cards.page import silent_when, weight_of
from probity.web.triage.findings_page import _shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, person: Callable[..., Any]) -> Client:
    """A browser of a reviewer."""
    client.force_login(person("rev", "reviewer"))
    return client


def text_of(answer: Any) -> str:
    """A page as a person reads it, nearly."""
    assert answer.status_code == 200
    return unescape(" ".join(answer.content.decode().split()))


def test_the_list_names_every_detector_and_leads_to_its_card(signed_in: Client) -> None:
    text = text_of(signed_in.get("/review/detectors"))
    for row in cards.cards_installed():
        assert f'href="/review/detectors/{row.card.id}"' in text
        assert row.card.name in text
    assert f"{len(cards.cards_installed())} detectors are installed." in text


def test_every_card_says_what_it_declares(signed_in: Client) -> None:
    for row in cards.cards_installed():
        text, card = text_of(signed_in.get(f"/review/detectors/{row.card.id}")), row.card
        told = [card.summary, card.score.meaning, *card.limits, *card.citations]
        told += [one.command for one in card.strength] + [one.command for one in card.error_rates]
        for words in told:
            assert " ".join(words.split()) in text, (card.id, words)
        assert ("None is known: it was not calibrated." in text) is not card.calibrated
        assert ("This was not measured on labelled files." in text) is not bool(card.strength)


def test_a_detector_that_is_not_installed_is_not_found(signed_in: Client) -> None:
    answer = signed_in.get("/review/detectors/image.crystal_ball")
    assert answer.status_code == 404
    assert "No detector of this name is installed here." in answer.content.decode()


def test_a_broken_one_is_listed_with_its_reason_and_has_no_card(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = registry.Entry(
        id="image.torn", target="torn:Torn", distribution="torn", error="Its card is torn."
    )
    whole = registry.entries()
    monkeypatch.setattr(registry, "entries", lambda: (*whole, broken))
    text = text_of(signed_in.get("/review/detectors"))
    assert "Installed, but not in order" in text
    assert "Its card is torn." in text
    monkeypatch.setattr(registry, "find", lambda _: broken)
    assert signed_in.get("/review/detectors/image.torn").status_code == 404


def test_what_people_decided_is_told_from_twenty_cases_on(signed_in: Client) -> None:
    cache.clear()
    address = "/review/detectors/image.noise"
    assert "In no category are there enough decided cases yet" in text_of(signed_in.get(address))
    cache.set("precision:intimate", {"image.noise": (40, 31)}, 60)
    cache.set("precision:election", {"image.noise": (19, 19)}, 60)
    text = text_of(signed_in.get(address))
    cache.clear()
    assert "In 40 decided cases of this category here it spoke for manipulation; in 31" in text
    assert "In 19 decided cases" not in text


def test_weight_follows_from_what_was_measured() -> None:
    installed = {row.card.id: row.card for row in cards.cards_installed()}
    noise, motion = installed["image.noise"], installed["video.motion"]
    assert weight_of(noise).words == "points only, not measured"
    assert weight_of(motion).words == "points only, no better than chance"
    assert not silent_when(noise.needs)
    assert len(silent_when(motion.needs)) == 2


def test_a_finding_leads_to_its_detector_only_while_that_is_installed() -> None:
    row = Finding(kind=FindingKind.DETECTOR, producer="image.noise", status="ok", title="Noise")
    row._prefetched_objects_cache = {"pictures": []}
    shown = _shown(row, evidence="physical")
    assert (shown.card, shown.evidence) == ("image.noise", "physical")
    shown = _shown(row)
    assert (shown.card, shown.evidence) == ("", "digital")
