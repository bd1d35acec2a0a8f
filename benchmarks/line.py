"""From upload to findings, against bare decode and detection of the same files in one run."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from benchmarks import stage
from benchmarks.figures import Figure, keep


def main() -> list[Figure]:
    """Measure both ways, alternating, over a handful of drawn pictures and sounds."""
    home = stage.django_begin()
    media = home / "media"
    media.mkdir()
    files = [stage.picture(media, seed=seed) for seed in range(6)]
    files += [stage.sound(media, seed=seed) for seed in range(4)]
    whole, bare = [], []
    _whole(files[0], warm=True)
    _bare(files[0])
    for number, path in enumerate(files):
        copy = path.with_stem(f"{path.stem}-{number}")
        copy.write_bytes(path.read_bytes() + bytes([number]))
        bare.append(_bare(copy))
        whole.append(_whole(copy))
    figures = [
        Figure(
            "upload to findings", 1000 * statistics.median(whole), 1000 * statistics.median(bare),
            "ms a file (median)", "bare decode + detectors", "lower",
        ),
    ]  # fmt: skip
    keep("line", figures)
    return figures


def _bare(path: Path) -> float:
    """Probe, decode and detect through the engine's own call; no database, no previews."""
    from detectors.runner import analyse
    from foundation.media import inspect

    begun = time.perf_counter()
    analyse(path, probe=inspect(path))
    return time.perf_counter() - begun


def _whole(path: Path, *, warm: bool = False) -> float:
    """Receive, keep, lease, verify credentials, preview, detect, record, evaluate the law."""
    import hashlib
    import shutil
    import tempfile

    from django.conf import settings

    from probity.accounts.actors import REPORTER
    from probity.cases.notice import notice_read
    from probity.evidence.uploads import ReceivedFile
    from probity.workflow.report_receive import report_receive
    from probity.workflow.worker import jobs_drain

    begun = time.perf_counter()
    incoming = Path(tempfile.mkstemp(dir=settings.INCOMING)[1])
    shutil.copyfile(path, incoming)
    data = incoming.read_bytes()
    upload = ReceivedFile(
        path=incoming, sha256=hashlib.sha256(data).hexdigest(), size=len(data), name="drawn"
    )
    notice = notice_read({"category": "other", "explanation": "benchmark"}, has_file=True)
    report_receive(notice=notice, upload=upload, channel="api", actor=REPORTER)
    done = jobs_drain(["cpu", "gpu"])
    if done != 1 and not warm:
        raise SystemExit(f"Expected one job, {done} were done.")
    return time.perf_counter() - begun
