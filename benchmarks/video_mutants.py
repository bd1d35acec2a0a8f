"""Damaged and odd video through the whole analysis: 300 mutants of every container, each looked at
by every installed video detector as the product would.

None may end the confined process, hang it, or make a detector stop with an error of its own:
abstaining, and saying that a file is damaged, are answers. Neither process may grow or keep files
open. Every file is written down as it is answered; a run that was broken off goes on where it was.
"""

from __future__ import annotations

import gc
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks import media_mutants, video_seeds
from benchmarks.detect import children
from benchmarks.figures import RESULTS, Figure, keep
from benchmarks.video_journal import ODD, Journal, Look, identity, table

COUNT = 300
SEED = 20261122
HARMLESS = ("decoding",)
"""Causes of failed findings that are an answer."""

TELL_EVERY = 25
WARM = 10
"""Files after which the libraries are loaded and what a process keeps may be counted."""


def main() -> list[Figure]:
    """All mutants and odd files; the exit status says whether one did what none may do."""
    given = video_seeds.pictures()
    seeds = video_seeds.seeds(given)
    journal = Journal(RESULTS / "video_mutants.jsonl", identity=identity(seeds, COUNT, SEED))
    if journal.looks:
        print(f"video_mutants: going on after {len(journal.looks)} files", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for path in video_seeds.odd(given, folder=Path(folder)):
            if not journal.knows(ODD, path.name):
                journal.add(look(path, container=ODD, name=path.name))
    kept = run(seeds, count=COUNT, journal=journal)
    for line in table(journal.looks):
        print(f"video_mutants: {line}")
    leaks = [f"{name}: {was} early, {now} at the end" for name, (was, now) in kept.items()
             if now > was] + journal.growth()  # fmt: skip
    troubles = [one for look in journal.looks for one in look.troubles] + leaks
    figures = [
        Figure("damaged and odd videos answered", journal.answered, len(journal.looks),
               "files", "all files", "higher"),
        Figure("slowest damaged or odd video", max(one.seconds for one in journal.looks), 60.0,
               "s", "a minute", "lower"),
        *journal.memory(),
    ]  # fmt: skip
    keep("video_mutants", figures)
    journal.close()
    if troubles:
        raise SystemExit("\n".join(["video_mutants:", *troubles]))
    return figures


def run(seeds: dict[str, bytes], *, count: int, journal: Journal) -> dict[str, tuple[int, int]]:
    """``count`` mutants of each seed that the journal does not know yet; what this process kept
    open after the first few files, and at the end."""
    before, done = held(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            for suffix in sorted(seeds):
                if journal.knows(suffix, str(number)):
                    continue
                kind, data = mutant(suffix, number, seeds=seeds)
                path = Path(folder) / f"mutant.{suffix}"
                path.write_bytes(data)
                journal.add(look(path, container=suffix, name=str(number), kind=kind))
                done += 1
                if done == WARM:
                    before = held()
                if done % TELL_EVERY == 0:
                    print(f"video_mutants: {journal.said()}", flush=True)
    after = held()
    return {name: (before[name], after[name]) for name in before} if done >= WARM else {}


def mutant(suffix: str, number: int, *, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """What was done to it, and the bytes; the same ones every time."""
    chance = random.Random(f"{SEED} {suffix} {number}")
    every = media_mutants.KINDS
    kind, change = every[number % len(every)]
    return kind, change(bytearray(seeds[suffix]), chance)


def look(path: Path, *, container: str, name: str, kind: str = "") -> Look:
    """One file through the product."""
    from detectors.api import Status
    from detectors.registry import usable
    from detectors.runner import analyse
    from foundation.errors import Refusal
    from foundation.media import inspect

    only = [entry.id for entry in usable() if entry.card and entry.card.modality == "video"]
    told = f"{container} {name} ({kind})" if kind else name
    begun = time.monotonic()
    troubles: list[str] = []
    try:
        found = analyse(path, probe=inspect(path), only=only).findings
    except Refusal as refusal:
        outcome = refusal.code
        if outcome.startswith("child"):
            troubles.append(f"{told}: {outcome}")
    else:
        failed = [one for one in found if one.status is Status.FAILED]
        wrong = [one for one in failed if one.cause not in HARMLESS]
        outcome = "failed" if wrong else "damaged" if failed else "looked at"
        troubles += [f"{told}: {one.detector}: {one.cause}: {one.sentence}" for one in wrong]
    return Look(container=container, name=name, kind=kind, outcome=outcome, troubles=troubles,
                seconds=round(time.monotonic() - begun, 3), own=media_mutants.resident(),
                children=sizes())  # fmt: skip


def sizes() -> dict[str, tuple[int, int]]:
    """Resident bytes and open files of each confined process that is alive."""
    found = {}
    for pid in children():
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
        except OSError:  # it ended between the two looks
            continue
        found[pid] = (pages * media_mutants.PAGE, files)
    return found


def held() -> dict[str, int]:
    """What this process keeps open, with the confined ones alive."""
    gc.collect()
    return {
        "files open": media_mutants.files(),
        "threads": threading.active_count(),
        "confined processes": len(Counter(children())),
    }
