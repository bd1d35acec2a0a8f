"""Signed checkpoints against a superuser who may do anything with the database."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from foundation import chain as links
from foundation.log import HeadStatement, checkpoint_open, consistency_holds, inclusion_holds
from probity.audit.checkpoints import checkpoint_make
from probity.audit.keys import log_verify_key
from probity.audit.models import AuditChain, AuditEvent, LogCheckpoint, LogLeaf, LogNode
from probity.audit.proofs import consistency_of, inclusion_of
from probity.audit.services import as_link, event_append
from probity.audit.witness import log_witness

pytestmark = pytest.mark.django_db
Make = Callable[[], "LogCheckpoint | None"]
PAYLOAD = {"token": "t", "person": "p"}


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, settings: Any) -> Path:
    settings.CHECKPOINT_DIR = tmp_path / "outside"
    return tmp_path / "outside"


def happen(chain: str, times: int = 1) -> None:
    for _ in range(times):
        with transaction.atomic():
            event_append(chain=chain, name="token.revoked", actor="system", payload=PAYLOAD)


def verified(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command("audit_verify", "--json", *arguments, stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.fixture
def make(django_capture_on_commit_callbacks: Any) -> Make:
    """Make a checkpoint as a worker does, with what follows its commit."""

    def once() -> LogCheckpoint | None:
        with django_capture_on_commit_callbacks(execute=True):
            return checkpoint_make()

    return once


@pytest.fixture
def log(make: Make) -> list[LogCheckpoint]:
    """Five chains, three checkpoints of 5, 7 and 8 statements."""
    made = []
    for number in range(5):
        happen(f"case:{number}", number + 2)
    made.append(make())
    happen("case:1")
    happen("case:3", 2)
    made.append(make())
    happen("case:4")
    made.append(make())
    return [row for row in made if row]


def test_what_moved_is_signed_and_kept_outside(
    log: list[LogCheckpoint], make: Make, outside: Path
) -> None:
    assert [row.size for row in log] == [5, 7, 8]
    assert make() is None
    names = sorted(path.name for path in outside.iterdir())
    assert names == ["000000000005.note", "000000000007.note", "000000000008.note", "log.vkey"]
    for row in log:
        note = (outside / f"{row.size:012d}.note").read_text()
        opened = checkpoint_open(note, log_verify_key())
        assert (opened.size, opened.root.hex()) == (row.size, row.root)
    assert (outside / "log.vkey").read_text().strip() == log_verify_key().text
    assert verified()[0] == 0


def test_every_chain_proves_itself_under_the_newest_root(log: list[LogCheckpoint]) -> None:
    for number in range(5):
        proof = inclusion_of(f"case:{number}")
        assert proof is not None
        head = AuditChain.objects.get(name=f"case:{number}")
        assert (proof.leaf.events, proof.leaf.head) == (head.events, head.head)
        assert inclusion_holds(
            _leaf(proof.leaf), index=proof.leaf.index, size=8, proof=proof.path,
            root=bytes.fromhex(log[-1].root),
        )  # fmt: skip
    assert inclusion_of("case:unknown") is None


def _leaf(row: LogLeaf) -> bytes:
    return HeadStatement(chain=row.chain, events=row.events, head=row.head).leaf


def test_each_checkpoint_only_adds_to_the_one_before(log: list[LogCheckpoint]) -> None:
    for old, new in ((log[0], log[1]), (log[0], log[2]), (log[1], log[2])):
        assert consistency_holds(
            old.size, new.size, old_root=bytes.fromhex(old.root),
            new_root=bytes.fromhex(new.root), proof=consistency_of(old, new),
        )  # fmt: skip


def test_an_altered_event_is_named(
    log: list[LogCheckpoint], guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    AuditEvent.objects.filter(chain_id="case:2", seq=2).update(actor="somebody else")
    status, report = verified()
    assert status == 1
    assert [(row["chain"], row["wrong"], row["place"]) for row in report["broken"]] == [
        ("case:2", "altered", 2)
    ]


def rechained(chain: str, *, from_place: int) -> None:
    """Alter an event and hash everything after it anew, head included: the chain looks whole."""
    prev = ""
    for event in AuditEvent.objects.filter(chain_id=chain).order_by("seq"):
        if event.seq == from_place:
            event.payload = {**PAYLOAD, "token": "forged"}
        if event.seq >= from_place:
            event.prev = prev or event.prev
            event.hash = links.event_hash(as_link(event))
            event.save()
        prev = event.hash
    AuditChain.objects.filter(name=chain).update(head=prev)


def test_a_chain_written_anew_from_some_event_on_is_found(
    log: list[LogCheckpoint], guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    rechained("case:3", from_place=4)
    assert links.verify(
        "case:3", (as_link(e) for e in AuditEvent.objects.filter(chain_id="case:3"))
    ).intact
    status, report = verified()
    assert status == 1
    assert report["broken"][0]["wrong"] == "forked"
    assert report["broken"][0]["chain"] == "case:3"


def test_a_forger_who_also_rewrites_the_log_meets_the_kept_notes(
    log: list[LogCheckpoint], guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    rechained("case:3", from_place=4)
    head = AuditChain.objects.get(name="case:3")
    LogLeaf.objects.filter(chain="case:3", events=5).delete()
    LogLeaf.objects.filter(chain="case:3").update(head=head.head)
    LogNode.objects.all().delete()
    status, report = verified()
    assert status == 1
    assert not report["log"]["intact"]


def test_a_chain_taken_away_whole_is_missed(
    log: list[LogCheckpoint], guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    AuditEvent.objects.filter(chain_id="case:2").delete()
    AuditChain.objects.filter(name="case:2").delete()
    status, report = verified()
    assert status == 1
    assert [(row["chain"], row["wrong"]) for row in report["broken"]] == [("case:2", "truncated")]


def test_yesterday_s_database_is_found(
    log: list[LogCheckpoint], guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    event = AuditEvent.objects.filter(chain_id="case:4").order_by("-seq").first()
    assert event is not None
    AuditChain.objects.filter(name="case:4").update(events=event.seq - 1, head=event.prev)
    event.delete()
    LogCheckpoint.objects.filter(size=8).delete()
    LogLeaf.objects.filter(index=7).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_node WHERE (place + 1) << level > 7")
    assert all(
        links.verify(name, (as_link(e) for e in AuditEvent.objects.filter(chain_id=name))).intact
        for name in AuditChain.objects.values_list("name", flat=True)
    )
    status, report = verified()
    assert status == 1
    (finding,) = report["log"]["findings"]
    assert finding["wrong"] == "truncated"
    assert "older state" in finding["sentence"]


def test_notes_that_were_altered_or_taken_away_are_named(
    log: list[LogCheckpoint], outside: Path
) -> None:
    note = outside / "000000000007.note"
    note.chmod(0o600)
    note.write_text(note.read_text().replace("\n7\n", "\n6\n"))
    (outside / "000000000005.note").unlink()
    findings = {finding.wrong: finding.sentence for finding in log_witness().findings}
    assert "000000000007.note" in findings["altered"]
    assert "removed" in findings


def test_what_was_not_kept_is_kept_with_the_next(
    log: list[LogCheckpoint], make: Make, outside: Path
) -> None:
    (outside / "000000000008.note").unlink()
    happen("case:0")
    assert make() is not None
    assert (outside / "000000000008.note").exists()
    assert verified()[0] == 0


def test_since_trusts_what_a_checkpoint_vouched_for(
    log: list[LogCheckpoint], guards_lifted: Callable[[], None]
) -> None:
    guards_lifted()
    AuditEvent.objects.filter(chain_id="case:2", seq=2).update(actor="somebody else")
    after = log[-1].at.isoformat()
    assert verified("--since", after)[1]["broken"] == []
    happen("case:2", 2)
    AuditEvent.objects.filter(chain_id="case:2", seq=6).update(actor="somebody else")
    (row,) = verified("--since", after)[1]["broken"]
    assert (row["wrong"], row["place"]) == ("altered", 6)


def test_the_operator_s_command_gets_the_note(
    log: list[LogCheckpoint], make: Make, tmp_path: Path, settings: Any
) -> None:
    published = tmp_path / "published"
    settings.CHECKPOINT_HOOK = f"tee {published}"
    happen("case:0")
    row = make()
    assert row is not None
    assert published.read_text() == row.note
    settings.CHECKPOINT_HOOK = "false"
    happen("case:0")
    assert make() is not None
