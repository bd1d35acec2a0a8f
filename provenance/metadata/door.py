"""The door to metadata."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from foundation import child
from provenance.files import must_be_readable
from provenance.metadata.record import VERSION, MetadataRecord

LIMITS = child.Limits(cpu_seconds=60, wall_seconds=90)


def read(path: Path) -> MetadataRecord:
    """Read a file's metadata in the child.

    Raises FileUnreadable and the child's refusals (timed out, died).
    """
    started = time.perf_counter()
    must_be_readable(path)
    found: dict[str, Any] = child.call(
        "provenance.metadata.reading:inspect", {"path": str(path.absolute())}, limits=LIMITS
    )
    elapsed = round((time.perf_counter() - started) * 1000, 1)
    return MetadataRecord(**found, version=VERSION, duration_ms=elapsed)
