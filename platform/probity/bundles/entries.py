"""The pieces a bundle is made of: each a path below ``data/``, a role, and its bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True)
class Entry:
    """One payload file; large ones are opened when their turn comes."""

    path: str
    role: str
    data: bytes = b""
    opener: Opener | None = None


def json_entry(path: str, role: str, body: Any) -> Entry:
    """A JSON file that a person can read too."""
    text = json.dumps(body, indent=1, ensure_ascii=False, sort_keys=True)
    return Entry(path, role, text.encode() + b"\n")


def text_entry(path: str, role: str, text: str) -> Entry:
    """A text file."""
    return Entry(path, role, text.encode())
