"""Damaged files: 2,000 mutants of signed files of every kind, read as uploads are.

None may end the reader, none may take longer than the limit, and no change of what is seen or heard
may be called valid. What a mutant of the credentials themselves is called is counted: some bytes of
a manifest are padding that no signature covers.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, keep
from benchmarks.verify import reference_files

COUNT = 2_000
SEED = 20261121
SLOWEST_SECONDS = 10.0
_STORE_HEAD = b"jumd" + bytes.fromhex("6332706100110010800000aa00389b71")
_LARGEST_SEED = 2 * 2**20


@dataclass(frozen=True)
class Seed:
    """A signed file and the range of its bytes that is content and nothing else."""

    name: str
    data: bytes
    content: range


@dataclass(frozen=True)
class Mutant:
    """``of_content``: only content was changed, so that the credentials must not fit any more."""

    seed: str
    kind: str
    data: bytes
    of_content: bool


def main() -> list[Figure]:
    """Make and read all mutants; the exit status says whether one did what none may do."""
    found = seeds(reference_files())
    if not found:
        print("mutants: the reference media are not here; set PROBITY_SHARED to their folder.")
        return []
    report = read_all(mutants(found, count=COUNT, chance=random.Random(SEED)))
    for line in report.lines():
        print(line)
    total = sum(report.verdicts.values())
    figures = [
        Figure("mutants read to the end, within the limit", total - report.ended, total, "files",
               "all mutants", "higher"),
        Figure("changes of content that were noticed", report.of_content - len(report.deceived),
               report.of_content, "files", "all changes of content", "higher"),
    ]  # fmt: skip
    keep("mutants", figures)
    if report.ended or report.deceived:
        raise SystemExit(f"mutants: {report.ended} ended the reader; {report.deceived}")
    return figures


@dataclass
class Report:
    """What became of the mutants."""

    verdicts: Counter[str]
    ended: int
    deceived: list[str]
    slowest: float
    why: list[str]
    of_content: int = 0

    def lines(self) -> Iterator[str]:
        """For people."""
        for name, count in sorted(self.verdicts.items()):
            yield f"mutants: {count} {name}"
        yield from self.why
        yield f"mutants: slowest {self.slowest:.2f} s, {self.ended} ended the reader"


def read_all(made: Iterator[Mutant]) -> Report:
    """Read every mutant in the child."""
    from foundation.errors import Refusal
    from provenance import verify

    report = Report(Counter(), 0, [], 0.0, [])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mutant"
        for mutant in made:
            path.write_bytes(mutant.data)
            report.of_content += mutant.of_content
            begun = time.monotonic()
            try:
                record = verify.read(path)
            except Refusal as refusal:
                report.ended += 1
                report.verdicts[f"{mutant.kind}: {refusal.code}"] += 1
                why = str(getattr(refusal, "trace", refusal.sentence)).strip()
                report.why.append(f"{mutant.seed} ({mutant.kind}): {why[-600:]}")
                continue
            taken = time.monotonic() - begun
            report.slowest = max(report.slowest, taken)
            report.ended += taken > SLOWEST_SECONDS
            report.verdicts[f"{mutant.kind}: {record.verdict}"] += 1
            if mutant.of_content and record.verdict in {"valid", "trusted"}:
                report.deceived.append(f"{mutant.seed} ({mutant.kind})")
    return report


def seeds(paths: list[Path]) -> list[Seed]:
    """The signed files that are valid as they are, and small enough to be read often."""
    from provenance import verify

    found = []
    for path in paths:
        if path.suffix == ".pdf" or path.stat().st_size > _LARGEST_SEED:
            continue
        record = verify.read(path)
        if record.credentials == "embedded" and record.verdict in {"valid", "trusted"}:
            data = path.read_bytes()
            content = content_of(data)
            if content is not None:
                found.append(Seed(path.name, data, content))
    return found


def content_of(data: bytes) -> range | None:
    """A range of bytes that the signature covers and the manifest store does not lie in.

    JPEG: the entropy-coded scan. Else the larger part beside the store, without the outer sixth on
    either side, where headers and indices lie. None where there is nothing of use.
    """
    if data.startswith(b"\xff\xd8"):
        scan = data.rfind(b"\xff\xda")
        return range(scan + 64, len(data) - 8) if 0 < scan < len(data) - 200 else None
    at = data.find(_STORE_HEAD)
    if at < 0:
        return None
    length = int.from_bytes(data[at - 12 : at - 8], "big") if at >= 12 else 0
    before, after = range(at - 64), range(at + length + 64, len(data))
    part = max(before, after, key=len)
    margin = len(part) // 6
    inner = part[margin : len(part) - margin]
    return inner if len(inner) > 100 else None


def mutants(found: list[Seed], *, count: int, chance: random.Random) -> Iterator[Mutant]:
    """``count`` mutants, all kinds and seeds in turn."""
    for number in range(count):
        seed = found[number % len(found)]
        kind, make, of_content = _KINDS[(number // len(found)) % len(_KINDS)]
        changed = make(seed, chance)
        if changed != seed.data:
            yield Mutant(seed.name, kind, changed, of_content)


def _bits(seed: Seed, chance: random.Random) -> bytes:
    data = bytearray(seed.data)
    for _ in range(chance.randrange(1, 9)):
        data[chance.choice(seed.content)] ^= 1 << chance.randrange(8)
    return bytes(data)


def _zeros(seed: Seed, chance: random.Random) -> bytes:
    at = chance.choice(seed.content[: len(seed.content) // 2])
    length = min(chance.randrange(8, 400), seed.content.stop - at)
    return seed.data[:at] + bytes(length) + seed.data[at + length :]


def _swapped(seed: Seed, chance: random.Random) -> bytes:
    half = len(seed.content) // 2
    length = min(200, half)
    first, second = seed.content.start, seed.content.start + half
    move = chance.randrange(half - length + 1)
    one = slice(first + move, first + move + length)
    two = slice(second + move, second + move + length)
    data = bytearray(seed.data)
    data[one], data[two] = seed.data[two], seed.data[one]
    return bytes(data)


def _anywhere(seed: Seed, chance: random.Random) -> bytes:
    data = bytearray(seed.data)
    for _ in range(chance.randrange(1, 40)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _in_store(seed: Seed, chance: random.Random) -> bytes:
    data = bytearray(seed.data)
    at = max(seed.data.find(_STORE_HEAD), 0)
    for _ in range(chance.randrange(1, 12)):
        data[chance.randrange(at, min(at + 20_000, len(data)))] = chance.randrange(256)
    return bytes(data)


def _cut(seed: Seed, chance: random.Random) -> bytes:
    return seed.data[: chance.randrange(16, len(seed.data))]


def _grown(seed: Seed, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(seed.data)), chance.randrange(1, 4000)
    return seed.data[:at] + seed.data[at : at + length] * 2 + seed.data[at + length :]


_KINDS: tuple[tuple[str, Callable[[Seed, random.Random], bytes], bool], ...] = (
    ("bits of content", _bits, True),
    ("zeros in content", _zeros, True),
    ("content swapped", _swapped, True),
    ("bytes anywhere", _anywhere, False),
    ("bytes of the credentials", _in_store, False),
    ("cut short", _cut, False),
    ("a piece twice", _grown, False),
)
