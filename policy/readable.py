"""A pack as text for people: conditions in words beside their citations. For pages and `show`."""

from __future__ import annotations

from typing import Any

from policy.api import Condition, Leaf, Obligation, Pack, Rule, StateChange
from policy.sentences import leaf_test, wish

GROUP_WORDS = {"all": "all of these", "any": "at least one of these", "not": "none of this"}


def pack_text(pack: Pack) -> dict[str, Any]:
    """Everything a pack says, as JSON-able data; its rules in the order of the file."""
    return {
        "id": pack.id,
        "version": pack.version,
        "title": pack.title,
        "jurisdiction": pack.jurisdiction,
        "maintainer": pack.maintainer,
        "digest": pack.digest,
        "file": pack.file,
        "rules": [rule_text(rule, pack) for rule in pack.rules],
    }


def rule_text(rule: Rule, pack: Pack) -> dict[str, Any]:
    """One rule: what it asks for, what it wants done, since when, how well it was read."""
    return {
        "id": rule.id,
        "title": rule.title,
        "summary": rule.summary,
        "jurisdiction": rule.jurisdiction,
        "harm": rule.harm,
        "level": rule.level.value,
        "grade": rule.grade.value,
        "binds": rule.binds.value,
        "bound": rule.bound,
        "risk": rule.risk,
        "citation": rule.citation.to_dict(),
        "timeline": [_change(change) for change in rule.timeline],
        "when": condition_text(rule.when),
        "exceptions": [
            {
                "id": exception.id,
                "title": exception.title,
                "when": condition_text(exception.when),
                "citation": exception.citation.to_dict(),
            }
            for exception in rule.exceptions
        ],
        "obligations": [_obligation(obligation) for obligation in rule.obligations],
        "open_notes": list(rule.open_notes),
        "review_due": rule.review_due.isoformat(),
        "examples": sum(test.rule == rule.id for test in pack.tests),
    }


def condition_text(condition: Condition) -> dict[str, Any]:
    """A leaf as {fact, words, test, citation}, a group as {kind, words, children}."""
    if isinstance(condition, Leaf):
        return {
            "kind": "leaf",
            "fact": condition.fact,
            "words": wish(condition),
            "test": leaf_test(condition),
            "citation": condition.citation.to_dict(),
        }
    words = GROUP_WORDS.get(condition.kind, f"at least {condition.count} of these")
    return {
        "kind": condition.kind,
        "words": words,
        "children": [condition_text(child) for child in condition.children],
    }


def _change(change: StateChange) -> dict[str, Any]:
    return {
        "from": change.start.isoformat(),
        "state": change.state.value,
        "note": change.note,
    }


def _obligation(obligation: Obligation) -> dict[str, Any]:
    return {
        "do": obligation.do.value,
        "what": obligation.what,
        "force": obligation.force.value,
        "scope": obligation.scope.value,
        "within": obligation.within.text if obligation.within else None,
        "effort": obligation.effort,
        "clock": obligation.clock.value,
        "from_event": obligation.from_event.value,
        "max_extension": obligation.max_extension.text if obligation.max_extension else None,
        "citation": obligation.citation.to_dict(),
    }
