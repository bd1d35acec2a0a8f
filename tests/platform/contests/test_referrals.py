"""Referring to NCMEC: off by default, two people, a stand-in server that behaves as described."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import DatabaseError, transaction

from probity.accounts.actors import Actor
from probity.contests.models import Referral, ReferralStep
from probity.contests.referrals.ncmec import CyberTipline
from probity.contests.referrals.plugins import installed, switched_on
from probity.contests.referring import (
    referral_answer,
    referral_finish,
    referral_propose,
    referral_retract,
    referral_submit,
    referral_upload,
)
from probity.core.errors import Conflict, NotAllowed
from probity.keeping.forgetting import report_forget
from probity.workflow.report_receive import Receipt


@pytest.fixture
def tipline(settings: Any) -> Iterator[dict[str, Any]]:
    """A stand-in for the service: what came in, and how it should answer."""
    seen: dict[str, Any] = {"calls": [], "code": 0, "status": 200}

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen["calls"].append((self.path, body, self.headers["Authorization"]))
            said = (
                f"<r><responseCode>{seen['code']}</responseCode><reportId>4711</reportId></r>"
            ).encode()
            self.send_response(seen["status"])
            if seen["status"] == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.REFERRALS = ["ncmec"]
    settings.NCMEC_URL = f"http://127.0.0.1:{server.server_port}/ispws"
    settings.NCMEC_USER, settings.NCMEC_PASSWORD = "user", "word"
    yield seen
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def agreed(
    tipline: dict[str, Any], send: Callable[..., Receipt], lead: Actor, second_lead: Actor
) -> Referral:
    """Proposed by one, agreed to by another."""
    row = referral_propose(
        case=send(explanation="Reporter's own words", email="jo@example.org").case, name="ncmec",
        summary="Seen on a post.", reason="It has to be.", actor=lead, with_files=True,
    )  # fmt: skip
    return referral_answer(referral=row, agree=True, actor=second_lead)


def test_it_is_installed_and_off() -> None:
    assert "ncmec" in installed()
    assert switched_on() == []


@pytest.mark.django_db
def test_off_means_off(send: Callable[..., Receipt], lead: Actor) -> None:
    with pytest.raises(Conflict, match="switched off"):
        referral_propose(case=send().case, name="ncmec", summary="s", reason="r", actor=lead)


@pytest.mark.django_db
def test_two_people_and_the_database_says_so(
    tipline: dict[str, Any], send: Callable[..., Receipt], lead: Actor, reviewer: Actor
) -> None:
    case = send().case
    with pytest.raises(NotAllowed):
        referral_propose(case=case, name="ncmec", summary="s", reason="r", actor=reviewer)
    row = referral_propose(case=case, name="ncmec", summary="s", reason="r", actor=lead)
    with pytest.raises(NotAllowed):
        referral_answer(referral=row, agree=True, actor=lead)
    with pytest.raises(Conflict, match="has to be agreed"):
        referral_submit(referral=row, actor=lead)
    for wrong in ({"second": lead.person, "state": "agreed"}, {"state": "agreed"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Referral.objects.filter(pk=row.pk).update(**wrong)
    assert tipline["calls"] == []


@pytest.mark.django_db
def test_submit_finish_and_kept_for_a_year(
    agreed: Referral, tipline: dict[str, Any], lead: Actor
) -> None:
    row = referral_submit(referral=agreed, actor=lead)
    assert (row.state, row.outside_id) == ("opened", "4711")
    path, body, authorization = tipline["calls"][0]
    assert path == "/ispws/submit"
    assert authorization.startswith("Basic ")
    assert body.decode() == row.document
    tree = ElementTree.fromstring(re.sub(r"^<\?xml.*?\?>", "", row.document))
    assert tree.findtext("personOrUserReported/espIdentifier") == "user-4711"
    assert "Reporter's own words" not in row.document
    assert "jo@example.org" not in row.document
    done = referral_finish(referral=row, actor=lead)
    assert done.state == "finished"
    report = row.case.reports.get()
    with pytest.raises(Conflict, match="wants it kept"):
        report_forget(report=report, actor="system", why="test")


@pytest.mark.django_db
def test_files_need_the_operators_word_too(
    agreed: Referral, tipline: dict[str, Any], lead: Actor, settings: Any
) -> None:
    row = referral_submit(referral=agreed, actor=lead)
    with pytest.raises(Conflict, match="PROBITY_NCMEC_UPLOAD"):
        referral_upload(referral=row, name="a", content=b"bytes", actor=lead)
    assert len(tipline["calls"]) == 1
    settings.NCMEC_UPLOAD = True
    assert referral_upload(referral=row, name="a", content=b"bytes", actor=lead).ok
    assert b"bytes" in tipline["calls"][1][1]
    assert referral_retract(referral=row, actor=lead).state == "retracted"


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "status"), [(1000, 200), (0, 500), (0, 302)])
def test_what_is_not_taken_stays_to_be_tried_again(
    agreed: Referral, tipline: dict[str, Any], lead: Actor, code: int, status: int
) -> None:
    tipline.update(code=code, status=status)
    assert referral_submit(referral=agreed, actor=lead).state == "agreed"
    step = ReferralStep.objects.get()
    assert (step.ok, step.status) == (False, status)
    tipline.update(code=0, status=200)
    assert referral_submit(referral=agreed, actor=lead).state == "opened"


def test_an_address_that_is_not_https_gets_nothing(settings: Any) -> None:
    settings.NCMEC_URL = "http://report.example"
    with pytest.raises(Conflict, match="https"):
        CyberTipline().submit("<report/>")
