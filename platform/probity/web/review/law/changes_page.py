"""Two kept versions of a pack, side by side, and the cases that would come out differently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.access import cases_seen
from probity.cases.models import Case
from probity.core.errors import NotFound
from probity.decisions.law import rule_titles
from probity.decisions.library import changes_between
from probity.decisions.models import PackVersion
from probity.decisions.packs import pack_version, pack_versions
from probity.web.language.later import later
from probity.web.triage.law_rules import OUTCOME_WORDS

KIND_WORDS = {"added": later("Added"), "removed": later("Removed"), "changed": later("Changed")}


@dataclass(frozen=True)
class Part:
    """One part of a rule, before and after."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Changed:
    """One rule that differs."""

    title: str
    kind: str
    parts: list[Part]


@dataclass(frozen=True)
class Moved:
    """One case that would come out differently under one rule."""

    case: Case | None
    rule: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangesPage:
    """The two versions, what differs, and for whom."""

    versions: list[PackVersion]
    old: PackVersion
    new: PackVersion
    rules: list[Changed]
    moved: list[Moved]
    cases: int


def changes_page(pack: str, *, old: str, new: str, person: Person) -> ChangesPage:
    """Compare two versions by digest; without them the last two. Raises NotFound."""
    versions = pack_versions(pack)
    if not versions:
        raise NotFound(gettext("No version of {pack} was ever used here.").format(pack=pack))
    after = pack_version(new) if new else versions[-1]
    before = pack_version(old) if old else versions[-2] if len(versions) > 1 else versions[-1]
    if {before.pack, after.pack} != {pack}:
        raise NotFound(gettext("These are versions of another pack."))
    found = changes_between(before, after)
    titles = rule_titles()
    cases = Case.objects.in_bulk(
        list(cases_seen(person, (UUID(row["case"]) for row in found["shifts"])))
    )
    return ChangesPage(
        versions=versions,
        old=before,
        new=after,
        rules=[_changed(row, titles) for row in found["rules"]],
        moved=[_moved(row, titles, cases) for row in found["shifts"] if UUID(row["case"]) in cases],
        cases=found["cases"],
    )


def _changed(row: Mapping[str, Any], titles: Mapping[str, str]) -> Changed:
    parts = [
        Part(name.replace("_", " "), _text(part["old"]), _text(part["new"]))
        for name, part in row["parts"].items()
    ]
    return Changed(titles.get(row["rule"], row["rule"]), KIND_WORDS[row["kind"]], parts)


def _moved(row: Mapping[str, Any], titles: Mapping[str, str], cases: Mapping[UUID, Case]) -> Moved:
    old, new = (
        OUTCOME_WORDS.get(row[key] or "", gettext("Not in the pack")) for key in ("old", "new")
    )
    return Moved(cases.get(UUID(row["case"])), titles.get(row["rule"], row["rule"]), old, new)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
