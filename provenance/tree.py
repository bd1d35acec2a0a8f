"""The manifests and ingredients of a store as a tree for display, with every string neutralised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provenance import codes, declarations, plain_names
from provenance.history import Findings, History
from provenance.text import shown, shown_or_none

DEEPEST = 40
MOST_NODES = 250
MOST_INGREDIENTS = 50
MOST_CODES = 30

_SENTENCES = {
    "trusted": "Its signer is trusted, and what the signature covers is unchanged.",
    "valid": "What the signature covers is unchanged; its signer stands on no list that was asked.",
    "invalid": "It does not match its own credentials, or these did not pass their checks.",
    "missing": "Its credentials are named here and are not in the file.",
    "none": "It had no credentials when it was used.",
}

SignerOf = Callable[[str], dict[str, Any]]


def build(history: History, *, root_state: str, signers: SignerOf) -> dict[str, Any]:
    """``root``: the active manifest with its ingredients below it; ``cut``: a sentence when the
    tree was too deep or too large to be shown whole, else None; ``nodes``: how many are shown.

    Every node has a ``key`` of its own, which is the way to it: "0" is the root, "0.1" its second
    ingredient. ``signers`` gives the signer of the manifest of that label.
    """
    builder = _Builder(history, root_state, signers)
    root = builder.manifest(history.active, named=None, above=(), key="0")
    return {"root": root, "cut": builder.cut, "nodes": builder.nodes}


def pictures(history: History) -> dict[str, str]:
    """The address of the small picture of each node that has one, by the node's key.

    That which the manifest has of itself comes before that which the one above it has of it.
    """
    builder = _Builder(history, "none", lambda _label: {})
    builder.manifest(history.active, named=None, above=(), key="0")
    return builder.pictures


class _Builder:
    def __init__(self, history: History, root_state: str, signers: SignerOf) -> None:
        self._history = history
        self._root_state = root_state
        self._signers = signers
        self.nodes = 0
        self.cut: str | None = None
        self.pictures: dict[str, str] = {}

    def manifest(
        self, label: str, *, named: dict[str, Any] | None, above: tuple[str, ...], key: str
    ) -> dict[str, Any]:
        """The node of a manifest; ``named`` is the ingredient by which the one above names it."""
        self.nodes += 1
        manifest = self._history.manifests.get(label, {})
        findings = self._history.on(label)
        signer = self._signers(label)
        below, left_out = self._ingredients(label, (*above, label), key)
        state = self._state(findings, signer) if above else self._root_state
        outer = named or {}
        return {
            "key": key,
            "kind": "manifest",
            "id": shown(label, longest=120),
            "title": shown_or_none(manifest.get("title")) or shown_or_none(outer.get("title")),
            "format": _format(manifest) or _format(outer),
            **_relationship(outer),
            "state": state,
            "state_sentence": _SENTENCES[state],
            **_codes(findings),
            "generator": declarations.generator(manifest),
            "signer": signer,
            "date": signer.get("signed_at"),
            "ai_use": declarations.ai_of(manifest),
            "actions": declarations.actions(manifest),
            "training": declarations.training(manifest),
            "thumbnail": self._picture(key, manifest, outer),
            "ingredients": below,
            "ingredients_left_out": left_out,
        }

    def _picture(self, key: str, *sources: dict[str, Any]) -> bool:
        for source in sources:
            named = source.get("thumbnail")
            address = named.get("identifier") if isinstance(named, dict) else None
            if isinstance(address, str) and address:
                self.pictures[key] = address
                return True
        return False

    @staticmethod
    def _state(findings: Findings, signer: Mapping[str, Any]) -> str:
        if findings.broken():
            return "invalid"
        return "trusted" if signer.get("shown_as_identity") else "valid"

    def _ingredients(
        self, label: str, above: tuple[str, ...], key: str
    ) -> tuple[list[dict[str, Any]], int]:
        listed = self._history.ingredients(label)
        found: list[dict[str, Any]] = []
        for place, ingredient in enumerate(listed[:MOST_INGREDIENTS]):
            if self.nodes >= MOST_NODES or len(above) >= DEEPEST:
                break
            found.append(self._ingredient(label, ingredient, above, f"{key}.{place}"))
        left_out = len(listed) - len(found)
        if left_out:
            self.cut = (
                f"This history is too large to show whole: it is cut after {DEEPEST} steps, "
                f"{MOST_INGREDIENTS} ingredients of one file or {MOST_NODES} entries. "
                "All of it was checked."
            )
        return found, left_out

    def _ingredient(
        self, parent: str, ingredient: dict[str, Any], above: tuple[str, ...], key: str
    ) -> dict[str, Any]:
        target = ingredient.get("active_manifest")
        if isinstance(target, str) and target in self._history.manifests and target not in above:
            return self.manifest(target, named=ingredient, above=above, key=key)
        self.nodes += 1
        place = (parent, str(ingredient.get("label")))
        findings = self._history.by_ingredient.get(place, Findings())
        state = _bare_state(findings, named=bool(target))
        return {
            "key": key,
            "kind": "ingredient",
            "id": shown(ingredient.get("instance_id") or "", longest=120),
            "title": shown_or_none(ingredient.get("title")),
            "format": _format(ingredient),
            **_relationship(ingredient),
            "state": state,
            "state_sentence": _SENTENCES[state],
            **_codes(findings),
            "thumbnail": self._picture(key, ingredient),
            "ingredients": [],
            "ingredients_left_out": 0,
        }


def _format(of: dict[str, Any]) -> str | None:
    return shown_or_none(of.get("format"), longest=60)


def _relationship(ingredient: dict[str, Any]) -> dict[str, str | None]:
    name = shown_or_none(ingredient.get("relationship"), longest=40)
    return {"relationship": name, "relationship_title": plain_names.relationship(name)}


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
