"""Are the tests inside a pack sharp? Every small change to a rule should make one of them fail.

Changed are: each leaf (dropped, negated, its numbers shifted), each group (all for any), each
exception, each date of the status timeline, each obligation, its duration and its start event,
each jurisdiction and each raised minimum source.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from policy.api import Event
from policy.cursor import Cursor, Path
from policy.errors import PackInvalid
from policy.logic import COMPARISONS
from policy.parse import parse
from policy.trial import failures

_SWAPPED = {"all": "any", "any": "all"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed document and what was changed."""

    rule: str
    change: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many mutants there were and which of them no test noticed."""

    total: int
    survivors: tuple[tuple[str, str], ...]

    @property
    def caught(self) -> float:
        """Share of mutants caught, 0 to 1; 1 when there are none."""
        return 1.0 - len(self.survivors) / self.total if self.total else 1.0


def check(document: Cursor) -> Verdict:
    """Run the pack's own tests against every mutant of it."""
    total = 0
    survivors: list[tuple[str, str]] = []
    for mutant in mutants(document.value):
        total += 1
        if not _caught(mutant.document, file=document.file):
            survivors.append((mutant.rule, mutant.change))
    return Verdict(total, tuple(survivors))


def _caught(document: dict[str, Any], *, file: str) -> bool:
    try:
        pack = parse(Cursor(value=document, path=(), file=file, lines={}))
    except PackInvalid:
        return True
    return next(failures((pack,)), None) is not None


def mutants(document: dict[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a pack document."""
    for name in document.get("minimum_sources", {}):
        yield _without(document, ("minimum_sources",), name, rule="", change=f"minimum of {name}")
    for rule in document.get("rules", ()):
        # What a rule's own examples must notice does not depend on the rules beside it.
        alone = {**document, "rules": [rule]}
        for path, change, new in _rule_changes(alone, ("rules", 0)):
            yield Mutant(rule["id"], change, _replaced(alone, path, new))


def _rule_changes(document: dict[str, Any], at: Path) -> Iterator[tuple[Path, str, Any]]:
    """(path, what changes, the new value or `_DROP`) for one rule."""
    rule = _get(document, at)
    place = rule.get("jurisdiction", document["jurisdiction"])
    yield (*at, "jurisdiction"), "jurisdiction", "US" if place == "*" else "*"
    yield from _conditions(rule["when"], (*at, "when"))
    for index, exception in enumerate(rule.get("exceptions", ())):
        path = (*at, "exceptions", index)
        yield path, f"exception {exception['id']} dropped", _DROP
        yield from _conditions(exception["when"], (*path, "when"))
    for index, change in enumerate(rule["status"]):
        path = (*at, "status", index)
        yield path, f"status {change['from']} dropped", _DROP
        for moved in _neighbours(change["from"]):
            yield (*path, "from"), f"status {change['from']} to {moved}", moved
    for index, obligation in enumerate(rule.get("obligations", ())):
        yield from _obligation(obligation, (*at, "obligations", index))


def _neighbours(day: str) -> tuple[str, str]:
    """The days, or where only the month is known the months, before and after."""
    if len(day) == len("2024-10"):
        first = date.fromisoformat(f"{day}-01")
        return (first - timedelta(days=1)).isoformat()[:7], (
            first + timedelta(days=31)
        ).isoformat()[:7]
    known = date.fromisoformat(day)
    return (known - timedelta(days=1)).isoformat(), (known + timedelta(days=1)).isoformat()


def _conditions(node: dict[str, Any], path: Path) -> Iterator[tuple[Path, str, Any]]:
    where = ".".join(str(step) for step in path[2:])
    if "fact" in node:
        yield path, f"{where} {node['fact']} negated", {"not": node}
        for operator in COMPARISONS:
            if operator in node:
                yield from _shifted(node[operator], (*path, operator), f"{where} {node['fact']}")
        return
    kind = next(iter(node))
    if kind == "not":
        yield path, f"{where} not removed", node["not"]
        yield from _conditions(node["not"], (*path, "not"))
        return
    inside = (*path, kind) if kind != "at_least" else (*path, kind, "of")
    children = node[kind] if kind != "at_least" else node[kind]["of"]
    if kind == "at_least":
        yield from _shifted(node[kind]["count"], (*path, kind, "count"), f"{where} count")
    elif len(children) > 1:
        yield path, f"{where} {kind} turned into {_SWAPPED[kind]}", {_SWAPPED[kind]: children}
    for index, child in enumerate(children):
        if len(children) > 1:
            yield (*inside, index), f"{where}[{index}] dropped", _DROP
        yield from _conditions(child, (*inside, index))


def _shifted(operand: Any, path: Path, what: str) -> Iterator[tuple[Path, str, Any]]:
    if isinstance(operand, bool):
        return
    if isinstance(operand, int):
        for step in (-1, 1):
            yield path, f"{what} {operand} {step:+d}", operand + step
        return
    for index, part in enumerate(operand):
        yield from _shifted(part, (*path, index), what)


def _obligation(obligation: dict[str, Any], path: Path) -> Iterator[tuple[Path, str, Any]]:
    what = f"obligation {obligation['do']}"
    yield path, f"{what} dropped", _DROP
    if obligation["clock"] != "qualitative":
        for name in ("from_event", "else_from"):
            for event in Event if name in obligation else ():
                if event != obligation[name]:
                    yield (*path, name), f"{what} {name} {event}", event.value
    for name in ("within", "max_extension"):
        if name not in obligation:
            continue
        for match in re.finditer(r"\d+", obligation[name]):
            for step in (-1, 1):
                text = obligation[name]
                moved = f"{text[: match.start()]}{int(match[0]) + step}{text[match.end() :]}"
                yield (*path, name), f"{what} {name} {text} to {moved}", moved


_DROP = object()


def _get(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _replaced(document: dict[str, Any], path: Path, new: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    holder = _get(changed, path[:-1])
    if new is not _DROP:
        holder[path[-1]] = copy.deepcopy(new)
        return changed
    del holder[path[-1]]
    if not holder and isinstance(path[-2], str):
        # An empty list is refused by the grammar; without its key the change is a real one.
        del _get(changed, path[:-2])[path[-2]]
    return changed


def _without(document: dict[str, Any], path: Path, name: str, *, rule: str, change: str) -> Mutant:
    return Mutant(rule, f"{change} dropped", _replaced(document, (*path, name), _DROP))
