"""Nothing personal reaches logs or the audit trail."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from probity.audit.commitments import commitment_opens
from probity.audit.models import AuditEvent
from probity.cases.models import Report, ReporterContact
from probity.core.logs import RedactingFormatter, redact

SECRETS = ("ada@example.org", "Ada Lovelace", "https://example.org/p/1", "Please take it down.")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Authorization: Token prb_abcdefgh12345", "Authorization: Token [token]"),
        ("token prb_abcdefgh12345 used", "token [token] used"),
        ("GET /status/Zm9vYmFyYmF6 200", "GET /status/[receipt] 200"),
        ("mail to ada.l+x@example.org failed", "mail to [e-mail] failed"),
        ("from 203.0.113.7: refused", "from [address]: refused"),
        ("version 1.2.3 of 5 files", "version 1.2.3 of 5 files"),
    ],
)
def test_log_lines_are_redacted(line: str, shown: str) -> None:
    assert redact(line) == shown


def test_tracebacks_are_redacted_too() -> None:
    try:
        raise ValueError("ada@example.org")
    except ValueError:
        import sys

        record = logging.LogRecord("x", 40, "f", 1, "bad %s", ("203.0.113.9",), sys.exc_info())
    text = RedactingFormatter("{message}", style="{").format(record)
    assert "ada@example.org" not in text
    assert "203.0.113.9" not in text
    assert "[e-mail]" in text


@pytest.mark.django_db
def test_the_trail_of_a_report_names_nobody(client_for: Callable[..., APIClient]) -> None:
    client = client_for("ada", "administrator")
    answer = client.post(
        "/api/v1/reports",
        {
            "category": "intimate", "explanation": SECRETS[3], "url": SECRETS[2],
            "email": SECRETS[0], "signature": SECRETS[1], "good_faith": True, "depicted": True,
        },
        format="json",
    )  # fmt: skip
    assert answer.status_code == 201
    case = client.get(f"/api/v1/cases/{answer.json()['case']}")
    trail = json.dumps(list(AuditEvent.objects.values_list("payload", "actor")), default=str)
    for secret in SECRETS:
        assert secret not in trail
    assert SECRETS[0] not in case.content.decode()
    assert SECRETS[1] not in case.content.decode()
    facts = case.json()["evaluation"]["facts"]
    assert facts["request_valid"] == {"value": True, "source": "requester"}


@pytest.mark.django_db
def test_a_commitment_can_be_opened_until_its_salt_is_gone(
    client_for: Callable[..., APIClient],
) -> None:
    body = {"category": "other", "explanation": SECRETS[3], "sha256": "a" * 64}
    client_for().post("/api/v1/reports", body, format="json")
    report = Report.objects.get()
    digest = AuditEvent.objects.get(name="report.received").payload["explanation"]
    salt = report.salts["explanation"]
    assert commitment_opens(digest=digest, salt=salt, value=SECRETS[3])
    assert not commitment_opens(digest=digest, salt=salt, value="Something else.")
    assert not commitment_opens(digest=digest, salt="", value=SECRETS[3])
    assert not ReporterContact.objects.exists()
