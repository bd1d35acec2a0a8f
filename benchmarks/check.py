"""The check page: from the whole request to the page with the answer, against one bare read.

The request goes through every middleware, the upload to disk, the child, the database and the
template; only the network is missing. The bare read is that of the benchmark ``verify``, on the
same files in the same process and run. A line counts the files that are answered
within a second.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from benchmarks import stage
from benchmarks.figures import Figure, keep
from benchmarks.verify import _bare_reader, reference_files

SECOND = 1.0


def main() -> list[Figure]:
    """Measure both, alternating, over all reference files."""
    files = reference_files()
    if not files:
        print("check: the reference media are not here; set PROBITY_SHARED to their folder.")
        return []
    stage.django_begin()
    from django.conf import settings

    settings.CHECK_RATE = "0/hour"
    settings.ALLOWED_HOSTS = ["testserver"]
    bare_read = _bare_reader()
    for path in files[:5]:
        _answered(path)
        bare_read(path)
    bare, whole = [], []
    for path in files:
        begun = time.perf_counter()
        bare_read(path)
        bare.append(time.perf_counter() - begun)
        whole.append(_answered(path))
    quick = sum(seconds < SECOND for seconds in whole)
    print(f"check: {quick} of {len(files)} answers within a second, the slowest {max(whole):.2f} s")
    figures = [
        Figure(
            f"from request to the page with the answer (n={len(files)})",
            1000 * statistics.median(whole), 1000 * statistics.median(bare),
            "ms a file (median)", "one bare read", "lower",
        )
    ]  # fmt: skip
    keep("check", figures)
    return figures


def _answered(path: Path) -> float:
    """Seconds until the page with the answer is there."""
    from django.test import Client

    client = Client()
    with path.open("rb") as file:
        begun = time.perf_counter()
        sent = client.post("/check", {"file": file})
        page = client.get(sent["Location"]) if sent.status_code == 302 else sent
        seconds = time.perf_counter() - begun
    if page.status_code not in {200, 422}:
        raise SystemExit(f"{path.name} was answered with {page.status_code}.")
    return seconds


if __name__ == "__main__":
    main()
