"""Rules as a person reads them: conditions beside their citations, in words and in JSON shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from policy.api import Condition, Group, Leaf, Obligation, Pack, Record, Rule, StateChange
from policy.sentences import wish

_HEADS = {"all": "all of these", "any": "at least one of these", "not": "not"}


def pack_dict(pack: Pack) -> dict[str, Any]:
    """Everything a pack says; its rules in the order of the file, each with its worked examples."""
    return {
        "id": pack.id,
        "version": pack.version,
        "title": pack.title,
        "jurisdiction": pack.jurisdiction,
        "maintainer": pack.maintainer,
        "digest": pack.digest,
        "file": pack.file,
        "rules": [
            {**rule_dict(rule), "examples": sum(test.rule == rule.id for test in pack.tests)}
            for rule in pack.rules
        ],
        "records": [record_dict(record) for record in pack.records],
    }


def record_dict(record: Record) -> dict[str, Any]:
    """A dated piece of law that is no rule, and why."""
    return {
        "id": record.id,
        "title": record.title,
        "summary": record.summary,
        "kind": record.kind.value,
        "jurisdiction": record.jurisdiction,
        "citation": record.citation.to_dict(),
        "timeline": _timeline(record.timeline),
        "why_no_rule": record.why_no_rule,
        "open_notes": list(record.open_notes),
        "review_due": record.review_due.isoformat(),
    }


def condition_dict(condition: Condition) -> dict[str, Any]:
    """{kind: leaf, fact, test, words, question, citation}, or {kind, words, count, children}."""
    if isinstance(condition, Leaf):
        return {
            "kind": "leaf",
            "fact": condition.fact,
            "test": condition.words,
            "words": wish(condition),
            "question": condition.ask,
            "citation": condition.citation.to_dict(),
        }
    return {
        "kind": condition.kind,
        "words": _head(condition),
        "count": condition.count or None,
        "children": [condition_dict(child) for child in condition.children],
    }


def rule_dict(rule: Rule) -> dict[str, Any]:
    """Everything a lawyer reads about a rule, without any case."""
    return {
        "id": rule.id,
        "pack": rule.pack,
        "title": rule.title,
        "summary": rule.summary,
        "jurisdiction": rule.jurisdiction,
        "harm": rule.harm.value,
        "level": rule.level.value,
        "grade": rule.grade.value,
        "ground": rule.ground.value if rule.ground else None,
        "explanation": rule.explanation,
        "binds": rule.binds.value,
        "bound": rule.bound,
        "risk": rule.risk,
        "citation": rule.citation.to_dict(),
        "timeline": _timeline(rule.timeline),
        "when": condition_dict(rule.when),
        "exceptions": [
            {
                "id": exception.id,
                "title": exception.title,
                "when": condition_dict(exception.when),
                "citation": exception.citation.to_dict(),
            }
            for exception in rule.exceptions
        ],
        "obligations": [obligation_dict(obligation) for obligation in rule.obligations],
        "overrides": [
            {
                "rule": override.rule,
                "why": override.why,
                "citation": override.citation.to_dict(),
            }
            for override in rule.overrides
        ],
        "open_notes": list(rule.open_notes),
        "review_due": rule.review_due.isoformat(),
    }


def obligation_dict(obligation: Obligation) -> dict[str, Any]:
    """An obligation as the law has it, without any due time."""
    return {
        "do": obligation.do.value,
        "what": obligation.what,
        "force": obligation.force.value,
        "scope": obligation.scope.value,
        "within": obligation.within.text if obligation.within else None,
        "effort": obligation.effort,
        "clock": obligation.clock.value,
        "from_event": obligation.from_event.value,
        "else_from": obligation.else_from.value if obligation.else_from else None,
        "max_extension": obligation.max_extension.text if obligation.max_extension else None,
        "citation": obligation.citation.to_dict(),
    }


def rule_lines(rule: Rule) -> Iterator[str]:
    """The rule as plain text, one line after the other."""
    yield f"{rule.id}: {rule.title}"
    yield f"  {rule.summary}"
    yield f"  Binds: {rule.bound} ({rule.binds}). Where: {rule.jurisdiction}. Grade {rule.grade}."
    for change in rule.timeline:
        note = f" ({change.note})" if change.note else ""
        yield f"  From {change.start.isoformat()}: {change.state.replace('_', ' ')}{note}"
    yield "  Applies when"
    yield from _condition_lines(rule.when, depth=2)
    for exception in rule.exceptions:
        yield f"  Except: {exception.title} [{exception.citation.text}]"
        yield from _condition_lines(exception.when, depth=2)
    for obligation in rule.obligations:
        length = obligation.within.text if obligation.within else obligation.effort or "at once"
        start = obligation.from_event.replace("_", " ")
        if obligation.else_from:
            start += f", until then from: {obligation.else_from.replace('_', ' ')}"
        yield f"  Duty: {obligation.what} ({length}, from: {start}) [{obligation.citation.text}]"
    if rule.risk:
        yield f"  Risk: {rule.risk}"
    for note in rule.open_notes:
        yield f"  Open: {note}"


def _condition_lines(condition: Condition, *, depth: int) -> Iterator[str]:
    margin = "  " * depth
    if isinstance(condition, Leaf):
        yield f"{margin}- {wish(condition)} [{condition.citation.text}]"
        return
    yield f"{margin}- {_head(condition)}:"
    for child in condition.children:
        yield from _condition_lines(child, depth=depth + 1)


def _head(group: Group) -> str:
    return _HEADS.get(group.kind, f"at least {group.count} of these")


def record_lines(record: Record) -> Iterator[str]:
    """The record as plain text."""
    yield f"{record.id}: {record.title}"
    yield f"  No rule ({record.kind.replace('_', ' ')}): {record.why_no_rule}"
    yield f"  {record.summary} [{record.citation.text}]"
    for change in record.timeline:
        note = f" ({change.note})" if change.note else ""
        yield f"  From {change.start.isoformat()}: {change.state.replace('_', ' ')}{note}"
    for note in record.open_notes:
        yield f"  Open: {note}"


def _timeline(changes: Iterable[StateChange]) -> list[dict[str, Any]]:
    return [
        {"from": change.start.isoformat(), "state": change.state.value, "note": change.note}
        for change in changes
    ]
