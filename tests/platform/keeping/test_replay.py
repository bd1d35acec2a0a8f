"""A restored backup brings erased data back; the ledger takes them away again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from probity.accounts.actors import Actor
from probity.audit.erasures import ledger_append, ledger_path, ledger_read
from probity.cases.models import Case, EvidenceItem, Report, ReporterContact
from probity.evidence.models import Derivative
from probity.keeping.erasing import erasures_run
from probity.keeping.holds import hold_place
from probity.keeping.replay import erasures_replay
from probity.keeping.requests import erasure_approve, erasure_ask_reporter

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]
TABLES = (
    "evidence_asset", "evidence_derivative", "cases_report", "cases_reporter_contact",
    "cases_evidence_item", "bundles_export", "keeping_erasure", "outbox_message",
)  # fmt: skip


class Backup:
    """Rows of the tables that erasure touches, and the store, as they were."""

    def __init__(self, store: Path, lift: Callable[[], None]) -> None:
        self.store, self.lift = store, lift
        shutil.copytree(store, store.with_name("backup"))
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"CREATE TEMP TABLE kept_{table} ON COMMIT DROP AS TABLE {table}")

    def restore(self) -> None:
        self.lift()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table}")
                cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        shutil.rmtree(self.store)
        shutil.copytree(self.store.with_name("backup"), self.store)


@pytest.fixture
def erased(
    made: Made, legal: Actor, evidence_store: Path, guards_lifted: Callable[[], None],
    django_capture_on_commit_callbacks: Any,
) -> tuple[Case, Backup]:  # fmt: skip
    """A case whose data were erased after the backup was taken."""
    case = made()
    backup = Backup(evidence_store / "evidence", guards_lifted)
    row = erasure_ask_reporter(report=case.reports.get(), files=True, words="Ada Lovelace asks.")
    erasure_approve(request=row, actor=legal)
    with django_capture_on_commit_callbacks(execute=True):
        assert erasures_run() == 1
    return case, backup


def test_what_came_back_goes_again_and_a_second_run_changes_nothing(
    erased: tuple[Case, Backup], stored: Callable[..., bytes],
    words_left: Callable[[Case], set[str]], django_capture_on_commit_callbacks: Any, capsys: Any,
) -> None:  # fmt: skip
    case, backup = erased
    before = ledger_path().read_bytes()
    backup.restore()
    assert Report.objects.get().explanation
    assert ReporterContact.objects.exists()
    assert b"original-" in stored()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erasures_replay", "--json")
    told = json.loads(capsys.readouterr().out)
    assert sorted(line.split()[0] for line in told["again"]) == ["asset", "export", "report"]
    assert stored() == b""
    assert not ReporterContact.objects.exists()
    assert not Derivative.objects.filter(destroyed_at=None).exists()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS kept_{table}")
    assert words_left(case) == set()
    assert ledger_path().read_bytes() == before, "a replay adds nothing to the ledger"
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erasures_replay", "--json")
    again = json.loads(capsys.readouterr().out)
    assert (again["again"], again["gone"]) == ([], 4)
    call_command("audit_verify")


def test_bytes_that_were_received_anew_are_left_alone(
    erased: tuple[Case, Backup], made: Made, stored: Callable[..., bytes]
) -> None:
    case, _ = erased
    ledger_append(kind="asset", id="f" * 64, case=str(case.pk), why="a file unknown here")
    made(data=b"original-anew")
    ledger = ledger_path()
    made_before = ledger.read_bytes()
    told = erasures_replay()
    assert told.again == []
    assert b"original-anew" in stored()
    assert ledger.read_bytes() == made_before


def test_the_same_bytes_sent_again_after_their_erasure_stay(
    made: Made, legal: Actor, stored: Callable[..., bytes], django_capture_on_commit_callbacks: Any
) -> None:
    case = made(data=b"original-twice")
    row = erasure_ask_reporter(report=case.reports.get(), files=True, words="")
    erasure_approve(request=row, actor=legal)
    with django_capture_on_commit_callbacks(execute=True):
        assert erasures_run() == 1
    assert stored() == b""
    made(data=b"original-twice")
    told = erasures_replay()
    assert (told.anew, told.again) == (1, [])
    assert b"original-twice" in stored()


def test_a_hold_that_came_back_too_is_told_and_not_broken(
    erased: tuple[Case, Backup], legal: Actor, capsys: Any
) -> None:
    case, backup = erased
    backup.restore()
    hold_place(case=case, kind="authority", reason="Came back.", reference="A-1", actor=legal)
    with pytest.raises(SystemExit):
        call_command("erasures_replay")
    assert "Kept by a legal hold: report" in capsys.readouterr().out
    assert Report.objects.get().explanation
    assert EvidenceItem.objects.get().asset.destroyed_at is None


def test_an_altered_ledger_destroys_nothing(erased: tuple[Case, Backup], capsys: Any) -> None:
    _, backup = erased
    backup.restore()
    path = ledger_path()
    whole = path.read_text()
    lines = whole.splitlines(keepends=True)
    for forged in (
        whole.replace('"why": "erasure request"', '"why": "x"', 1),
        "".join(lines[1:]),
        lines[0] + "".join(lines[2:]),
    ):
        path.write_text(forged)
        assert not ledger_read().sound
        with pytest.raises(CommandError, match="Nothing was destroyed"):
            call_command("erasures_replay")
    with pytest.raises(SystemExit):
        call_command("erasures_replay", "--check")
    assert Report.objects.get().explanation


def test_a_line_torn_by_a_crash_does_not_break_the_ledger(settings: Any) -> None:
    for number in range(3):
        ledger_append(kind="report", id=str(number), case="c", why="w")
    path = ledger_path()
    with path.open("a") as handle:
        handle.write('{"chain": "erasures", "seq": 4, "na')
    assert [line.id for line in ledger_read().lines] == ["0", "1", "2"]
    ledger_append(kind="report", id="3", case="c", why="w")
    ledger = ledger_read()
    assert ledger.sound
    assert [line.id for line in ledger.lines] == ["0", "1", "2", "3"]
    assert path.stat().st_mode & 0o077 == 0
