"""What changed between two versions of packs, and which past cases would come out differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy.api import Fact, Pack
from policy.durations import moment
from policy.engine import evaluate
from policy.errors import FactRefused
from policy.reading import rule_dict
from policy.vocabulary import answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule that was added, removed or changed; `parts` names what of it (see `rule_dict`)."""

    rule: str
    kind: str
    parts: Mapping[str, tuple[Any, Any]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "kind": self.kind,
            "parts": {name: {"old": old, "new": new} for name, (old, new) in self.parts.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """What an evaluation started from: facts, the day whose law counts, places, receipt."""

    name: str
    facts: Mapping[str, Fact]
    at: datetime
    places: tuple[str, ...]
    received_at: datetime | None

    @classmethod
    def read(cls, body: object, *, name: str) -> PastCase:
        """One recorded evaluation: `{id?, facts, at, places, received_at?}`; raises FactRefused."""
        if (
            not isinstance(body, dict)
            or not isinstance(body.get("facts"), dict)
            or "at" not in body
        ):
            raise FactRefused(f"{name}: a case needs “facts”, “at” and “places”.")
        received = body.get("received_at")
        return cls(
            name=str(body.get("id", name)),
            facts={key: answer(key, value) for key, value in body["facts"].items()},
            at=moment(str(body["at"])),
            places=tuple(body.get("places") or ()),
            received_at=moment(str(received)) if received else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A rule that would come out differently for one past case; None where it did not exist."""

    case: str
    rule: str
    old: str | None
    new: str | None

    def to_dict(self) -> dict[str, Any]:
        return {"case": self.case, "rule": self.rule, "old": self.old, "new": self.new}


def changes(old: Iterable[Pack], new: Iterable[Pack]) -> tuple[RuleChange, ...]:
    """Every rule that differs, in the order of their ids."""
    before, after = (
        {rule.id: rule_dict(rule) for pack in packs for rule in pack.rules} for packs in (old, new)
    )
    found = []
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            found.append(RuleChange(rule=name, kind="removed" if was else "added", parts={}))
            continue
        parts = {key: (was[key], now[key]) for key in was if was[key] != now[key]}
        if parts:
            found.append(RuleChange(rule=name, kind="changed", parts=parts))
    return tuple(found)


def shifts(old: Sequence[Pack], new: Sequence[Pack], cases: Iterable[PastCase]) -> Iterator[Shift]:
    """Every rule of every case that comes out differently under the new packs."""
    for case in cases:
        was, now = _outcomes(old, case), _outcomes(new, case)
        for rule in sorted(was.keys() | now.keys()):
            if was.get(rule) != now.get(rule):
                yield Shift(case=case.name, rule=rule, old=was.get(rule), new=now.get(rule))


def _outcomes(packs: Sequence[Pack], case: PastCase) -> dict[str, str]:
    evaluation = evaluate(
        packs, facts=case.facts, at=case.at, places=case.places, received_at=case.received_at
    )
    return {result.rule.id: result.outcome.value for result in evaluation.rules}
