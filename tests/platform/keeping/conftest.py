"""Decided cases with files, made quickly, and people who may hold and erase."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from probity.accounts.actors import Actor, person_actor
from probity.bundles.models import Export
from probity.cases.models import Case, CaseState, Report
from probity.cases.notice import notice_read
from probity.cases.services import case_move, case_open, item_add, report_add
from probity.core.clock import now
from probity.evidence.models import Asset
from probity.evidence.probes import Probe
from probity.evidence.services import asset_keep, bundle_keep, derivative_keep
from probity.evidence.uploads import stream_receive

Made = Callable[..., Case]
PROBE = Probe(kind="image", media_type="image/jpeg", format="jpeg", bytes=25, width=4, height=4)


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, settings: Any) -> None:
    """A ledger and kept checkpoints of the test's own."""
    settings.CHECKPOINT_DIR = tmp_path / "checkpoints"
    settings.ERASURE_LEDGER = tmp_path / "erasures.jsonl"


@pytest.fixture
def legal(person: Callable[..., Any]) -> Actor:
    return person_actor(person("lex", "legal", "reviewer"))


@pytest.fixture
def administrator(person: Callable[..., Any]) -> Actor:
    return person_actor(person("root", "administrator"))


@pytest.fixture
def stored(evidence_store: Path) -> Callable[[str], bytes]:
    """All that the store holds of a name's beginning, joined."""

    def read(part: str = "") -> bytes:
        folder = evidence_store / "evidence"
        found = [path for path in folder.rglob("*") if path.is_file() and part in str(path)]
        return b"".join(path.read_bytes() for path in sorted(found))

    return read


@pytest.fixture
def made(tmp_path: Path, db: None) -> Made:
    """A case with one report, one file with a preview, and a stored bundle; decided if asked."""

    def make(
        *, data: bytes = b"", category: str = "defamation", days_ago: int | None = None,
        words: str = "Ada Lovelace says this is her.",
    ) -> Case:  # fmt: skip
        from uuid import uuid4

        data = data or b"original-" + os.urandom(16)
        notice = notice_read(
            {
                "category": category, "explanation": words, "email": "ada@example.org",
                "url": "https://example.org/ada",
            },
            has_file=True,
        )  # fmt: skip
        case = case_open(case_id=uuid4(), notice=notice, actor="reporter")
        report, _ = report_add(case=case, notice=notice, channel="web", actor="reporter")
        item_add(case=case, asset=_asset(case, data), report=report)
        export = _bundle(case)
        if days_ago is not None:
            _decided(case, days_ago)
        assert export.pk
        case.refresh_from_db()
        return case

    def _asset(case: Case, data: bytes) -> Asset:
        with stream_receive(io.BytesIO(data), name="a.jpg") as received:
            asset = asset_keep(received=received, probe=PROBE, actor="reporter", case=case.pk)
        for preview, concealed in (("view", False), ("sheet", True)):
            derivative_keep(
                asset=asset, name=preview, media_type="image/png", data=b"preview-" + data,
                producer="test 1", size=(4, 4), concealed=concealed,
            )  # fmt: skip
        return asset

    def _bundle(case: Case) -> Export:
        export = Export.objects.create(
            case=case, profile="court", purpose="Court", recipient="The court", asked_at=now(),
            state="done", sha256="0" * 64, ended_at=now(),
        )  # fmt: skip
        path = tmp_path / "incoming" / export.pk.hex
        path.write_bytes(b"bundle-" + export.pk.bytes)
        bundle_keep(path, name=export.storage_name)
        return export

    def _decided(case: Case, days_ago: int) -> None:
        for state in (CaseState.IN_REVIEW, CaseState.DECIDED):
            case_move(case=case, to=state, actor="system")
        at = now() - timedelta(days=days_ago)
        Case.objects.filter(pk=case.pk).update(decided_at=at, opened_at=at)
        Report.objects.filter(case=case).update(received_at=at)

    return make


@pytest.fixture
def words_left() -> Callable[[Case], set[str]]:
    """Which personal words the whole database still holds."""

    def look(case: Case) -> set[str]:
        found = set()
        tables = connection.introspection.django_table_names(only_existing=True)
        with connection.cursor() as cursor:
            for word in ("Lovelace", "ada@example.org", "example.org/ada"):
                for table in tables:
                    cursor.execute(
                        f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{word}%"]
                    )
                    if cursor.fetchone()[0]:
                        found.add(f"{table}: {word}")
        assert case.pk
        return found

    return look


@pytest.fixture
def freezer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let so many days pass, for the product's clock and its own rows alike."""
    from django.utils import timezone

    passed = timedelta()

    def later(**length: float) -> None:
        nonlocal passed
        passed += timedelta(**length)

    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + passed)
    return later
