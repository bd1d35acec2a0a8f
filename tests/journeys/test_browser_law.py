"""Reports under the law, in a browser: what must be asked, done and until when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


CLIP = {
    "synthetic": True,
    "realistic": True,
    "deceptive": True,
    "depicts_identifiable_person": True,
    "depicts_candidate": True,
    "electoral_propaganda": True,
    "intent_to_influence_election": True,
    "published": True,
    "days_to_election": 20,
    "intent_to_harm": True,
}


@pytest.fixture
def desk(
    window: Callable[..., Any],
    admin: dict[str, Any],
    report: Callable[..., str],
    take_newest: Callable[[Any], str],
) -> Callable[..., Any]:
    """Report something and open it as the reviewer who holds the case."""

    def arrive(**fields: Any) -> Any:
        report(**fields)
        page = window(storage_state=admin)
        take_newest(page)
        page.click("text=Take this case")
        page.wait_for_function(
            "() => document.getElementById('announce').textContent.includes('You hold')"
        )
        return page

    return arrive


def answer(page: Any, facts: Mapping[str, bool | int]) -> None:
    """Answer on the page itself: open what is folded, then press the law's own buttons."""
    for name, value in facts.items():
        question = page.locator(f"#ask-{name}")
        if not question.count():
            _turn(page, name, value)
            continue
        page.evaluate(
            "id => { for (let e = document.getElementById(id); e; e = e.parentElement)"
            " if (e.tagName === 'DETAILS') e.open = true }",
            f"ask-{name}",
        )
        if isinstance(value, bool):
            page.click(f"#{'true' if value else 'false'}-{name}")
        else:
            page.fill(f"#number-{name}", str(value))
            question.locator("button").last.click()
        page.wait_for_function("id => !document.getElementById(id)", arg=f"ask-{name}")


def _turn(page: Any, name: str, value: bool | int) -> None:
    """A fact that nobody asks any more: it is known, or no longer matters."""
    known = page.locator(f"#turn-{name}")
    if not known.count():
        return
    page.evaluate("() => { document.getElementById('known-facts').open = true }")
    if not isinstance(value, bool):
        page.fill(f"#turn-number-{name}", str(value))
    elif f"to {value}" not in (known.text_content() or ""):
        return
    with page.expect_response(lambda response: response.url.endswith("/facts")):
        known.click()
    page.wait_for_load_state("networkidle")


def rule(page: Any, name: str) -> str:
    """What the page says of one rule, folds opened."""
    found = page.locator(f"#rule-{name}")
    assert found.count() == 1, f"{name} is not among the rules that apply or may apply"
    text: str = found.text_content()
    return re.sub(r"\s+", " ", text)


def applies(page: Any, name: str) -> str:
    text = rule(page, name)
    assert "Applies." in text, text[:300]
    return text


def ruled_out(page: Any) -> str:
    text: str = page.locator("#rules-out").text_content()
    return re.sub(r"\s+", " ", text)


def test_an_intimate_deepfake_reported_by_the_person_depicted_in_california(
    desk: Callable[..., Any],
) -> None:
    page = desk(
        category="intimate", explanation="This is my face on somebody else's body.",
        url="https://video.example/v/1", places="US-CA", depicted=True, good_faith=True,
        signature="Jane Roe", email="jane@example.org",
    )  # fmt: skip
    clock = page.inner_text("#urgency")
    assert "left" in clock
    assert "provisional" in clock.lower()
    answer(
        page,
        {
            "intimate": True,
            "depicts_identifiable_person": True,
            "consent_to_publication": False,
            "request_valid": True,
        },
    )
    text = applies(page, "us-tida-notice-removal")
    assert "Remove the depiction" in text
    assert "identical copies" in text
    assert "provisional" not in text.lower()
    answer(
        page,
        {
            "synthetic": True,
            "consent_to_creation": False,
            "realistic": True,
            "social_media_platform": True,
            "on_this_service": True,
            "minor_edit": False,
            "reporter_has_account": True,
            "resident_of_place": True,
            "delay_beyond_control": False,
        },
    )
    assert "SB 981" in applies(page, "us-ca-sb981")
    decision = applies(page, "us-ca-sb981-decision")
    assert "30 days" in decision
    assert "only recommends" in decision.lower()


def test_a_clip_of_a_candidate_twenty_days_before_an_election_in_texas(
    desk: Callable[..., Any],
) -> None:
    page = desk(
        category="election", explanation="He never said this.",
        url="https://video.example/v/2", places="US-TX",
    )  # fmt: skip
    answer(page, CLIP | {"is_video": True, "created_by_uploader": True, "intent_to_deceive": True})
    text = applies(page, "us-tx-255004")
    assert "Texas" in text
    assert "between 0 and 30" in text
    assert "offen" in text.lower() or "misdemeanor" in text.lower()
    assert page.locator("#rule-us-tx-255004 .duties").count() == 0
    assert page.locator("#rule-kr-82-8").count() == 0


def test_the_same_clip_with_a_parody_label_in_korea(desk: Callable[..., Any]) -> None:
    page = desk(
        category="election", explanation="A parody, they say.",
        url="https://video.example/v/3", places="KR",
    )  # fmt: skip
    answer(page, CLIP | {"parody": True, "disclosed": True})
    text = applies(page, "kr-82-8")
    assert "90" in text
    assert page.locator("#rule-kr-82-8-label").count() == 0


def test_a_cloned_voice_for_fraud_in_the_union_on_a_very_large_platform(
    desk: Callable[..., Any],
) -> None:
    page = desk(
        category="impersonation", explanation="My mother's voice asked me for money.",
        url="https://voice.example/v/4", places="DE", email="son@example.org",
    )  # fmt: skip
    answer(
        page,
        {
            "hosting_service": True,
            "online_platform": True,
            "very_large_platform": True,
            "notice_received": True,
            "synthetic": True,
            "voice_cloned": True,
            "impersonation": True,
            "intent_to_defraud": True,
            "deceptive": True,
            "disclosed": False,
            "professional_use": True,
            "criminal_justice_use": False,
            "systemic_risk_identified": True,
            "parody": True,
        },
    )
    assert "2022/2065" in applies(page, "eu-dsa-16")
    assert "risk" in applies(page, "eu-dsa-35").lower()
    assert "2024/1689" in applies(page, "eu-ai-50-4")
    applies(page, "common-fraud")
    assert "TAKE IT DOWN" not in "".join(page.locator(".rule-applies").all_inner_texts())


def test_an_advertisement_with_a_dead_actor_in_new_york(desk: Callable[..., Any]) -> None:
    page = desk(
        category="advertising", explanation="He died ten years ago and sells phones now.",
        url="https://ads.example/5", places="US-NY",
    )  # fmt: skip
    answer(
        page,
        {
            "synthetic": True,
            "realistic": True,
            "commercial_use": True,
            "depicts_identifiable_person": True,
            "depicted_is_deceased": True,
            "likeness_consent": False,
        },
    )
    text = applies(page, "us-ny-s8391")
    assert "50-f" in text
    assert page.locator("#rule-us-ny-396b").count() == 0


def test_nothing_applies_to_an_edited_holiday_video(
    desk: Callable[..., Any], drawing: Path
) -> None:
    page = desk(
        category="other", explanation="The colours look too good.", file=drawing, places="US-CO",
    )  # fmt: skip
    answer(
        page,
        {
            "synthetic": False,
            "intimate": False,
            "deceptive": False,
            "depicts_candidate": False,
            "depicts_identifiable_person": False,
            "commercial_use": False,
            "impersonation": False,
            "defamatory": False,
            "depicted_is_minor": False,
            "request_valid": False,
        },
    )
    assert page.locator(".rule-applies").count() == 0
    assert "not intimate" in ruled_out(page)


def test_a_legal_reviewer_reads_tries_and_approves_a_pack(
    window: Callable[..., Any], admin: dict[str, Any]
) -> None:
    page = window(storage_state=admin)
    page.goto("/review/law")
    assert "packs with" in page.inner_text("header .lead")
    page.click("text=TAKE IT DOWN Act, notice and removal")
    page.wait_for_url("**/review/law/us-take-it-down")
    assert "the person shown did not agree" in page.inner_text("article")
    assert page.locator(".strip").count() >= 1
    page.fill("#approval-note", "Read against the United States Code.")
    page.click("text=Approve this version in my name")
    page.wait_for_selector("text=Approved by admin")
    page.click("text=Try other facts")
    page.fill("#try-places", "US-CA")
    page.select_option("#fact-intimate", "true")
    page.click("text=See what follows")
    page.wait_for_selector("#follows")
    assert "TAKE IT DOWN" in page.inner_text(".follows")
    page.goto("/review/law/us-take-it-down")
    page.fill("#approval-note", "A newer text is out.")
    page.click("text=Take the approval back")
    page.wait_for_selector("text=Nobody approved this version")
