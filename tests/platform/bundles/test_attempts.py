"""Two workers at one bundle: the one that comes too late changes nothing of what is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from probity.audit.models import AuditEvent
from probity.bundles import services
from probity.bundles.models import Export
from probity.bundles.services import (
    export_build,
    export_claim,
    export_destroy,
    export_request,
)
from probity.cases.models import Case
from probity.evidence.models import CustodyEvent
from probity.evidence.selectors import bundle_open

pytestmark = pytest.mark.django_db
Kept = Callable[[], list[str]]


@pytest.fixture
def plain(db: None) -> Case:
    """A case without files: what is built here is small."""
    from uuid import uuid4

    from probity.cases.notice import notice_read
    from probity.cases.services import case_open, report_add

    notice = notice_read(
        {"category": "other", "explanation": "This.", "places": "DE"}, has_file=True
    )
    case = case_open(case_id=uuid4(), notice=notice, actor="reporter")
    report_add(case=case, notice=notice, channel="web", actor="reporter")
    return case


@pytest.fixture
def asked(plain: Case) -> Export:
    return export_request(
        case=plain, profile="court", purpose="Court file 7", recipient="The court", why="",
        person=None, actor="system",
    )  # fmt: skip


@pytest.fixture
def kept(evidence_store: Path) -> Kept:
    folder = evidence_store / "evidence" / "bundles"
    return lambda: sorted(path.name for path in folder.rglob("*") if path.is_file())


def claimed() -> Export:
    """The next worker's, once the lease of the one before has run out."""
    Export.objects.filter(state="building").update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    export = export_claim()
    assert export is not None
    return export


def test_a_late_worker_leaves_the_finished_bundle_alone(
    asked: Export, kept: Kept, django_capture_on_commit_callbacks: Any
) -> None:
    late, quick = claimed(), claimed()
    assert late.claim != quick.claim
    with django_capture_on_commit_callbacks(execute=True):
        export_build(quick)
        with bundle_open(quick.storage_name) as handle:
            bytes_before = handle.read()
        export_build(late)
    asked.refresh_from_db()
    assert (asked.state, asked.claim, asked.sha256) == ("done", quick.claim, quick.sha256)
    assert kept() == [f"{quick.claim.hex}.zip"] if quick.claim else False
    with bundle_open(asked.storage_name) as handle:
        assert handle.read() == bytes_before
    assert AuditEvent.objects.filter(name="bundle.exported").count() == 1


def test_a_late_failure_does_not_end_what_another_builds(
    asked: Export, kept: Kept, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    late, quick = claimed(), claimed()
    real = services.bundle_write

    def broken(*_: object, **__: object) -> None:
        raise OSError("no space left")

    with django_capture_on_commit_callbacks(execute=True):
        monkeypatch.setattr(services, "bundle_write", broken)
        export_build(late)
        asked.refresh_from_db()
        assert (asked.state, asked.error) == ("building", "")
        monkeypatch.setattr(services, "bundle_write", real)
        export_build(quick)
    asked.refresh_from_db()
    assert asked.state == "done"
    assert len(kept()) == 1
    assert not AuditEvent.objects.filter(name="bundle.failed").exists()
    assert not CustodyEvent.objects.filter(action="exported").exists()


def test_what_a_killed_worker_left_goes_with_the_end_and_with_the_bundle(
    asked: Export, kept: Kept, evidence_store: Path, django_capture_on_commit_callbacks: Any
) -> None:
    dead, quick = claimed(), claimed()
    left = evidence_store / "evidence" / dead.storage_name
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a bundle")
    with django_capture_on_commit_callbacks(execute=True):
        export_build(quick)
    assert len(kept()) == 1
    left.write_bytes(b"half a bundle")
    with django_capture_on_commit_callbacks(execute=True):
        export_destroy(export=quick, actor="system", why="test")
        export_build(dead)
    assert kept() == []
