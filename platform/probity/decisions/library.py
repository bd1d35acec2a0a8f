"""The installed packs as text to read, and what they would say to other facts or another day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from policy.readable import pack_text
from probity.core.errors import NotFound

from . import law
from .facts import KnownFact, Value
from .models import PackVersion


@cache
def pack_texts() -> dict[str, dict[str, Any]]:
    """Every installed pack as JSON-able text, by id (see policy.readable)."""
    return {pack.id: pack_text(pack) for pack in law.packs()}


def pack_text_find(name: str) -> dict[str, Any]:
    """One installed pack's text; raises NotFound."""
    text = pack_texts().get(name)
    if text is None:
        raise NotFound(f"No policy pack called {name} is installed here.")
    return text


def version_text(version: PackVersion) -> dict[str, Any]:
    """A kept version's text, whether or not it is still installed."""
    return pack_text(law.pack_of(version.document, name=f"{version.pack} {version.version}"))


def what_if(
    facts: Mapping[str, Value], *, at: datetime, places: list[str], received_at: datetime
) -> dict[str, Any]:
    """What the packs say if a reviewer confirmed these facts: nothing is recorded.

    Raises InvalidInput for facts and places that no pack knows.
    """
    known = {
        name: KnownFact(law.fact_check(name, value), "reviewer") for name, value in facts.items()
    }
    return law.evaluate(known, at=at, places=law.places_check(places), received_at=received_at)
