"""The one module that imports the C2PA library; it runs in the child only.

Contexts are made on first use, and again after a fork: the library refuses one that was made in
another process.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance.settings import reader_settings

CONTEXTS_KEPT = 16
LARGEST_JSON = 48 * 2**20
LARGEST_STORE = 64 * 2**20
_contexts: OrderedDict[tuple[int, str], Any] = OrderedDict()


@dataclass(frozen=True)
class Reading:
    """What the library says under one set of anchors.

    ``state`` is Invalid, Valid or Trusted, or None when it raised; then ``error`` is the kind of
    failure (the library's class, without prefix) and ``message`` its text.
    """

    state: str | None = None
    store: dict[str, Any] = field(default_factory=dict)
    embedded: bool = True
    error: str | None = None
    message: str = ""
    jumbf: bytes = b""


def versions() -> dict[str, str]:
    """Version of the Python binding and of the native library."""
    from importlib.metadata import version

    import c2pa

    return {"library": f"c2pa-python {version('c2pa-python')}", "native": c2pa.sdk_version()}


def read(
    path: Path,
    *,
    anchors: str,
    identity: bool,
    sidecar: bytes | None,
    kind: str | None,
    with_jumbf: bool = False,
) -> Reading:
    """Read a file's credentials; every failure of the library becomes a Reading with ``error``."""
    import c2pa

    context = _context(anchors=anchors, identity=identity)
    try:
        with path.open("rb") as stream:
            # The library goes by the bytes; only text formats need the right label.
            label = kind if kind == "image/svg+xml" else "application/octet-stream"
            with c2pa.Reader(label, stream, sidecar, context=context) as reader:
                return _reading(reader, with_jumbf=with_jumbf)
    except c2pa.C2paError as error:
        name = type(error).__name__.removeprefix("_C2pa")
        return Reading(error=name, message=str(error)[:2000])
    except (RecursionError, ValueError) as error:
        return Reading(error="Json", message=f"{type(error).__name__}: {error}"[:2000])


def _reading(reader: Any, *, with_jumbf: bool) -> Reading:
    text = reader.json()
    if len(text) > LARGEST_JSON:
        return Reading(error="TooLarge", message=f"{len(text)} characters of report")
    store = json.loads(text)
    jumbf = _store_bytes(reader, store.get("active_manifest")) if with_jumbf else b""
    return Reading(
        state=store.get("validation_state"),
        store=store,
        embedded=bool(reader.is_embedded()),
        jumbf=jumbf,
    )


class _Capped(io.BytesIO):
    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > LARGEST_STORE:
            raise OSError("manifest store larger than allowed")
        return super().write(data)


def _store_bytes(reader: Any, active: Any) -> bytes:
    """The manifest store as JUMBF; empty when the library does not hand it out."""
    import c2pa

    target = _Capped()
    try:
        reader.resource_to_stream(str(active), target)
    except (c2pa.C2paError, OSError):
        return b""
    return target.getvalue()


def _context(*, anchors: str, identity: bool) -> Any:
    import c2pa

    digest = hashlib.sha256(anchors.encode()).hexdigest()
    key = (os.getpid(), f"{digest}:{identity}")
    if key not in _contexts:
        settings = reader_settings(anchors=anchors, identity=identity)
        _contexts[key] = c2pa.Context.from_dict(settings)
        while len(_contexts) > CONTEXTS_KEPT:
            _contexts.popitem(last=False)
    _contexts.move_to_end(key)
    return _contexts[key]
