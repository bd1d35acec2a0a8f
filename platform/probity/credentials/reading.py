"""The room's door to verification: one file in, plain data out; bytes are opened in the child."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation import child
from probity.core.errors import Refusal
from probity.evidence.probes import picture_view
from provenance import contradictions, metadata, verify, watermark
from provenance.text import shown
from provenance.watermark import registry

QUICK_CPU, QUICK_WALL = 6, 8.0
LONG_CPU, LONG_WALL = 60, 90.0
VIEW = "view"
_warmed = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A small picture that the child encoded anew; ``node`` is ``view`` or a key of the tree."""

    node: str
    media_type: str
    width: int
    height: int
    data: bytes


def answer_quick(path: Path) -> dict[str, Any] | None:
    """What credentials and metadata say, if it takes a moment only; None when it would take longer.

    Raises the Refusal that says why the file cannot be read.
    """
    try:
        with child.within(cpu_seconds=QUICK_CPU, wall_seconds=QUICK_WALL):
            return _answer(path)
    except (child.ChildTimedOut, child.ChildDied):
        return None


def answer_full(path: Path) -> dict[str, Any]:
    """The same with the time that a large file needs."""
    with child.within(cpu_seconds=LONG_CPU, wall_seconds=LONG_WALL):
        return _answer(path)


def _answer(path: Path) -> dict[str, Any]:
    credentials = verify.read(path).to_dict()
    try:
        about: dict[str, Any] | None = metadata.read(path).to_dict()
    except (child.ChildTimedOut, child.ChildDied):
        raise
    except Refusal:
        about = None
    return {
        "credentials": credentials,
        "metadata": about,
        "contradictions": contradictions_of(credentials, about, ()),
    }


def contradictions_of(
    credentials: dict[str, Any] | None,
    about: dict[str, Any] | None,
    marks: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """What does not fit together, the strong ones first."""
    return [one.to_dict() for one in contradictions.find(credentials, about, marks)]


def pictures(path: Path, *, credentials: dict[str, Any]) -> list[Picture]:
    """The file as it may be shown, and the pictures inside its credentials.

    Raises the child's and the media refusals of whichever comes first.
    """
    with child.within(cpu_seconds=LONG_CPU, wall_seconds=LONG_WALL):
        view = picture_view(path) if _is_picture(credentials) else None
        small = verify.thumbnails(path) if credentials.get("tree") else []
    made = [Picture(one.node, one.media_type, one.width, one.height, one.data) for one in small]
    if view is not None and view.width and view.height:
        made.append(Picture(VIEW, view.media_type, view.width, view.height, view.data))
    return made


def _is_picture(credentials: dict[str, Any]) -> bool:
    return str(credentials.get("media_type") or "").startswith("image/")


def marks(path: Path, *, keys: Sequence[bytes] = ()) -> list[dict[str, Any]]:
    """What every installed watermark scheme saw, those found first, with their plain titles.

    Raises the refusals of ``provenance.watermark.detect``.
    """
    with child.within(cpu_seconds=LONG_CPU, wall_seconds=LONG_WALL):
        found = watermark.detect(path, keys=keys)
    return [{**one.to_dict(), "title": _title(one.scheme)} for one in found]


def _title(scheme: str) -> str:
    card = registry.find(scheme).card
    return card.title if card else scheme


def neutral(name: str, *, most: int = 100) -> str:
    """A stranger's text without characters that could disguise it."""
    return shown(name, longest=most)


def warm(*, then: Callable[[], None] = lambda: None) -> None:
    """Have this process's child load what it needs, once: the first visitor need not wait."""
    if not _warmed.acquire(blocking=False):
        return

    def load() -> None:
        try:
            answer_quick(Path(__file__))
        except Refusal:
            _warmed.release()
        then()

    threading.Thread(target=load, name="warm-check", daemon=True).start()
