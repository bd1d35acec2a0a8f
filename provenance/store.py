"""The raw manifest store of a file, as it lies inside it: the evidence behind every verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from foundation import child
from provenance.files import must_be_readable

LIMITS = child.Limits(cpu_seconds=60, wall_seconds=90)


def manifest_store(path: Path) -> bytes:
    """The store's JUMBF bytes (C2PA Technical Specification 2.2, section 11.1); empty for none.

    Read in the child, without network. Raises FileUnreadable and the child's refusals.
    """
    must_be_readable(path)
    found: dict[str, Any] = child.call(
        "provenance.store:extract", {"path": str(path.absolute())}, limits=LIMITS
    )
    return bytes(found["store"])


def extract(payload: dict[str, Any]) -> dict[str, Any]:
    """In the child: the active manifest's store; empty where the library hands none out."""
    from provenance import library
    from provenance.scan import kind_of

    path = Path(payload["path"])
    reading = library.read(
        path, anchors="", identity=False, sidecar=None, kind=kind_of(path), with_jumbf=True
    )
    return {"store": reading.jumbf}
