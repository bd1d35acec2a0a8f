"""The mapping tables, checked when they are loaded: a slip is found before anything leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from . import schema

FILE = Path(__file__).resolve().parent / "mapping.yaml"


@dataclass(frozen=True)
class Mapped:
    """A category and the keywords that go with it when the media is synthetic."""

    category: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tables:
    """All tables."""

    categories: Mapping[str, Mapped]
    minors: Mapped
    measures: Mapping[str, tuple[str, str]]
    sources: Mapping[str, str]
    automation: Mapping[str, str]
    content: Mapping[str, str]
    synthetic: str
    territories: Mapping[str, tuple[str, ...]]

    def territory(self, places: Sequence[str]) -> list[str]:
        """The EEA countries that places stand for; all of them for no place at all.

        A part of a country (``DE-BY``) counts as the country; what lies elsewhere falls away.
        """
        if not places:
            return list(schema.EEA)
        found: set[str] = set()
        for place in places:
            found |= set(self.territories.get(place, (place.partition("-")[0],)))
        return [code for code in schema.EEA if code in found]


@lru_cache(maxsize=1)
def mapping() -> Tables:
    """The shipped tables. Raises ValueError for a name that the schema does not have."""
    return mapping_read(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def mapping_read(raw: Mapping[str, Any]) -> Tables:
    """Tables from data; raises ValueError, KeyError or TypeError for what the schema lacks."""
    keys = {
        "categories", "minors", "measures", "sources", "automation", "content", "synthetic",
        "territories",
    }  # fmt: skip
    if set(raw) != keys:
        raise ValueError(f"The tables are {sorted(keys)}, not {sorted(raw)}.")
    return Tables(
        categories={name: _mapped(row) for name, row in raw["categories"].items()},
        minors=_mapped(raw["minors"]),
        measures={name: _measure(row) for name, row in raw["measures"].items()},
        sources={name: _in(value, schema.SOURCES) for name, value in raw["sources"].items()},
        automation={
            name: _in(value, schema.AUTOMATED) for name, value in raw["automation"].items()
        },
        content={name: _in(value, schema.CONTENT_TYPES) for name, value in raw["content"].items()},
        synthetic=_in(raw["synthetic"], schema.CONTENT_TYPES),
        territories={name: _places(value) for name, value in raw["territories"].items()},
    )


def _mapped(row: Mapping[str, Any]) -> Mapped:
    if set(row) - {"category", "keywords"}:
        raise ValueError(f"A category has category and keywords, not {sorted(row)}.")
    keywords = tuple(row.get("keywords", ()))
    if any(not word.startswith(schema.KEYWORD_PREFIX) for word in keywords):
        raise ValueError(f"Keywords begin with {schema.KEYWORD_PREFIX}: {keywords}.")
    return Mapped(_in(row["category"], schema.CATEGORIES), keywords)


def _measure(row: Mapping[str, str]) -> tuple[str, str]:
    field = _in(row["field"], schema.DECISIONS)
    allowed = schema.SOME_OF.get(field) or schema.ONE_OF[field]
    return field, _in(row["value"], allowed)


def _places(value: object) -> tuple[str, ...]:
    if value == "EEA":
        return schema.EEA
    if not isinstance(value, list):
        raise TypeError("A territory is a list of countries, or EEA.")
    return tuple(_in(code, schema.EEA) for code in value)


def _in(value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is not in the schema's list.")
    return value
