"""The index follows the table: own rows at once, other processes' within a second, and after any
death it comes back right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from django.db import connection

from probity.matching.index import Follower
from probity.matching.models import Bank, BankEntry, Signal

SQL = """
SELECT id, bit_count(('x' || encode(value, 'hex'))::bit(256) # %s::bit(256)) AS apart
  FROM matching_signal
 WHERE kind IN ('pdq', 'video')
   AND bit_count(('x' || encode(value, 'hex'))::bit(256) # %s::bit(256)) <= %s
"""
WRITER = """
import sys, time, psycopg
line = psycopg.connect(sys.argv[1])
rows = int(sys.argv[3])
for place in range(rows):
    line.execute(
        "INSERT INTO matching_signal (kind, value, turns, entry_id) VALUES ('pdq', %s, '', %s)",
        [bytes([place]) * 32, sys.argv[2]],
    )
    print("written", flush=True)
    if sys.argv[4] == "slow":
        time.sleep(0.05)
line.commit()
print("done", flush=True)
"""


@pytest.fixture
def follower() -> Iterator[Follower]:
    """An index of the test's own."""
    made = Follower()
    yield made
    made.close()


def entry() -> BankEntry:
    from probity.core.clock import now

    bank = Bank.objects.create(
        name="a", label="A", kind="known", source="s", licence="l", opened_at=now(), opened_by="x"
    )
    return BankEntry.objects.create(bank=bank, why="A trial.", added_at=now(), added_by="x")


def url() -> str:
    wanted = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return psycopg.conninfo.make_conninfo(**{n: str(wanted[n]) for n in names if wanted.get(n)})


#: A second is what the product means to keep; a machine that stalls may take longer.
SOON = 5


def write(owner: BankEntry, rows: int = 1, *, slow: bool = False) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url(), str(owner.pk), str(rows), "slow" if slow else ""],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def told(follower: Follower, value: bytes, *, within: float) -> float | None:
    """Seconds until a hash is found; None when it is not found in time."""
    begun = time.monotonic()
    while time.monotonic() - begun < within:
        if follower.near(value, radius=0):
            return time.monotonic() - begun
        time.sleep(0.01)
    return None


@pytest.mark.django_db
def test_index_and_sql_agree_at_every_distance(follower: Follower) -> None:
    generator = np.random.default_rng(5)
    owner = entry()
    codes = generator.integers(0, 256, (6000, 32), dtype=np.uint8)
    asked = codes[0].tobytes()
    for bits in range(41):
        flat = np.unpackbits(codes[0].copy())
        flat[generator.choice(256, bits, replace=False)] ^= 1
        codes[50 + bits] = np.packbits(flat)
    rows = [Signal(kind="pdq", value=code.tobytes(), entry=owner) for code in codes]
    half = len(rows) // 2
    Signal.objects.bulk_create(rows[:half])
    follower.near(asked, radius=0)
    Signal.objects.bulk_create(rows[half:])
    text = "".join(f"{byte:08b}" for byte in asked)
    for radius in (0, 16, 31, 40):
        with connection.cursor() as cursor:
            cursor.execute(SQL, [text, text, radius])
            expected = dict(cursor.fetchall())
        assert follower.near(asked, radius=radius) == expected
        assert set(range(radius + 1)) <= set(expected.values())


@pytest.mark.django_db
def test_a_row_that_is_gone_is_found_by_nobody_who_asks_properly() -> None:
    from probity.matching.lookup import signals_find
    from probity.matching.models import SignalKind

    value = b"\x11" * 32
    row = Signal.objects.create(kind="pdq", value=value, entry=entry())
    assert len(signals_find(kind=SignalKind.PDQ, value=value)) == 1
    row.delete()
    assert signals_find(kind=SignalKind.PDQ, value=value) == []


@pytest.mark.django_db
def test_many_new_rows_are_merged_beside_the_work(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    from probity.matching import held

    monkeypatch.setattr(held, "FRESH_MOST", 50)
    owner = entry()
    follower.near(bytes(32), radius=0)
    generator = np.random.default_rng(2)
    codes = generator.integers(0, 256, (200, 32), dtype=np.uint8)
    Signal.objects.bulk_create(
        Signal(kind="pdq", value=code.tobytes(), entry=owner) for code in codes
    )
    for _ in range(20):
        assert all(follower.near(code.tobytes(), radius=0) for code in codes[:5])
        time.sleep(0.01)
    found = [len(follower.near(code.tobytes(), radius=0)) for code in codes]
    assert found == [1] * 200
    assert follower.facts()["hashes"] >= 200


def test_another_process_is_heard_within_a_second(
    real_transactions: None, follower: Follower
) -> None:
    owner = entry()
    follower.near(bytes(32), radius=0)
    assert follower.facts()["listening"] == 1
    process = write(owner)
    process.communicate(timeout=120)
    waited = told(follower, bytes(32), within=60)
    assert waited is not None
    assert waited < SOON


def test_rows_that_commit_out_of_order_are_not_missed(
    real_transactions: None, follower: Follower
) -> None:
    """The lower numbers commit last: only the message tells of them."""
    owner = entry()
    follower.near(bytes(32), radius=0)
    with psycopg.connect(url()) as early:
        early.execute(
            "INSERT INTO matching_signal (kind, value, turns, entry_id)"
            " VALUES ('pdq', %s, '', %s)", [b"\x01" * 32, owner.pk],
        )  # fmt: skip
        Signal.objects.create(kind="pdq", value=b"\x02" * 32, entry=owner)
        assert follower.near(b"\x02" * 32, radius=0)
        assert not follower.near(b"\x01" * 32, radius=0)
    waited = told(follower, b"\x01" * 32, within=60)
    assert waited is not None
    assert waited < SOON


def test_a_writer_killed_in_mid_update_leaves_nothing_and_the_next_is_right(
    real_transactions: None, follower: Follower
) -> None:
    owner = entry()
    follower.near(bytes(32), radius=0)
    process = write(owner, 200, slow=True)
    assert process.stdout is not None
    for _ in range(5):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    process.stdout.close()
    assert told(follower, bytes([3]) * 32, within=0.5) is None
    second = write(owner, 20)
    second.communicate(timeout=120)
    assert told(follower, bytes([19]) * 32, within=60) is not None
    fresh = Follower()
    for asked in (follower, fresh):
        assert [len(asked.near(bytes([n]) * 32, radius=0)) for n in range(20)] == [1] * 20
    fresh.close()


def test_a_broken_line_is_opened_again_and_nothing_is_missed(
    real_transactions: None, follower: Follower
) -> None:
    owner = entry()
    follower.near(bytes(32), radius=0)
    with psycopg.connect(url(), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query = 'LISTEN probity_signals'"
        )
    process = write(owner, 3)
    process.communicate(timeout=120)
    assert told(follower, bytes([2]) * 32, within=60) is not None


def test_a_reader_killed_while_loading_comes_back_right(
    real_transactions: None, root: Path, tmp_path: Path
) -> None:
    """A process dies while it follows; the one after it holds everything again."""
    owner = entry()
    Signal.objects.bulk_create(
        Signal(kind="pdq", value=bytes([n]) * 32, entry=owner) for n in range(100)
    )
    code = (
        "import django; django.setup()\n"
        "from probity.matching.index import follower\n"
        "f = follower()\n"
        "print(int(f.facts()['hashes']), flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    env: dict[str, Any] = {
        **os.environ, "DATABASE_URL": _django_url(), "PYTHONPATH": f"{root / 'platform'}:{root}",
        "DJANGO_SETTINGS_MODULE": "probity.settings", "PROBITY_HOME": str(tmp_path),
    }  # fmt: skip
    counts = []
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        counts.append(int(process.stdout.readline()))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
        process.stdout.close()
        Signal.objects.create(kind="pdq", value=b"\xee" * 32, entry=owner)
    assert counts == [100, 101]


def _django_url() -> str:
    from urllib.parse import quote

    wanted = connection.get_connection_params()
    host = quote(str(wanted.get("host") or ""), safe="")
    port = wanted.get("port") or 5432
    return f"postgresql://{wanted.get('user')}@{host}:{port}/{wanted['dbname']}"


def test_two_copies_that_come_at_once_find_each_other(
    real_transactions: None, monkeypatch: pytest.MonkeyPatch, draw: Any, jpeg: Any
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from rest_framework.test import APIClient

    from probity.accounts.services import person_create
    from probity.accounts.tokens import token_create
    from probity.analysis.queue import job_claim
    from probity.evidence.probes import Probe
    from probity.evidence.selectors import asset_bytes
    from probity.matching.models import Match
    from probity.workflow import case_match

    somebody, _ = person_create(username="bot", roles=("administrator",))
    _, secret = token_create(person=somebody, scopes=("all",))
    client = APIClient(headers={"authorization": f"Token {secret}"})
    for quality in (90, 60):
        body = {"category": "election", "explanation": "It never happened."}
        upload = SimpleUploadedFile("a.jpg", jpeg(draw(31), quality=quality))
        answer = client.post("/api/v1/reports", {**body, "file": upload}, format="multipart")
        assert answer.status_code == 201, answer.content
    jobs = [job_claim(worker=f"test-{number}", queues=["cpu"]) for number in range(2)]
    both = threading.Barrier(2)
    asked_of: Callable[..., Any] = case_match.asked_of

    def hashed(*arguments: Any, **more: Any) -> Any:
        found = asked_of(*arguments, **more)
        both.wait(60)
        return found

    monkeypatch.setattr(case_match, "asked_of", hashed)
    troubles: list[BaseException] = []

    def look(job: Any) -> None:
        try:
            with asset_bytes(job.asset) as path:
                probe = Probe.from_dict(job.asset.probe)
                case_match.copies_say(job, path, probe=probe, say=lambda _: None)
        except BaseException as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=look, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert troubles == []
    assert Match.objects.filter(known__isnull=False).count() == 1
