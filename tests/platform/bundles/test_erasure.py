"""Erased data is gone from database and bundles; the chain still verifies."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.bundle import standalone
from probity.audit.keys import log_verify_key
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.models import Case, ReporterContact

pytestmark = pytest.mark.django_db


def test_what_is_erased_is_gone_and_the_log_is_whole(
    case: Case, bundle: Callable[..., Path]
) -> None:
    report = case.reports.get()
    call_command("report_erase", str(report.pk))
    assert not ReporterContact.objects.exists()
    report.refresh_from_db()
    assert (report.explanation, report.url, report.salts) == ("", "", {})
    assert chain_verify(case_chain(case.pk)).intact
    path = bundle(case, "full", why="Ordered.")
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    for words in (b"The day is wrong.", b"reporter@example.org"):
        assert [name for name, data in held.items() if words in data] == []
    # where the content was belongs to what whoever published it is told
    naming = [name for name, data in held.items() if b"https://example.org/1" in data]
    assert all("/statements/" in name or "/notices/" in name for name in naming)
    assert standalone.verify(str(path), log_verify_key().text).failed == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE payload::text LIKE '%reporter@%'")
        assert cursor.fetchone() == (0,)


def test_an_unknown_report_is_refused(case: Case) -> None:
    for name in ("nonsense", str(case.pk)):
        with pytest.raises(CommandError, match="no report"):
            call_command("report_erase", name)
