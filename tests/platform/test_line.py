"""The thin line through the API: report, findings, facts, decision, statement, proof."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from PIL import Image
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db(transaction=False)


def picture(seed: int = 1, size: tuple[int, int] = (640, 480)) -> SimpleUploadedFile:
    generator = np.random.default_rng(seed)
    base = np.linspace(0, 255, size[0], dtype=np.float32)[None, :, None].repeat(size[1], 0)
    noise = generator.normal(0, 12, (size[1], size[0], 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(base + noise, 0, 255).astype("uint8")).save(out, "JPEG", quality=88)
    return SimpleUploadedFile("holiday.jpg", out.getvalue(), "image/jpeg")


def report(client: APIClient, **fields: Any) -> Any:
    body = {"category": "intimate", "explanation": "This is me and it is not real.", **fields}
    key = body.pop("key", None)
    headers = {"idempotency-key": key} if key else {}
    return client.post("/api/v1/reports", body, format="multipart", headers=headers)


@pytest.fixture
def line(
    client_for: Callable[..., APIClient],
    work: Callable[[], int],
    django_capture_on_commit_callbacks: Any,
) -> tuple[APIClient, str]:
    """A client and a case whose picture has been analysed."""
    client = client_for("ada", "administrator")
    answer = report(client, file=picture(), places="US-CA", depicted="true")
    assert answer.status_code == 201, answer.json()
    assert work() == 1
    return client, answer.json()["case"]


def test_a_report_becomes_a_decided_case_that_proves_itself(
    line: tuple[APIClient, str], capsys: pytest.CaptureFixture[str]
) -> None:
    client, case_id = line
    case = client.get(f"/api/v1/cases/{case_id}").json()
    assert case["state"] == "open"
    assert case["analysis"]["state"] == "done"
    assert case["places"] == ["US-CA"]
    assert [item["kind"] for item in case["evidence"]] == ["image"]
    kinds = {row["kind"] for row in case["findings"]}
    assert kinds == {"detector", "match", "provenance"}
    assert all(row["sentence"] and row["input_sha256"] for row in case["findings"])
    assert case["provenance"]["credentials"] == "absent"
    assert case["assessment"]["status"] in {"ok", "abstained"}
    rules = {rule["id"]: rule for rule in case["evaluation"]["rules"]}
    removal = rules["us-tida-notice-removal"]
    assert removal["outcome"] == "unknown"
    assert any(duty["due"] for duty in removal["obligations"])

    assert client.post(f"/api/v1/cases/{case_id}/claim").status_code == 200
    names = [question["fact"] for question in removal["ask"]]
    facts = dict.fromkeys(names, True) | {"consent_to_publication": False}
    facts |= {"intimate": True, "depicts_identifiable_person": True}
    facts |= {"request_valid": True, "covered_platform": True}
    answered = client.post(f"/api/v1/cases/{case_id}/facts", facts, format="json").json()
    outcomes = {rule["id"]: rule["outcome"] for rule in answered["rules"]}
    assert outcomes["us-tida-notice-removal"] == "applies"

    decided = client.post(
        f"/api/v1/cases/{case_id}/decisions",
        {
            "action": "remove",
            "reason": "Shown without consent.",
            "rules": ["us-tida-notice-removal"],
        },
        format="json",
    )
    assert decided.status_code == 201, decided.json()
    statement = client.get(f"/api/v1/cases/{case_id}/statement").json()
    assert "Shown without consent." in statement["text"]
    assert "TAKE IT DOWN" in statement["text"]
    assert "Complain" in statement["text"]

    case = client.get(f"/api/v1/cases/{case_id}").json()
    assert case["state"] == "decided"
    assert case["audit"]["intact"] is True
    assert case["audit"]["events"] > 8
    assert [row["action"] for row in case["decisions"]] == ["remove"]
    call_command("audit_verify", "--json")
    proof = json.loads(capsys.readouterr().out)
    assert proof["intact"] is True
    assert proof["chains"] == 2


def test_a_changed_mind_supersedes(line: tuple[APIClient, str]) -> None:
    client, case_id = line
    for action in ("label", "no_action"):
        answer = client.post(
            f"/api/v1/cases/{case_id}/decisions",
            {"action": action, "reason": "On reflection.", "rules": []},
            format="json",
        )
        assert answer.status_code == 201, answer.json()
    first, second = client.get(f"/api/v1/cases/{case_id}").json()["decisions"]
    assert second["supersedes"] == first["id"]


def test_two_people_never_hold_one_case(
    line: tuple[APIClient, str], client_for: Callable[..., APIClient]
) -> None:
    client, case_id = line
    assert client.post(f"/api/v1/cases/{case_id}/claim").status_code == 200
    other = client_for("grace", "reviewer")
    refused = other.post(f"/api/v1/cases/{case_id}/claim")
    assert refused.status_code == 409
    assert "ada holds this case until " in refused.json()["detail"]
    assert (
        other.post(f"/api/v1/cases/{case_id}/facts", {"intimate": True}, format="json").status_code
        == 409
    )


def test_the_same_key_gets_the_same_answer(client_for: Callable[..., APIClient]) -> None:
    client = client_for()
    first = report(client, file=picture(), key="abc")
    again = report(client, file=picture(), key="abc")
    other = report(client, file=picture(2), key="abc")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()


def test_identical_bytes_are_stored_once(
    client_for: Callable[..., APIClient], stored_files: Callable[[], list[Path]]
) -> None:
    client = client_for()
    first = report(client, file=picture()).json()
    again = report(client, file=picture(), category="defamation").json()
    assert first["case"] != again["case"]
    assert len(stored_files()) == 1


def test_a_scope_that_is_missing_is_named(client_for: Callable[..., APIClient]) -> None:
    client = client_for("ada", "administrator", scopes=("cases:read",))
    refused = report(client, file=picture())
    assert refused.status_code == 403
    assert "reports:write" in refused.json()["detail"]


def test_no_token_no_answer(db: None) -> None:
    answer = APIClient().get("/api/v1/cases")
    assert answer.status_code == 401
    assert answer["content-type"] == "application/problem+json"
    assert answer["www-authenticate"] == "Token"


def test_sealing_destroys_derivatives_and_ends_decoding(
    line: tuple[APIClient, str],
    stored_files: Callable[[], list[Path]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client, case_id = line
    sha256 = client.get(f"/api/v1/cases/{case_id}").json()["evidence"][0]["sha256"]
    before = len(stored_files())
    assert before > 2
    with django_capture_on_commit_callbacks(execute=True):
        sealed = client.post(f"/api/v1/cases/{case_id}/assets/{sha256}/seal")
    assert sealed.status_code == 204
    assert [path.name for path in stored_files()] == [sha256]
    again = report(client, file=picture(), category="defamation")
    case = client.get(f"/api/v1/cases/{again.json()['case']}").json()
    assert case["evidence"][0]["sealed"] is True
    assert case["analysis"]["state"] == "none"
    assert len(stored_files()) == 1


def test_a_report_about_a_minor_is_never_decoded(
    client_for: Callable[..., APIClient], work: Callable[[], int]
) -> None:
    client = client_for()
    answer = report(client, file=picture(), may_show_minor="true")
    case = client.get(f"/api/v1/cases/{answer.json()['case']}").json()
    assert case["evidence"][0]["sealed"] is True
    assert case["evidence"][0]["kind"] is None
    assert work() == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = %s",
        "UPDATE audit_event SET actor = actor || 'x' WHERE id = %s",
        "UPDATE audit_event SET payload = payload || '{\"x\": 1}' WHERE id = %s",
        "UPDATE audit_event SET name = 'case.opened2' WHERE id = %s",
        "UPDATE audit_event SET hash = translate(hash, '0123456789', '1234567890') WHERE id = %s",
        "UPDATE audit_event SET prev = translate(prev, '0123456789', '1234567890') WHERE id = %s",
        "DELETE FROM audit_event WHERE id = %s",
    ],
)
def test_one_altered_byte_is_named(
    line: tuple[APIClient, str],
    guards_lifted: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
    change: str,
) -> None:
    from probity.audit.models import AuditEvent

    _, case_id = line
    victim = AuditEvent.objects.filter(chain_id=f"case:{case_id}").order_by("seq")[3]
    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(change, [victim.pk])
        guards_lifted()
        cursor.execute(change, [victim.pk])
    with pytest.raises(SystemExit) as stop:
        call_command("audit_verify", "--json")
    assert stop.value.code == 1
    [broken] = json.loads(capsys.readouterr().out)["broken"]
    assert broken["chain"] == f"case:{case_id}"
    assert broken["place"] == victim.seq


def test_the_schema_is_valid_openapi(db: None) -> None:
    answer = APIClient().get("/api/schema/?format=json")
    assert answer.status_code == 200
    document = json.loads(answer.content)
    assert document["openapi"].startswith("3.")
    assert {"/api/v1/reports", "/api/v1/cases/{case_id}/decisions"} <= set(document["paths"])


def test_a_place_that_a_reviewer_adds_brings_its_law(client_for: Callable[..., APIClient]) -> None:
    client = client_for("ada", "administrator")
    body = {"category": "other", "explanation": "Look.", "sha256": "b" * 64}
    case_id = client.post("/api/v1/reports", body, format="json").json()["case"]

    def outcome(evaluation: Any) -> str:
        [rule] = [rule for rule in evaluation["rules"] if rule["id"] == "us-ca-ab730"]
        return str(rule["outcome"])

    assert outcome(client.get(f"/api/v1/cases/{case_id}").json()["evaluation"]) == "unknown"
    answer = client.post(f"/api/v1/cases/{case_id}/places", {"places": "DE"}, format="json")
    assert outcome(answer.json()) == "does_not_apply"
    assert client.get(f"/api/v1/cases/{case_id}").json()["places"] == ["DE"]
    wrong = client.post(f"/api/v1/cases/{case_id}/places", {"places": "Berlin"}, format="json")
    assert wrong.status_code == 422


def test_a_target_of_our_own_never_hides_the_clock_of_the_law(
    client_for: Callable[..., APIClient],
) -> None:
    client = client_for("ada", "administrator")
    body = {"category": "intimate", "explanation": "Me.", "sha256": "c" * 64, "places": "US"}
    case = client.post("/api/v1/reports", body, format="json").json()["case"]
    shown = client.get(f"/api/v1/cases/{case}").json()
    opened, due = (datetime.fromisoformat(shown[name]) for name in ("opened_at", "due_at"))
    assert due - opened == timedelta(hours=48)


def test_sealing_on_receipt_ends_the_work_on_an_earlier_copy(
    client_for: Callable[..., APIClient], work: Callable[[], int]
) -> None:
    client = client_for("ada", "administrator")
    earlier = report(client, file=picture()).json()["case"]
    assert report(client, file=picture(), may_show_minor="true").status_code == 201
    assert work() == 0
    assert client.get(f"/api/v1/cases/{earlier}").json()["analysis"]["state"] == "cancelled"


def test_sealing_a_file_makes_every_case_that_holds_it_urgent(
    client_for: Callable[..., APIClient], django_capture_on_commit_callbacks: Any
) -> None:
    client = client_for("ada", "administrator")
    earlier = report(client, file=picture(), category="defamation").json()["case"]
    with django_capture_on_commit_callbacks(execute=True):
        again = report(client, file=picture(), category="other", may_show_minor="true").json()
    assert again["case"] != earlier
    why = client.get(f"/api/v1/cases/{earlier}").json()["priority_why"]
    assert "A file may show a minor; it is sealed." in [reason["sentence"] for reason in why]


def test_the_log_vouches_for_a_findings_details_and_the_assessment(
    line: tuple[APIClient, str], guards_lifted: Callable[[], None]
) -> None:
    from probity.analysis.digest import run_digest
    from probity.analysis.models import Assessment, Finding, Run
    from probity.audit.models import AuditEvent

    run = Run.objects.get(case=line[1])
    recorded = AuditEvent.objects.get(name="run.finished").payload["digest"]
    assert run_digest(run) == recorded
    guards_lifted()
    finding = Finding.objects.filter(run=run).first()
    assert finding is not None
    before = finding.details
    Finding.objects.filter(pk=finding.pk).update(details={**before, "verdict": "trusted!"})
    assert run_digest(run) != recorded
    Finding.objects.filter(pk=finding.pk).update(details=before)
    assert run_digest(run) == recorded
    Assessment.objects.filter(run=run).update(sentence="It is genuine.")
    assert run_digest(run) != recorded


def test_a_misspelt_seal_category_stops_the_start(settings: Any) -> None:
    from probity.cases.checks import seal_categories_known

    settings.SEAL_CATEGORIES = ["intimate", "intimte"]
    [error] = seal_categories_known()
    assert "intimte" in error.msg
    settings.SEAL_CATEGORIES = ["intimate"]
    assert seal_categories_known() == []
