"""What the engines said of a file, in another language; the door to their catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detectors import languages as detectors
from provenance import languages as provenance

#: Engine -> where its templates and catalogues lie, and how its sentences are told.
ENGINES = {detectors.DOMAIN: detectors.ENGINE, provenance.DOMAIN: provenance.ENGINE}
#: Where one sentence of an assessment ends and another begins, perhaps another engine's.
BETWEEN = re.compile(r"(?<=[.?!]) (?=[A-Z])|(?<=:) (?=[A-Z])")
MOST_SENTENCES = 24


def told(sentence: str, language: str) -> str | None:
    """A sentence, title or label of a finding in ``language``; None where it cannot be told whole.

    >>> told("The hum of 50 Hz runs on without a jump.", "en") is None
    True
    """
    whole = _by_one(sentence, language)
    if whole is not None:
        return whole
    parts = BETWEEN.split(sentence)
    if not 1 < len(parts) <= MOST_SENTENCES:
        return None
    said: list[str] = []
    while parts:
        for count in range(min(3, len(parts)), 0, -1):
            found = _by_one(" ".join(parts[:count]), language)
            if found is not None:
                said.append(found)
                parts = parts[count:]
                break
        else:
            return None
    return " ".join(said)


def _by_one(text: str, language: str) -> str | None:
    """In the words of whichever engine has them."""
    for engine in ENGINES.values():
        found = engine.told(text, language)
        if found is not None:
            return found
    return None


def listed(engine: str) -> Iterator[tuple[str, str]]:
    """What an engine says beside its modules' own templates, each text with where it stands."""
    engines = {detectors.DOMAIN: detectors.listed, provenance.DOMAIN: provenance.listed}
    return engines[engine]()
