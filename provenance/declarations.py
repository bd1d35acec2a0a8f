"""What credentials declare: the use of AI, actions, and whether training on the file is reserved.

Source types are those of the IPTC digital source type vocabulary
(https://cv.iptc.org/newscodes/digitalsourcetype/) and of C2PA's addition to it (C2PA Technical
Specification 2.2, section 18.15.4). A declaration is only as good as the signature over it.
"""

from __future__ import annotations

from typing import Any

from provenance import plain_names
from provenance.history import History
from provenance.text import shown, shown_or_none

GENERATED = "generated"
EDITED = "edited"
NONE_DECLARED = "none_declared"
UNKNOWN = "unknown"

_GENERATIVE = frozenset({"trainedAlgorithmicMedia", "trainedAlgorithmicData"})
_PARTLY = frozenset({"compositeWithTrainedAlgorithmicMedia"})
_MOST_ACTIONS = 50
_DEEPEST = 200
_MOST_EVIDENCE = 20
_TRAINING = {
    "ai_training": "AI training",
    "ai_generative_training": "training of generative AI",
    "ai_inference": "AI inference",
    "data_mining": "data mining",
}


def source_type(value: Any) -> str | None:
    """The last part of a digital source type's address, neutralised."""
    text = shown_or_none(value, longest=300)
    return text.rstrip("/").rpartition("/")[2] if text else None


def actions(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The actions of one manifest: action, source_type, agent and when; title and source_title in
    plain words; ai: whether the action says that AI had a part in it."""
    found: list[dict[str, Any]] = []
    for data in assertions(manifest, "c2pa.actions"):
        listed = data.get("actions")
        for action in listed if isinstance(listed, list) else []:
            if isinstance(action, dict) and len(found) < _MOST_ACTIONS:
                found.append(_action(action))
    return found


def _action(action: dict[str, Any]) -> dict[str, Any]:
    name = shown(action.get("action") or "", longest=80)
    kind = source_type(action.get("digitalSourceType"))
    return {
        "action": name,
        "title": plain_names.action(name),
        "source_type": kind,
        "source_title": plain_names.source(kind),
        "ai": kind in _GENERATIVE or kind in _PARTLY,
        "agent": _agent(action.get("softwareAgent")),
        "when": shown_or_none(action.get("when"), longest=40),
    }


def assertions(manifest: dict[str, Any], label: str) -> list[dict[str, Any]]:
    """The data of a manifest's assertions of one label, in any version (``.v2``, ``__1``)."""
    listed = manifest.get("assertions")
    found = []
    for assertion in listed if isinstance(listed, list) else []:
        if isinstance(assertion, dict) and isinstance(assertion.get("data"), dict):
            name = str(assertion.get("label")).partition("__")[0]
            if name == label or name.startswith(f"{label}.v"):
                found.append(assertion["data"])
    return found


def ai_of(manifest: dict[str, Any]) -> str:
    """What one manifest by itself declares: generated, edited or none_declared."""
    declared = NONE_DECLARED
    for action in actions(manifest):
        kind = action["source_type"]
        if kind in _GENERATIVE and action["action"] == "c2pa.created":
            return GENERATED
        if kind in _GENERATIVE or kind in _PARTLY:
            declared = EDITED
    if assertions(manifest, "com.adobe.generative-ai"):
        has_parent = any(
            isinstance(item, dict) and item.get("relationship") == "parentOf"
            for item in manifest.get("ingredients") or []
        )
        return EDITED if has_parent or declared == EDITED else GENERATED
    return declared


def ai_use(history: History) -> dict[str, Any]:
    """``use`` over the whole history, and ``evidence``: the manifests that say so.

    What was generated and then edited is still generated; what has generated parts in it was
    edited with AI.
    """
    evidence: list[dict[str, Any]] = []
    use = _ai_below(history, history.active, 0, evidence, {})
    return {"use": use, "evidence": evidence[:_MOST_EVIDENCE]}


def _ai_below(
    history: History,
    label: str,
    depth: int,
    evidence: list[dict[str, Any]],
    known: dict[str, str],
) -> str:
    """Each manifest is looked at once, however often and in whatever circles it is named."""
    if label in known:
        return known[label]
    manifest = history.manifests.get(label, {})
    own = ai_of(manifest)
    known[label] = own
    if own != NONE_DECLARED:
        evidence.append(
            {
                "manifest": shown(label, longest=120),
                "title": shown_or_none(manifest.get("title")),
                "use": own,
                "depth": depth,
            }
        )
    if own == GENERATED or depth >= _DEEPEST:
        return own
    for ingredient in history.ingredients(label):
        below, relation = ingredient.get("active_manifest"), ingredient.get("relationship")
        if not isinstance(below, str) or relation == "inputTo":
            continue
        found = _ai_below(history, below, depth + 1, evidence, known)
        if found == GENERATED and relation == "parentOf":
            known[label] = GENERATED
            return GENERATED
        if found != NONE_DECLARED:
            known[label] = EDITED
    return known[label]


def training(manifest: dict[str, Any]) -> dict[str, str] | None:
    """Reservations about training: purpose -> notAllowed, constrained or allowed; None if silent.

    ``c2pa.training-mining`` and its successor ``cawg.training-mining``; the stricter one counts.
    """
    order = {"allowed": 0, "constrained": 1, "notAllowed": 2}
    found: dict[str, str] = {}
    for label in ("c2pa.training-mining", "cawg.training-mining"):
        for data in assertions(manifest, label):
            entries = data.get("entries")
            for key, entry in (entries if isinstance(entries, dict) else {}).items():
                purpose = str(key).rpartition(".")[2]
                use = entry.get("use") if isinstance(entry, dict) else None
                if purpose in _TRAINING and use in order:
                    kept = found.get(purpose, "allowed")
                    found[purpose] = max(kept, str(use), key=order.__getitem__)
    return found or None


def training_sentence(found: dict[str, str] | None) -> str | None:
    """The reservations in words; None when there is none."""
    refused = [_TRAINING[purpose] for purpose, use in (found or {}).items() if use == "notAllowed"]
    return f"The credentials reserve these uses: {', '.join(refused)}." if refused else None


def generator(manifest: dict[str, Any]) -> str | None:
    """The program that made the claim, with its version."""
    listed = manifest.get("claim_generator_info")
    first = listed[0] if isinstance(listed, list) and listed else None
    if isinstance(first, dict) and first.get("name"):
        return shown(f"{first['name']} {first.get('version') or ''}".strip())
    return shown_or_none(manifest.get("claim_generator"))


def _agent(value: Any) -> str | None:
    if isinstance(value, dict):
        value = f"{value.get('name') or ''} {value.get('version') or ''}".strip()
    return shown_or_none(value)
