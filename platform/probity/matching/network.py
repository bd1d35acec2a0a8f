"""Fetching from network exchanges through ``threatexchange``, where an operator configured them.

``PROBITY_EXCHANGES`` names a JSON file: a list of ``{"bank", "api", "collab"}``. ``bank`` is the
name of an open bank, ``api`` a class of ``threatexchange`` as ``module:Class``, ``collab`` what its
configuration class takes.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundation.fingerprint import exchange
from probity.accounts.actors import SYSTEM

from .exchange import ExchangesClosed, bank_import, exchanges_require
from .selectors import bank_find

PREFIX = "threatexchange."


@dataclass(frozen=True)
class Setup:
    """One configured exchange."""

    bank: str
    api: str
    collab: dict[str, Any]


def setups() -> list[Setup]:
    """What the operator configured; raises ExchangesClosed with what to do."""
    place = Path(exchanges_require())
    try:
        rows = json.loads(place.read_text(encoding="utf-8"))
        found = [Setup(str(row["bank"]), str(row["api"]), dict(row["collab"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExchangesClosed(
            f"PROBITY_EXCHANGES names no list of bank, api and collab: {type(error).__name__}."
        ) from None
    if any(not setup.api.startswith(PREFIX) or ":" not in setup.api for setup in found):
        raise ExchangesClosed(f"An exchange's api is written as {PREFIX}…:Class.")
    return found


def bank_fetch(setup: Setup) -> int:
    """Fetch everything an exchange has now into its bank; return how many entries were new. Signals
    of types that are not known here are left out."""
    known = [
        {"signal_type": kind, "signal_str": signal, "collab": setup.bank}
        for kind, signal in _fetched(setup)
        if kind in exchange.KINDS
    ]
    made = bank_import(
        bank=bank_find(setup.bank), data=json.dumps(known).encode(), form="json",
        why="Fetched from its exchange.", actor=SYSTEM,
    )  # fmt: skip
    return len(made)


def _fetched(setup: Setup) -> Iterator[tuple[str, str]]:
    module, _, name = setup.api.partition(":")
    api: Any = getattr(importlib.import_module(module), name)
    door = api.for_collab(api.get_config_cls()(**setup.collab))
    for delta in door.fetch_iter([], None):
        for (kind, signal), told in delta.updates.items():
            if told is not None:
                yield str(kind), str(signal)
