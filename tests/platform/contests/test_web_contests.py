"""The screens and the API of contests: either receipt opens the door, and the lists work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.actors import Actor
from probity.cases.receipts import receipt_token
from probity.contests.models import Appeal, MisuseWarning, Suspension
from probity.notices.services import page_open
from probity.workflow.report_receive import Receipt

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(send: Callable[..., Receipt], decide: Callable[..., Any]) -> Receipt:
    """Removed."""
    receipt = send(email="jo@example.org")
    decide(receipt.case, "remove")
    return receipt


def test_either_receipt_opens_the_door(decided: Receipt, client: Client) -> None:
    _, uploaders = page_open(case=decided.case)
    for token, ground in ((decided.token, "overlooked"), (uploaders, "satire")):
        shown = client.get(f"/appeal/{token}")
        assert shown.status_code == 200
        assert "jo@example.org" not in shown.content.decode()
        wrong = client.post(f"/appeal/{token}", {"ground": ground})
        assert wrong.status_code == 422
        sent = client.post(f"/appeal/{token}", {"ground": ground, "words": "Look again"})
        assert sent.status_code == 302, sent.content.decode()
        again = client.get(sent.headers["Location"])
        assert "It is in" in again.content.decode()
        assert client.post(
            f"/appeal/{token}", {"ground": ground, "words": "Again"}
        ).status_code == 409  # fmt: skip
    assert {row.side for row in Appeal.objects.all()} == {"reporter", "uploader"}
    assert client.get("/appeal/nobody").status_code == 404


def test_a_judge_reads_takes_and_rules_in_the_browser(
    appealed: Appeal, judge: Actor, reviewer: Actor, client: Client
) -> None:
    assert judge.person is not None
    assert reviewer.person is not None
    client.force_login(judge.person)
    address = f"/review/appeals/{appealed.pk}"
    assert appealed.case.label in client.get("/review/appeals").content.decode()
    assert "Take this appeal" in client.get(address).content.decode()
    client.post(f"{address}/take")
    client.post(f"{address}/note", {"note": "Asked counsel"})
    page = client.get(address).content.decode()
    assert "Asked counsel" in page
    assert "Rule</button>" in page
    wrong = client.post(f"{address}/rule", {"outcome": "changed", "reason": "Less"})
    assert wrong.status_code == 422
    done = client.post(f"{address}/rule", {"outcome": "reversed", "reason": "Satire."})
    assert done.status_code == 302
    assert "The decision was reversed." in client.get(address).content.decode()
    case = client.get(f"/triage/{appealed.case_id}").content.decode()
    assert "Appeals and senders" in case
    client.force_login(reviewer.person)
    assert client.post(f"{address}/take").status_code == 403


def test_the_api_contests_and_rules(decided: Receipt, client_for: Callable[..., APIClient]) -> None:
    body = {"receipt": receipt_token(decided.report.pk), "ground": "overlooked", "words": "Look"}
    stranger = APIClient()
    sent = stranger.post("/api/v1/appeals/send", body, format="json")
    assert sent.status_code == 201, sent.content
    wrong = stranger.post("/api/v1/appeals/send", {**body, "x": "y"}, format="json")
    assert wrong.status_code == 422
    api = client_for("sena", "senior")
    address = f"/api/v1/appeals/{sent.json()['id']}"
    assert api.get("/api/v1/appeals").json()["appeals"][0]["side"] == "reporter"
    assert api.post(f"{address}/claim").json()["person"] == "sena"
    assert api.post(f"{address}/notes", {"text": "n"}, format="json").status_code == 201
    ruled = api.post(f"{address}/ruling", {"outcome": "upheld", "reason": "It stands."},
                     format="json")  # fmt: skip
    assert ruled.status_code == 201, ruled.content
    assert api.get(address).json()["outcome"] == "upheld"
    check = stranger.post("/api/v1/requests/check", {"category": "intimate"}, format="json")
    assert check.json()["laws"][0]["law"] == "take-it-down"


def test_misuse_and_senders_in_the_browser(
    send: Callable[..., Receipt], lead: Actor, second_lead: Actor, client: Client
) -> None:
    assert lead.person is not None
    assert second_lead.person is not None
    client.force_login(lead.person)
    receipts = [send(email="jo@example.org") for _ in range(4)]
    for each in receipts[:3]:
        _find(client, each)
    party = f"/review/misuse/reporter/{receipts[0].report.pk}"
    assert "Warn</button>" in client.get(party).content.decode()
    assert client.post(f"{party}/warn", {"text": "Please stop."}).status_code == 302
    _find(client, receipts[3])
    assert client.post(f"{party}/suspend", {"days": "9"}).status_code == 422
    said = dict.fromkeys(("numbers", "share", "gravity", "intention", "reason"), "Weighed.")
    assert client.post(f"{party}/suspend", {**said, "days": "9"}).status_code == 302
    row = Suspension.objects.get()
    client.force_login(second_lead.person)
    client.post(f"/review/misuse/suspensions/{row.pk}/answer", {"agree": "1"})
    row.refresh_from_db()
    assert row.state == "in_force"
    overview = client.get("/review/misuse").content.decode()
    assert "Somebody who reported" in overview
    assert "jo@example.org" not in overview + client.get(party).content.decode()
    assert MisuseWarning.objects.count() == 1
    made = client.post(
        "/review/senders",
        {"name": "Faces Watch", "kind": "authority", "award_authority": "Act",
         "awarded_on": "2026-01-01"},
    )  # fmt: skip
    assert made.status_code == 302
    assert "Faces Watch" in client.get("/review/senders").content.decode()
    assert client.get(made.headers["Location"]).status_code == 200
    record = client.get("/review/senders/record.csv").getvalue().decode("utf-8-sig")
    assert "Faces Watch" in record
    assert client.get("/review/requests").status_code == 200


def _find(client: Client, receipt: Receipt) -> None:
    found = client.post(
        "/review/misuse/find",
        {"case": str(receipt.case.pk), "what": f"unfounded_notice:{receipt.report.pk}",
         "reason": "Plainly a cat"},
    )  # fmt: skip
    assert found.status_code == 302
