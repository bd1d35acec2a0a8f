"""A day in the life: 200 reports about 60 things, two reviewers, a lead, and what the lead sees."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SETTINGS = {
    "PROBITY_WEBHOOK_PRIVATE": "127.0.0.1", "PROBITY_API_RATE": "0/hour",
    "PROBITY_SIGN_IN_RATE": "0/hour",
}  # fmt: skip
#: Stands for time that passed: nobody waits three quarters of an hour for a test.
AN_HOUR_AGO = """
from datetime import timedelta
from django.db.models import F
from probity.cases.models import Case
Case.objects.filter(pk="{case}").update(opened_at=F("opened_at") - timedelta(minutes=50))
"""
TARGETS, ADVERTS, REPORTS = 60, 12, 200
EACH, ON_SCREEN = 10, 5
DECISIONS = ("remove", "label", "no_action", "warn")
WORDS = {"remove": "Remove", "suspend": "Suspend", "label": "Label", "warn": "Warn",
         "no_action": "No action"}  # fmt: skip


def reports() -> list[dict[str, Any]]:
    """200 reports about 60 things; the same thing under several spellings of its address."""
    made = []
    for number in range(REPORTS):
        target = number % TARGETS
        category = "advertising" if target < ADVERTS else "impersonation"
        made.append({
            "id": f"r{number}", "category": category, "places": ["DE"],
            "explanation": f"Somebody poses as me, number {number}.",
            "url": f"https://host.example/post/{target}?utm_source={number // TARGETS}",
            "uploader": {"reference": f"user-{target}"},
        })  # fmt: skip
    return made


def until(found: Callable[[], Any], *, seconds: float = 120) -> Any:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, found
        time.sleep(0.5)
    return value


def test_a_day(
    day: Any, host: Any, screen: Callable[[str], Any], window: Callable[..., Any]
) -> None:
    lead = screen("lena")
    queue = make_queues(day, lead)
    sent = report_all(day)
    lead.goto("/triage")
    assert f"{TARGETS}" in lead.inner_text("main")

    pressing = day.next(day.rita)
    day.product.manage("shell", "-v", "0", "-c", AN_HOUR_AGO.format(case=pressing))
    day.rita("POST", f"cases/{pressing}/return", {"reason": "Not mine."}, status=204)
    moved = {"queue": queue, "reason": "It has to be done today."}
    day.lena("POST", f"cases/{pressing}/queue", moved)

    desks = ((day.rita, screen("rita")), (day.ravi, screen("ravi")))
    for _, page in desks:
        day.take_next(page)
    for place in range(ON_SCREEN):
        for _, page in desks:
            action = DECISIONS[place % len(DECISIONS)]
            day.decide_by_keys(page, action, last=place == ON_SCREEN - 1)
    for place in range(ON_SCREEN, EACH):
        for who, _ in desks:
            day.decide(who, day.next(who), DECISIONS[place % len(DECISIONS)])
    hand_over(day, desks[0][1], desks[1][1])
    hold_for_four_eyes(day, desks[0][1], lead)
    in_bulk = undo_in_bulk(lead)
    avert(day, lead, pressing)
    overturn(day, window(), lead, sent)
    carried_out_once(day, host)
    the_figures_say_so(day, lead, in_bulk)


def make_queues(day: Any, lead: Any) -> str:
    """The lead makes a queue with a target, and has advertisements routed to another."""
    for title, minutes in (("Today", "60"), ("Adverts", "")):
        lead.goto("/leading/queues")
        form = lead.locator("section.lead-new")
        form.locator("[name=title]").fill(title)
        form.locator("[name=decision]").fill(minutes)
        form.locator("[name=decision_unit]").select_option("min")
        form.locator("button").click()
        lead.wait_for_selector(f".lead-list b:text-is('{title}')")
    rule = {"title": "Advertisements", "queue": "adverts", "categories": ["advertising"]}
    day.lena("PUT", "queues/routing", {"rules": [rule]})
    return "today"


def report_all(day: Any) -> dict[str, str]:
    """All reports in one call, and the call again as after a broken line; case to receipt."""
    body = {"reports": reports()}
    answer = day.host("POST", "reports/bulk", body, key="morning")
    assert (answer["received"], answer["refused"]) == (REPORTS, 0)
    again = day.host("POST", "reports/bulk", body, key="morning")
    assert [row["report"] for row in again["reports"]] == [
        row["report"] for row in answer["reports"]
    ]
    cases = Counter(row["case"] for row in answer["reports"])
    assert len(cases) == TARGETS
    assert set(cases.values()) == {3, 4}
    return {row["case"]: row["receipt"] for row in answer["reports"]}


def hand_over(day: Any, rita: Any, ravi: Any) -> None:
    """Rita sends a case to Ravi, who finds it in his list and takes it by opening it."""
    case = day.take_next(rita)
    rita.click("summary:has-text('Pass it on')")
    rita.fill("#send-person", "ravi")
    rita.fill("#send-reason", "You know this person's real account.")
    rita.click("button:has-text('Hand over')")
    rita.wait_for_url("**/triage")
    ravi.goto("/triage")
    ravi.click(f"a[href*='{case}']")
    ravi.wait_for_selector("#release-now, form[action$='/release'], .hold-mine", state="attached")
    assert "You know this person's real account." in ravi.inner_text("main")
    refused = day.rita("POST", f"cases/{case}/claim", status=409)
    assert refused["detail"].startswith("ravi holds this case until ")
    day.decide_on_screen(ravi, case, "remove")


def hold_for_four_eyes(day: Any, rita: Any, lead: Any) -> None:
    """A suspension is held; who decided cannot agree; the lead does, on the case's page."""
    case = day.take_next(rita)
    rita.click("label[for=action-suspend]")
    rita.fill("#reason", day.reason)
    rita.click("#decide-now")
    rita.wait_for_selector("#decide:not(:has(#decide-form))")
    assert rita.query_selector("#agree") is None
    day.decided.append(case)
    day.measures["suspend"] += 1
    [made] = day.lena("GET", f"cases/{case}/decisions/all")["decisions"]
    assert made["state"] == "held"
    day.rita("POST", f"decisions/{made['id']}/answer", {"given": True}, status=403)
    lead.goto("/triage/approvals")
    assert "silences a person" in lead.inner_text("main")
    lead.click("a:has-text('Look at it')")
    lead.click("#agree")
    lead.wait_for_selector(".in-force")
    assert day.rita("GET", f"decisions/{made['id']}")["state"] == "effective"


def undo_in_bulk(lead: Any) -> int:
    """The lead labels all advertisements at once, sees that it was wrong, and takes it back."""
    lead.goto("/triage/search?q=category:advertising")
    lead.click("button:has-text('Act on all that were found')")
    lead.check("[name=act][value=decide]")
    lead.check("[name=measure][value=label]")
    lead.fill("#bulk-reason", "The same advertisement again.")
    lead.click("button:has-text('Show what would happen')")
    assert lead.inner_text(".bulk-sums dd >> nth=0") == str(ADVERTS)
    lead.click("button:has-text('Do it')")
    lead.wait_for_selector("#bulk-progress b:has-text('Done')", timeout=120_000)
    lead.fill("#undo-reason", "One of them was real.")
    lead.click("button:has-text('Undo all of it')")
    lead.wait_for_selector("#bulk-progress b:has-text('Undone')", timeout=120_000)
    return ADVERTS


def avert(day: Any, lead: Any, case: str) -> None:
    """The clock warns; the lead sees it on the board and hands the case to somebody in time."""

    def own() -> dict[str, Any]:
        rows = day.lena("GET", f"cases/{case}/clocks")["clocks"]
        return next(row for row in rows if row["rule"].startswith("target:"))

    until(lambda: own()["warned_at"])
    lead.goto("/triage/board")
    lead.click(f"#board a[href*='{case}']")
    lead.click("summary:has-text('Pass it on')")
    lead.fill("#send-person", "ravi")
    lead.click("button:has-text('Hand over')")
    lead.wait_for_load_state()
    day.decide(day.ravi, case, "remove")
    ended = own()
    assert (ended["ended_why"], ended["breached_at"]) == ("decided", None)


def overturn(day: Any, stranger: Any, lead: Any, sent: dict[str, str]) -> None:
    """Somebody who reported contests that nothing was done; the lead agrees with them."""
    rows = [(case, day.lena("GET", f"cases/{case}/decisions/all")) for case in day.decided]
    case = next(c for c, found in rows if found["decisions"][0]["action"] == "no_action")
    stranger.goto(f"/status/{sent[case]}")
    stranger.click("#disagree a.primary")
    stranger.check("#ground-overlooked")
    stranger.fill("#words", "It is my face. Look again.")
    stranger.click("#send")
    stranger.wait_for_selector("section.sent")
    lead.goto("/review/appeals")
    lead.click("main a[href*='/review/appeals/']")
    appeal = lead.url.rsplit("/", 1)[1]
    lead.click("button:has-text('Take this appeal')")
    lead.check("#outcome-reversed")
    lead.check("#action-remove")
    lead.fill("#reason", "The face is theirs.")
    lead.click("#rule-now")
    lead.wait_for_selector("section[aria-labelledby=ruling-title] blockquote")
    assert day.lena("GET", f"appeals/{appeal}")["state"] == "closed"
    day.measures["no_action"] -= 1
    day.measures["remove"] += 1


def carried_out_once(day: Any, host: Any) -> None:
    """Over failures and repetitions the host platform did each thing exactly once."""
    wanted = +day.measures
    del wanted["no_action"]
    until(lambda: len(host.done) >= wanted.total() + 1)
    kinds = Counter(told["type"] for told in host.done.values())
    assert kinds == {"measure.applied": wanted.total(), "clock.warned": 1}
    told = [each["data"] for each in host.done.values() if each["type"] == "measure.applied"]
    assert Counter(each["action"] for each in told) == wanted
    assert len({each["measure"] for each in told}) == wanted.total()
    assert len(host.heard) >= len(host.done) + 2
    assert host.forged == 0


def the_figures_say_so(day: Any, lead: Any, in_bulk: int) -> None:
    """The lead's figures, over the API and on the page, are what was done and nothing else."""
    found = {row["key"]: row for row in day.lena("GET", "figures")["figures"]}
    decided = len(set(day.decided))

    def column(key: str, name: str) -> list[Any]:
        place = found[key]["columns"].index(name)
        return [row[place] for row in found[key]["rows"]]

    assert (sum(column("days", "Opened")), sum(column("days", "Decided"))) == (TARGETS, decided)
    assert sum(column("backlog", "All")) == TARGETS - decided
    assert sum(column("decision", "n")) == decided
    assert sum(column("first-action", "n")) == decided + in_bulk
    own = [row for row in found["clocks"]["rows"] if row[1] == "own target"]
    assert [row[:5] for row in own] == [["Today", "own target", 1, 0, 0]]
    assert sum(column("clocks", "Missed")) == 0
    assert [row[:3] for row in found["appeals"]["rows"]] == [["No action", 1, 1]]
    in_force = dict(row[:2] for row in found["actions"]["rows"] if row[1])
    assert in_force == {WORDS[action]: n for action, n in day.measures.items() if n}

    lead.goto("/leading/figures")
    said = lead.inner_text("main")
    for sentence in (
        f"{TARGETS - decided} cases wait for a decision now.",
        f"{TARGETS} cases were opened and {decided} decided in these days.",
        "0 missed in these days.",
        "1 of 1 contested decisions were changed.",
        f"{day.measures.total()} measures of these days are in force.",
    ):
        assert sentence in said, sentence
    lead.goto("/triage/approvals")
    assert "silences a person" not in lead.inner_text("main")
    lead.goto("/review/appeals")
    assert "Waiting for a ruling (0)" in lead.inner_text("main")
