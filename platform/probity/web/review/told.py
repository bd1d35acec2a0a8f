"""What tellers share: what is said of an event, and whether what is stored is what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from probity.web.words import absolute

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """Whether something stored still is what the log vouches for; None when it was erased."""

    sentence: str
    good: bool | None


@dataclass(frozen=True)
class Told:
    """What a storyteller adds to an event's plain sentence."""

    lines: list[str] = field(default_factory=list)
    quote: str = ""
    check: Check | None = None
    what: str = ""


def verdict(good: bool, sentence: str) -> Check:  # noqa: FBT001
    """``sentence`` where it holds, else that something differs."""
    return Check(
        sentence if good else gettext("What is stored today differs from what was recorded."), good
    )


def when(iso: str) -> str:
    """A moment of a payload in words."""
    return absolute(datetime.fromisoformat(iso))
