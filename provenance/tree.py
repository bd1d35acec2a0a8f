"""The manifests and ingredients of a store as a tree for display, with every string neutralised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provenance import codes, declarations
from provenance.history import Findings, History
from provenance.text import shown, shown_or_none

DEEPEST = 40
MOST_NODES = 250
MOST_INGREDIENTS = 50
MOST_CODES = 30

SignerOf = Callable[[str], dict[str, Any]]


def build(history: History, *, root_state: str, signers: SignerOf) -> dict[str, Any]:
    """``root``: the active manifest with its ingredients below it; ``cut``: a sentence when the
    tree was too deep or too large to be shown whole, else None; ``nodes``: how many are shown.

    ``signers`` gives the signer of the manifest of that label.
    """
    builder = _Builder(history, root_state, signers)
    root = builder.manifest(history.active, relationship=None, title=None, above=())
    return {"root": root, "cut": builder.cut, "nodes": builder.nodes}


class _Builder:
    def __init__(self, history: History, root_state: str, signers: SignerOf) -> None:
        self._history = history
        self._root_state = root_state
        self._signers = signers
        self.nodes = 0
        self.cut: str | None = None

    def manifest(
        self, label: str, *, relationship: str | None, title: str | None, above: tuple[str, ...]
    ) -> dict[str, Any]:
        self.nodes += 1
        manifest = self._history.manifests.get(label, {})
        findings = self._history.on(label)
        signer = self._signers(label)
        below, left_out = self._ingredients(label, (*above, label))
        return {
            "kind": "manifest",
            "id": shown(label, longest=120),
            "title": shown_or_none(manifest.get("title")) or title,
            "format": shown_or_none(manifest.get("format"), longest=60),
            "relationship": relationship,
            "state": self._state(findings, signer) if above else self._root_state,
            **_codes(findings),
            "generator": declarations.generator(manifest),
            "signer": signer,
            "date": signer.get("signed_at"),
            "ai_use": declarations.ai_of(manifest),
            "actions": declarations.actions(manifest),
            "ingredients": below,
            "ingredients_left_out": left_out,
        }

    @staticmethod
    def _state(findings: Findings, signer: Mapping[str, Any]) -> str:
        if findings.broken():
            return "invalid"
        return "trusted" if signer.get("shown_as_identity") else "valid"

    def _ingredients(self, label: str, above: tuple[str, ...]) -> tuple[list[dict[str, Any]], int]:
        listed = self._history.ingredients(label)
        found: list[dict[str, Any]] = []
        for ingredient in listed[:MOST_INGREDIENTS]:
            if self.nodes >= MOST_NODES or len(above) >= DEEPEST:
                break
            found.append(self._ingredient(label, ingredient, above))
        left_out = len(listed) - len(found)
        if left_out:
            self.cut = (
                f"This history is too large to show whole: it is cut after {DEEPEST} steps, "
                f"{MOST_INGREDIENTS} ingredients of one file or {MOST_NODES} entries. "
                "All of it was checked."
            )
        return found, left_out

    def _ingredient(
        self, parent: str, ingredient: dict[str, Any], above: tuple[str, ...]
    ) -> dict[str, Any]:
        target = ingredient.get("active_manifest")
        relationship = shown_or_none(ingredient.get("relationship"), longest=40)
        title = shown_or_none(ingredient.get("title"))
        if isinstance(target, str) and target in self._history.manifests and target not in above:
            return self.manifest(target, relationship=relationship, title=title, above=above)
        self.nodes += 1
        key = (parent, str(ingredient.get("label")))
        findings = self._history.by_ingredient.get(key, Findings())
        return {
            "kind": "ingredient",
            "id": shown(ingredient.get("instance_id") or "", longest=120),
            "title": title,
            "format": shown_or_none(ingredient.get("format"), longest=60),
            "relationship": relationship,
            "state": _bare_state(findings, named=bool(target)),
            **_codes(findings),
            "ingredients": [],
            "ingredients_left_out": 0,
        }


def _bare_state(findings: Findings, *, named: bool) -> str:
    """An ingredient without a manifest that can be shown: nothing to say, gone, or broken."""
    if codes.MANIFEST_MISSING in findings.failures:
        return "missing"
    if findings.broken():
        return "invalid"
    return "missing" if named else "none"


def _codes(findings: Findings) -> dict[str, Any]:
    return {
        "codes": [
            {"code": code, "explanation": why}
            for code, why in sorted(findings.failures.items())[:MOST_CODES]
        ],
        "notes": sorted(findings.notes)[:MOST_CODES],
    }
