"""All manifests of a store with what is wrong with each, however deep it lies.

The library's state looks at the active manifest and at what has changed since it was signed. What
its signer already recorded about a broken ingredient stands in that ingredient's own results, so
every ingredient of every manifest is walked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from provenance import codes
from provenance.text import shown

MOST_STATUSES = 20_000


@dataclass
class Findings:
    """Codes found on one manifest or ingredient, each with the library's explanation."""

    failures: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)

    def broken(self) -> list[str]:
        """The failures that break it, sorted."""
        return sorted(code for code in self.failures if codes.breaks(code))


@dataclass
class History:
    """The store: manifests by label, findings by label, and findings on ingredients that have no
    manifest of their own (by parent's label and the ingredient's label)."""

    active: str
    manifests: dict[str, dict[str, Any]]
    by_manifest: dict[str, Findings]
    by_ingredient: dict[tuple[str, str], Findings]

    def on(self, label: str) -> Findings:
        """Findings on a manifest."""
        return self.by_manifest.setdefault(label, Findings())

    def trust(self, label: str) -> None:
        """Take note that the signer of a manifest is trusted after all: a reading without anchors
        says of everybody that they are not."""
        findings = self.on(label)
        if findings.failures.pop(codes.UNTRUSTED, None) is not None:
            findings.good.add(codes.TRUSTED)

    def ingredients(self, label: str) -> list[dict[str, Any]]:
        """The ingredients that a manifest names."""
        return _dicts(self.manifests.get(label, {}).get("ingredients"))

    def broken_ingredients(self) -> list[str]:
        """Labels of the broken manifests and ingredients below the active manifest."""
        found = [
            label
            for label, findings in self.by_manifest.items()
            if label != self.active and findings.broken()
        ]
        found += [
            f"{parent} / {label}"
            for (parent, label), findings in self.by_ingredient.items()
            if findings.broken()
        ]
        return found

    def has_ingredient_credentials(self) -> bool:
        """Whether any ingredient brings credentials of its own, or lost those it had."""
        named = any(
            ingredient.get("active_manifest")
            for label in self.manifests
            for ingredient in self.ingredients(label)
        )
        return named or any(f.broken() for f in self.by_ingredient.values())


def build(store: dict[str, Any]) -> History:
    """The history of a store as the library reports it."""
    raw = store.get("manifests")
    manifests = {str(k): v for k, v in raw.items() if isinstance(v, dict)} if raw else {}
    history = History(
        active=str(store.get("active_manifest")),
        manifests=manifests,
        by_manifest={},
        by_ingredient={},
    )
    budget = [MOST_STATUSES]
    results = _dict(store.get("validation_results"))
    _take(history.on(history.active), _dict(results.get("activeManifest")), budget)
    _take_deltas(history, results, budget)
    for label in manifests:
        for ingredient in history.ingredients(label):
            _take_recorded(history, label, ingredient, budget)
    return history


def _take_recorded(
    history: History, parent: str, ingredient: dict[str, Any], budget: list[int]
) -> None:
    """What the signer of ``parent`` found out about this ingredient."""
    target = _of_ingredient(history, parent, ingredient)
    results = _dict(ingredient.get("validation_results"))
    _take(target, _dict(results.get("activeManifest")), budget)
    _take_deltas(history, results, budget)
    for status in _statuses(ingredient.get("validation_status"), budget):
        into = target.failures if codes.is_failure(status[0]) else target.notes
        into.setdefault(*status)


def _take_deltas(history: History, results: dict[str, Any], budget: list[int]) -> None:
    for delta in _dicts(results.get("ingredientDeltas")):
        parent, assertion = _parts(delta.get("ingredientAssertionURI"))
        changes = _dict(delta.get("validationDeltas"))
        for kind in ("failure", "informational", "success"):
            for entry in _dicts(changes.get(kind)):
                label, _ = _parts(entry.get("url"))
                known = label in history.manifests and label != parent
                target = history.on(label) if known else _named(history, parent, assertion)
                _take(target, {kind: [entry]}, budget)


def _named(history: History, parent: str, assertion: str) -> Findings:
    for ingredient in history.ingredients(parent):
        if ingredient.get("label") == assertion:
            return _of_ingredient(history, parent, ingredient)
    return history.by_ingredient.setdefault((parent, assertion), Findings())


def _of_ingredient(history: History, parent: str, ingredient: dict[str, Any]) -> Findings:
    label = ingredient.get("active_manifest")
    # A manifest that names itself as its ingredient must not blame itself twice over.
    if isinstance(label, str) and label in history.manifests and label != parent:
        return history.on(label)
    return history.by_ingredient.setdefault((parent, str(ingredient.get("label"))), Findings())


def _take(target: Findings, results: dict[str, Any], budget: list[int]) -> None:
    for code, why in _statuses(results.get("failure"), budget):
        target.failures.setdefault(code, why)
    for code, why in _statuses(results.get("informational"), budget):
        target.notes.setdefault(code, why)
    target.good.update(code for code, _ in _statuses(results.get("success"), budget))


def _statuses(value: Any, budget: list[int]) -> Iterator[tuple[str, str]]:
    for entry in _dicts(value):
        if budget[0] <= 0:
            return
        budget[0] -= 1
        code = entry.get("code")
        if isinstance(code, str):
            yield shown(code, longest=120), shown(entry.get("explanation") or "")


def _parts(url: Any) -> tuple[str, str]:
    """Manifest label and last part of ``self#jumbf=/c2pa/<label>/…/<last>``."""
    text = url if isinstance(url, str) else ""
    pieces = text.partition("self#jumbf=")[2].strip("/").split("/")
    label = pieces[1] if len(pieces) > 1 and pieces[0] == "c2pa" else ""
    return label, pieces[-1]


def manifest_of(url: Any) -> str:
    """The label of the manifest that a JUMBF address lies in; empty for any other text."""
    return _parts(url)[0]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
