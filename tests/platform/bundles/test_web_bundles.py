"""The legal reviewer's desk: bundles, addresses for counsel, custody, narrowing a history."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from probity.audit.models import AuditEvent
from probity.bundles.models import CounselLink, Export
from probity.cases.models import Case
from probity.core.clock import now
from probity.workflow.case_export import exports_build

pytestmark = pytest.mark.django_db
ASK = {"profile": "court", "purpose": "Appeal 7", "recipient": "The court", "why": ""}


@pytest.fixture
def legal(client: Client, person: Callable[..., Any]) -> Client:
    client.force_login(person("lena", "legal"))
    return client


def names(case: Case) -> list[str]:
    rows = AuditEvent.objects.filter(chain_id=f"case:{case.pk}").order_by("seq")
    return list(rows.values_list("name", flat=True))


def test_a_bundle_is_asked_for_made_and_fetched(legal: Client, case: Case) -> None:
    address = f"/review/{case.pk}/bundles"
    assert "No bundle of this case was made yet" in legal.get(address).content.decode()
    assert legal.post(address, ASK).status_code == 302
    waiting = legal.get(address).content.decode()
    assert "Waiting for a worker" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    export = Export.objects.get()
    early = legal.get(f"{address}/{export.pk}.zip")
    assert early.status_code == 409
    assert exports_build() == 1
    listed = legal.get(f"{address}/list").content.decode()
    assert "Ready" in listed
    assert "hx-trigger" not in listed
    fetched = legal.get(f"{address}/{export.pk}.zip")
    data = b"".join(fetched)  # type: ignore[call-overload]
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert fetched["Content-Disposition"].startswith("attachment")
    assert names(case)[-1] == "bundle.downloaded"


def test_what_is_missing_is_said_beside_the_field(legal: Client, case: Case) -> None:
    address = f"/review/{case.pk}/bundles"
    wrong = legal.post(address, {**ASK, "purpose": "", "profile": "full"})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "Say what the bundle is for" in text
    assert "Say why everything must be shown" in text
    assert not Export.objects.exists()


def test_who_may_export_and_who_may_show_everything(case: Case, person: Callable[..., Any]) -> None:
    for role, may, full in (
        ("reviewer", False, False), ("auditor", False, False), ("lead", True, False),
        ("legal", True, True), ("administrator", True, True),
    ):  # fmt: skip
        browser = Client()
        browser.force_login(person(f"p-{role}", role))
        address = f"/review/{case.pk}/bundles"
        assert (browser.get(address).status_code == 200) is may, role
        status = browser.post(address, {**ASK, "profile": "full", "why": "Ordered"}).status_code
        assert (status == 302) is full, role
    assert Export.objects.count() == 2


def test_an_auditor_reads_and_changes_nothing(case: Case, person: Callable[..., Any]) -> None:
    browser = Client()
    browser.force_login(person("aud", "auditor"))
    assert browser.get(f"/review/{case.pk}").status_code == 200
    assert browser.get(f"/triage/{case.pk}").status_code == 200
    for address, body in (
        ("claim", {}), ("facts", {"fact": "synthetic", "value": "true"}),
        ("decide", {"action": "remove", "reason": "x"}),
    ):  # fmt: skip
        assert browser.post(f"/triage/{case.pk}/{address}", body).status_code == 403


def test_counsel_reads_one_case_until_the_address_is_closed(legal: Client, case: Case) -> None:
    made = legal.post(f"/review/{case.pk}/counsel", {"label": "Firm & Partner", "days": "7"})
    address = re.search(r"/counsel/[\w-]+", made.content.decode())
    assert address
    counsel = Client()
    page = counsel.get(address[0])
    assert page.status_code == 200
    text = page.content.decode()
    assert "Nothing was altered" in text
    assert "Firm &amp; Partner" in text
    assert "<form" not in text.partition("<footer")[0]
    assert names(case)[-1] == "counsel.viewed"
    assert counsel.get(f"/review/{case.pk}").status_code in {302, 401}
    link = CounselLink.objects.get()
    assert legal.post(f"/review/{case.pk}/counsel/{link.pk}/close").status_code == 302
    assert counsel.get(address[0]).status_code == 404
    assert counsel.get("/counsel/guessed").status_code == 404


def test_an_expired_address_is_closed(legal: Client, case: Case) -> None:
    made = legal.post(f"/review/{case.pk}/counsel", {"label": "Firm", "days": "1"})
    address = re.search(r"/counsel/[\w-]+", made.content.decode())
    assert address
    CounselLink.objects.update(expires_at=now() - timedelta(seconds=1))
    assert Client().get(address[0]).status_code == 404
    wrong = legal.post(f"/review/{case.pk}/counsel", {"label": "", "days": "500"})
    assert wrong.status_code == 422
    assert "1 to 90 days" in wrong.content.decode()


def test_a_history_is_narrowed_and_events_open_up(legal: Client, case: Case) -> None:
    whole = legal.get(f"/review/{case.pk}").content.decode()
    assert "Who touched the files" in whole
    assert "it was not hashed again yet" in whole
    assert whole.count('class="event') > 8
    few = legal.get(f"/review/{case.pk}?show=decisions").content.decode()
    assert "A person decided: label" in few
    assert "A report was received" not in few
    assert 'class="raw"' in few


def test_a_silent_worker_s_bundle_is_taken_over_and_a_living_one_s_is_not(
    legal: Client, case: Case
) -> None:
    from probity.bundles.services import export_claim

    legal.post(f"/review/{case.pk}/bundles", ASK)
    first = export_claim()
    assert first is not None
    assert export_claim() is None
    Export.objects.update(lease_until=now() - timedelta(seconds=1))
    again = export_claim()
    assert again is not None
    assert again.pk == first.pk
