"""A backup was put back on purpose: the log tells of it, and nothing that was altered slips in."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from probity.audit.checkpoints import checkpoint_make
from probity.audit.models import AuditEvent, LogLeaf
from probity.audit.services import event_append
from probity.audit.witness import log_witness
from probity.workflow.instance_restored import RestoreUnlikely, instance_restored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, settings: Any) -> Path:
    settings.CHECKPOINT_DIR = tmp_path / "outside"
    return tmp_path / "outside"


@pytest.fixture
def happen(django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Events, and after each a checkpoint that is kept outside."""

    def run(*chains: str) -> None:
        for chain in chains:
            with transaction.atomic():
                event_append(
                    chain=chain, name="token.revoked", actor="system",
                    payload={"token": "t", "person": "p"},
                )  # fmt: skip
            with django_capture_on_commit_callbacks(execute=True):
                checkpoint_make()

    return run


@pytest.fixture
def restored(happen: Callable[..., None]) -> int:
    """Two statements, a backup, two more, and the backup put back; statements then."""
    happen("one", "two")
    saved = transaction.savepoint()
    happen("three", "four")
    transaction.savepoint_rollback(saved)
    return LogLeaf.objects.count()


def test_a_restore_is_recorded_and_the_lost_notes_stay(
    restored: int, outside: Path, happen: Callable[..., None]
) -> None:
    before = sorted(path.name for path in outside.glob("*.note"))
    assert {finding.wrong for finding in log_witness().findings} == {"truncated"}

    out = io.StringIO()
    call_command("restore_record", "--why", "the disk failed", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["notes"], told["statements"], told["lost"]) == (2, restored, 2)
    kept = sorted(path.name for path in Path(told["folder"]).iterdir())
    assert sorted([*kept, *(path.name for path in outside.glob("*.note"))]) == before
    event = AuditEvent.objects.get(name="instance.restored")
    assert event.payload["newest_size"] == restored + 2

    happen("five", "six", "seven")
    assert log_witness().intact
    out = io.StringIO()
    call_command("restore_record", "--why", "again", stdout=out)
    assert "nothing to record" in out.getvalue()


def test_what_a_restore_does_not_explain_is_refused(
    restored: int, outside: Path, guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_leaf SET events = events + 1 WHERE index = %s", [restored - 1])
    with pytest.raises(RestoreUnlikely, match="written anew"):
        instance_restored(why="it looked like a restore")
    assert not [path for path in outside.iterdir() if path.is_dir()]
    assert not AuditEvent.objects.filter(name="instance.restored").exists()
