"""Files verified a second, and the time of one whole answer, against bare c2pa-python.

Bare means one ``Reader`` and its report for each file, in a loop in one process a core, with the
same settings as ours: the anchors of all lists, all signing purposes, identity decoded, no network.
Ours is `probity verify`: every file in a confined child, its SHA-256, the state under each list
and our own verdict. All are measured in turn in this run, on the same files, each in a process of
its own that is bound to the cores it may use.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.figures import Figure, keep

ROUNDS = 5
PASSES = 2


def main() -> list[Figure]:
    """Measure bare and ours in turn, on one core and on two, and one answer at a time."""
    files = reference_files()
    if not files:
        print("verify: the reference media are not here; set PROBITY_SHARED to their folder.")
        return []
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for what in ("bare 1", "ours 1", "bare 2", "ours 2", "bare-one 1", "answer 1", "check 1"):
            found.setdefault(what, []).append(_measured(what))
    rate = {what: statistics.median(values) for what, values in found.items()}
    figures = [
        Figure(
            f"files verified on one core (n={len(files)})", rate["ours 1"], rate["bare 1"],
            "files/s", "bare c2pa-python on one core", "higher",
        ),
        Figure(
            "files verified on two cores", rate["ours 2"], rate["ours 1"],
            "files/s", "ours on one core", "higher",
        ),
        Figure(
            "files verified on two cores", rate["ours 2"], rate["bare 2"],
            "files/s", "bare c2pa-python in two processes", "higher",
        ),
        Figure(
            "one answer about credentials", rate["answer 1"], rate["bare-one 1"],
            "ms/file", "one bare read", "lower",
        ),
        Figure(
            "one whole answer: credentials, metadata, contradictions", rate["check 1"],
            rate["bare-one 1"], "ms/file", "one bare read", "lower",
        ),
    ]  # fmt: skip
    keep("verify", figures)
    return figures


def reference_files() -> list[Path]:
    """Files signed by others, and unsigned ones; empty where the reference media are not here."""
    shared = os.environ.get("PROBITY_SHARED") or Path(__file__).resolve().parents[2] / "shared"
    folder = Path(shared) / "media/c2pa"
    if not folder.is_dir():
        return []
    os.environ.setdefault("PROBITY_RESOURCES_MIRROR", str(shared))
    return sorted(path for path in folder.iterdir() if path.suffix not in {".csv", ".md"})


def _measured(what: str) -> float:
    """The figure of one kind, from a process of its own with as many cores as it says."""
    kind, cores = what.split()
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "benchmarks.verify", kind, cores]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True,
            env={**os.environ, "PROBITY_HOME": home},
        )  # fmt: skip
    return float(done.stdout)


def _bound(cores: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))[:cores]
        if len(allowed) < cores:
            raise SystemExit(f"This machine has fewer than {cores} cores for the benchmark.")
        os.sched_setaffinity(0, allowed)


def _bare(files: list[Path], *, cores: int) -> float:
    """Files a second of bare reads, in as many processes as cores."""
    command = [sys.executable, "-m", "benchmarks.verify", "bare-share", str(cores)]
    running = [
        subprocess.Popen([*command, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for place in range(cores)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    begun = time.perf_counter()
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in running:
        process.communicate()
    return len(files) * PASSES / (time.perf_counter() - begun)


def _bare_share(files: list[Path], *, cores: int, place: int) -> None:
    read = _bare_reader()
    share = files[place::cores]
    for path in share:
        read(path)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(PASSES):
        for path in share:
            read(path)


def _bare_reader() -> Callable[[Path], None]:
    import c2pa

    from provenance import trust
    from provenance.settings import reader_settings

    pems = "".join(known.anchors + known.time_stamps for known in trust.load().lists)
    end = "-----END CERTIFICATE-----\n"
    once = "".join(dict.fromkeys(part + end for part in pems.split(end) if part.strip()))
    context = c2pa.Context.from_dict(reader_settings(anchors=once, identity=True))

    def read(path: Path) -> None:
        kind = "image/svg+xml" if path.suffix == ".svg" else "application/octet-stream"
        try:
            with path.open("rb") as stream, c2pa.Reader(kind, stream, context=context) as reader:
                reader.json()
        except c2pa.C2paError:
            return

    return read


def _ours(files: list[Path], *, cores: int) -> float:
    """Files a second of ours, with one child a core."""
    from provenance import many

    list(many.read_many(files, workers=cores))
    begun = time.perf_counter()
    count = sum(1 for _ in many.read_many(files * PASSES, workers=cores))
    return count / (time.perf_counter() - begun)


def _one_at_a_time(files: list[Path], look: Callable[[Path], object]) -> float:
    """Milliseconds a file, one after the other, in a process that has warmed up."""
    for path in files:
        look(path)
    begun = time.perf_counter()
    for path in files:
        look(path)
    return (time.perf_counter() - begun) * 1000 / len(files)


def _check(path: Path) -> object:
    """What a visitor of the page for checking waits for."""
    from provenance import contradictions, metadata, verify

    credentials = verify.read(path).to_dict()
    return contradictions.find(credentials=credentials, metadata=metadata.read(path).to_dict())


def _client(kind: str, cores: int, rest: list[str]) -> None:
    from provenance import verify

    files = reference_files()
    if kind == "bare-share":
        _bare_share(files, cores=cores, place=int(rest[0]))
        return
    _bound(cores)
    match kind:
        case "bare":
            print(_bare(files, cores=cores))
        case "ours":
            print(_ours(files, cores=cores))
        case "bare-one":
            print(_one_at_a_time(files, _bare_reader()))
        case "answer":
            print(_one_at_a_time(files, verify.read))
        case _:
            print(_one_at_a_time(files, _check))


if __name__ == "__main__":
    _client(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
