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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from provenance.kinds import SVG
from provenance.settings import reader_settings

CONTEXTS_KEPT = 64
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
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
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

    context = _context(anchors, identity)
    try:
        with (
            path.open("rb") as stream,
            c2pa.Reader(_label(kind), stream, sidecar, context=context) as reader,
        ):
            return _reading(reader, with_jumbf=with_jumbf)
    except c2pa.C2paError as error:
        name = type(error).__name__.removeprefix("_C2pa")
        return Reading(error=name, message=str(error)[:2000])
    except (RecursionError, ValueError) as error:
        return Reading(error="Json", message=f"{type(error).__name__}: {error}"[:2000])


def resources(
    path: Path,
    *,
    sidecar: bytes | None,
    kind: str | None,
    choose: Callable[[dict[str, Any]], Mapping[str, str]],
    largest: int,
) -> dict[str, bytes]:
    """Bytes of parts of a manifest store: ``choose`` names their addresses by keys of its own, from
    the library's report. Parts larger than ``largest``, or not handed out, are left out; empty for
    a file without readable credentials."""
    import c2pa

    found: dict[str, bytes] = {}
    try:
        with (
            path.open("rb") as stream,
            c2pa.Reader(_label(kind), stream, sidecar, context=_context("", True)) as reader,
        ):
            for key, address in choose(json.loads(reader.json())).items():
                data = _part(reader, address, largest=largest)
                if data:
                    found[key] = data
    except (c2pa.C2paError, RecursionError, ValueError):
        return found
    return found


def _label(kind: str | None) -> str:
    """The library goes by the bytes; only text formats need the right label."""
    return kind if kind == SVG else "application/octet-stream"


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
    def __init__(self, largest: int) -> None:
        super().__init__()
        self._largest = largest

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > self._largest:
            raise OSError("larger than allowed")
        return super().write(data)


def _store_bytes(reader: Any, active: Any) -> bytes:
    """The manifest store as JUMBF; empty when the library does not hand it out."""
    return _part(reader, str(active), largest=LARGEST_STORE)


def _part(reader: Any, address: str, *, largest: int) -> bytes:
    import c2pa

    target = _Capped(largest)
    try:
        reader.resource_to_stream(address, target)
    except (c2pa.C2paError, OSError):
        return b""
    return target.getvalue()


def _context(anchors: str, identity: bool) -> Any:  # noqa: FBT001 - private
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
