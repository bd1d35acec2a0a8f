"""Looking up known hashes: ours against faiss flat and a numpy scan in one run, one thread; loading
a million from PostgreSQL; a look-up through HTTP end to end.

faiss (``faiss-cpu``, no compiler needed) is put into a folder of its own; without it the rest is
measured. Random hashes; each question lies 20 bits from one of them; radius 31.
"""

from __future__ import annotations

import importlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.figures import Figure, keep
from foundation.fingerprint.index import Index, scan_codes

Codes = npt.NDArray[np.uint8]
PEER = "faiss-cpu==1.15.1"
SIZES = (100_000, 1_000_000)
QUESTIONS = 200
SCANS = 20
APART, RADIUS = 20, 31
GOAL_MS = 2.0
GOAL_MB = 100.0


def main() -> list[Figure]:
    """Measure, print on the way, keep."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        faiss = _faiss(folder)
        for size in SIZES:
            figures += _sized(size, faiss)
    figures += _served()
    keep("matching", figures)
    return figures


def _faiss(folder: str) -> Any:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    done = subprocess.run([*command, folder, PEER], check=False, capture_output=True)
    if done.returncode:
        print(f"matching: {PEER} could not be had here; compared with the numpy scan only.")
        return None
    sys.path.insert(0, folder)
    library: Any = importlib.import_module("faiss")
    library.omp_set_num_threads(1)
    return library


def _sized(size: int, faiss: Any) -> list[Figure]:
    generator = np.random.default_rng(size)
    codes = generator.integers(0, 256, (size, 32), dtype=np.uint8)
    asked = [_near(codes[generator.integers(size)], generator) for _ in range(QUESTIONS)]
    begun = time.perf_counter()
    index = Index(codes, np.arange(size))
    build = time.perf_counter() - begun
    ours = _milliseconds(lambda code: index.near(code, radius=RADIUS), asked)
    scan = _milliseconds(lambda code: scan_codes(codes, code, radius=RADIUS), asked[:SCANS])
    name = f"{size:,} hashes"
    figures = [
        Figure(f"look-up among {name}", ours, scan, "ms", "numpy scan", "lower"),
        Figure(f"index of {name}, memory", index.nbytes / 1e6, GOAL_MB, "MB", "the goal", "lower"),
        Figure(f"index of {name}, build", build, build, "s", "itself", "lower"),
    ]
    if size == SIZES[-1]:
        figures.append(Figure(f"look-up among {name}", ours, GOAL_MS, "ms", "the goal", "lower"))
    if faiss is not None:
        flat = faiss.IndexBinaryFlat(256)
        flat.add(codes)
        # faiss searches strictly below its radius
        peer = _milliseconds(
            lambda code: flat.range_search(_row(code), RADIUS + 1), asked[: SCANS * 5]
        )
        figures.append(Figure(f"look-up among {name}", ours, peer, "ms", f"{PEER} flat", "lower"))
        figures.append(_equal(index, flat, asked[: SCANS * 5], name))
    return figures


def _equal(index: Index, flat: Any, asked: list[bytes], name: str) -> Figure:
    same = 0
    for code in asked:
        names, _ = index.near(code, radius=RADIUS)
        _, _, found = flat.range_search(_row(code), RADIUS + 1)
        same += sorted(names.tolist()) == sorted(found.tolist())
    return Figure(f"equal answers, {name}", same, len(asked), "questions", PEER, "higher")


def _near(code: Codes, generator: np.random.Generator) -> bytes:
    flat = np.unpackbits(code)
    flat[generator.choice(256, APART, replace=False)] ^= 1
    return np.packbits(flat).tobytes()


def _row(code: bytes) -> Codes:
    return np.frombuffer(code, dtype=np.uint8)[None]


def _milliseconds(ask: Callable[[bytes], object], asked: list[bytes]) -> float:
    ask(asked[0])
    taken = []
    for code in asked:
        begun = time.perf_counter()
        ask(code)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def _served() -> list[Figure]:
    """A million rows in PostgreSQL: loading them, and asking through HTTP (Django's test client,
    so without a network; every other layer is there)."""
    from benchmarks.stage import django_begin

    django_begin()
    from probity.matching.index import follower

    client, asked = _filled(SIZES[-1])
    loaded = follower().facts()
    sql = _milliseconds(_by_sql, asked[:3])
    taken = _milliseconds(lambda code: _ask(client, code), asked)
    follower().close()
    return [
        Figure("load of 1,000,000 hashes", loaded["load_seconds"], 10, "s", "the goal", "lower"),
        Figure("look-up through HTTP, 1,000,000 hashes", taken, sql, "ms", "plain SQL", "lower"),
    ]


def _filled(size: int) -> tuple[Any, list[bytes]]:
    from django.db import connection
    from rest_framework.test import APIClient

    from probity.accounts.services import person_create
    from probity.accounts.tokens import token_create
    from probity.core.clock import now
    from probity.matching.models import Bank, BankEntry

    bank = Bank.objects.create(
        name="b", label="B", kind="known", source="s", licence="l", opened_at=now(), opened_by="x"
    )
    entry = BankEntry.objects.create(
        bank=bank, why="A trial.", added_at=now(), added_by="x", matched_at=now()
    )
    generator = np.random.default_rng(3)
    codes = generator.integers(0, 256, (size, 32), dtype=np.uint8)
    copy = "COPY matching_signal (kind, value, turns, quality, entry_id) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copy) as out:
        for code in codes:
            out.write_row(("pdq", code.tobytes(), b"", 100, entry.pk))
    person, _ = person_create(username="bench", roles=["administrator"])
    _, secret = token_create(person=person, scopes=["all"])
    asked = [_near(codes[generator.integers(size)], generator) for _ in range(50)]
    headers = {"authorization": f"Token {secret}", "host": "127.0.0.1"}
    return APIClient(headers=headers), asked


def _ask(client: Any, code: bytes) -> None:
    body = {"kind": "pdq", "value": code.hex()}
    answer = client.post("/api/v1/matching", body, format="json")
    assert answer.json()["matches"][0]["distance"] == APART, answer.content


def _by_sql(code: bytes) -> None:
    from django.db import connection

    text = "".join(f"{byte:08b}" for byte in code)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM matching_signal WHERE kind IN ('pdq', 'video')"
            " AND bit_count(('x' || encode(value, 'hex'))::bit(256) # %s::bit(256)) <= %s",
            [text, RADIUS],
        )
        assert cursor.fetchall()
