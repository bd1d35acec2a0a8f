"""Finding the signature boxes in a C2PA manifest store.

A store is a tree of JUMBF superboxes (ISO 19566-5): ``jumb`` holds a description ``jumd`` (16 bytes
of type, one of toggles, a label) and then its content. The signature of manifest L is the ``cbor``
box in ``/c2pa/L/c2pa.signature`` (C2PA Technical Specification 2.2, section 11.1).
"""

from __future__ import annotations

from collections.abc import Iterator

DEEPEST = 8
MOST_BOXES = 50_000
_HAS_LABEL = 0x02


def signatures(store: bytes) -> dict[str, bytes]:
    """The content of every ``c2pa.signature`` box, by the label of its manifest.

    A store that is cut short or malformed gives what was found before the fault.
    """
    found: dict[str, bytes] = {}
    budget = [MOST_BOXES]
    for path, kind, content in _walk(memoryview(store), (), budget):
        if kind == b"cbor" and len(path) >= 3 and path[-1] == "c2pa.signature":
            found.setdefault(path[-2], bytes(content))
    return found


def active_manifest(store: bytes) -> bytes:
    """A store that holds the active manifest alone: the last one (C2PA 2.2, section 11.1.4).

    Raises ValueError when ``store`` is no manifest store.
    """
    budget = [MOST_BOXES]
    outer = next(_boxes(memoryview(store), budget), None)
    inside = list(_boxes(outer[1], budget)) if outer and outer[0] == b"jumb" else []
    manifests = [content for kind, content in inside if kind == b"jumb"]
    descriptions = [content for kind, content in inside if kind == b"jumd"]
    if not manifests or not descriptions:
        raise ValueError("not a manifest store")
    body = _box(b"jumd", descriptions[0]) + _box(b"jumb", manifests[-1])
    return _box(b"jumb", body)


def _box(kind: bytes, content: bytes | memoryview) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + bytes(content)


def _walk(
    data: memoryview, path: tuple[str, ...], budget: list[int]
) -> Iterator[tuple[tuple[str, ...], bytes, memoryview]]:
    """Content boxes with the labels above them."""
    label: str | None = None
    for kind, content in _boxes(data, budget):
        if kind == b"jumd" and label is None:
            label = _label(content)
        elif kind == b"jumb" and len(path) < DEEPEST:
            inner = (*path, label) if label is not None else path
            yield from _walk(content, inner, budget)
        else:
            yield (*path, label or ""), kind, content


def _boxes(data: memoryview, budget: list[int]) -> Iterator[tuple[bytes, memoryview]]:
    at = 0
    while at + 8 <= len(data) and budget[0] > 0:
        budget[0] -= 1
        size = int.from_bytes(data[at : at + 4], "big")
        kind = bytes(data[at + 4 : at + 8])
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + size > len(data):
            return
        yield kind, data[at + head : at + size]
        at += size


def _label(description: memoryview) -> str:
    if len(description) < 18 or not description[16] & _HAS_LABEL:
        return ""
    return bytes(description[17:1024]).split(b"\0", 1)[0].decode("utf-8", "replace")
