"""The pieces of an evaluation: a leaf's line, a question, a duty, a conflict. Immutable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from policy.api import Citation, Fact, Obligation
from policy.logic import Truth, Value


class Tested(Protocol):
    """What a line of a trace is about: a leaf, or the place."""

    @property
    def path(self) -> str: ...
    @property
    def fact(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def citation(self) -> Citation: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a rule holds, as a line of its trace has it."""

    words: str
    citation: Citation
    path: str = "place"
    fact: str = "place"


class Said(NamedTuple):
    """What was said about a fact: `value` as the rule saw it, `given` also where it fell short."""

    value: Value
    given: Value
    source: str | None
    note: str | None


class TraceLine(NamedTuple):
    """One leaf: what was tested, on what, said by whom, with which law behind it."""

    about: Tested
    result: Truth
    said: Said
    decisive: bool

    @property
    def fact(self) -> str:
        return self.about.fact

    @property
    def test(self) -> str:
        return self.about.words

    @property
    def citation(self) -> Citation:
        return self.about.citation

    @property
    def value(self) -> Value:
        return self.said.value

    @property
    def given(self) -> Value:
        return self.said.given

    @property
    def source(self) -> str | None:
        return self.said.source

    @property
    def note(self) -> str | None:
        return self.said.note

    def to_dict(self) -> dict[str, Any]:
        return {
            "path": self.about.path,
            "fact": self.fact,
            "test": self.test,
            "result": self.result,
            "value": self.said.value,
            "given": self.said.given,
            "source": self.said.source,
            "note": self.said.note,
            "decisive": self.decisive,
            "citation": self.citation.brief(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A fact that can still change the outcome, in the pack's own words."""

    fact: str
    question: str
    type: str
    why: str
    help: str
    citation: Citation
    proposed: Fact | None

    def brief(self) -> dict[str, Any]:
        """The question alone; why it matters stands once, under the questions of all rules."""
        return {
            "fact": self.fact,
            "question": self.question,
            "type": self.type,
            "citation": self.citation.brief(),
        }

    def to_dict(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "fact": self.fact,
            "question": self.question,
            "type": self.type,
            "why": self.why,
            "help": self.help,
            "citation": self.citation.to_dict(),
        }
        if self.proposed is not None:
            result["proposed"] = {
                "value": self.proposed.value,
                "source": self.proposed.source.value,
            }
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """An obligation in this case; `due` is None where the law gives no number or no start.

    `started` is when its start event happened, None where it has not; `displaced_by` names the
    rule that goes before this one here, by a citation of its own.
    """

    rule: str
    obligation: Obligation
    started: datetime | None
    due: datetime | None
    due_note: str | None
    provisional: bool
    displaced_by: str | None

    @property
    def latest(self) -> datetime | None:
        """The due time with the longest extension that the law lets be taken."""
        longest = self.obligation.max_extension
        return longest.after(self.due) if longest and self.due else None

    def to_dict(self) -> dict[str, Any]:
        what = self.obligation
        return {
            "rule": self.rule,
            "do": what.do.value,
            "what": what.what,
            "force": what.force.value,
            "scope": what.scope.value,
            "within": what.within.text if what.within else None,
            "effort": what.effort,
            "clock": what.clock.value,
            "from_event": what.from_event.value,
            "max_extension": what.max_extension.text if what.max_extension else None,
            "started": self.started.isoformat() if self.started else None,
            "due": self.due.isoformat() if self.due else None,
            "due_note": self.due_note,
            "latest": self.latest.isoformat() if self.latest else None,
            "provisional": self.provisional,
            "displaced_by": self.displaced_by,
            "citation": what.citation.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One open fact over all rules, with every rule's own words for it."""

    fact: str
    type: str
    settles: tuple[str, ...]
    asked_by: tuple[tuple[str, Ask], ...]

    def to_dict(self) -> dict[str, Any]:
        first = self.asked_by[0][1]
        return {
            **first.to_dict(),
            "rules": [rule for rule, _ in self.asked_by],
            "settles": list(self.settles),
            "asked_by": [{"rule": rule, **ask.brief()} for rule, ask in self.asked_by],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two duties that do not simply stand side by side, and what the order of norms says."""

    kind: str
    rules: tuple[str, ...]
    sentence: str
    resolution: str
    citations: tuple[Citation, ...]
    provisional: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "rules": list(self.rules),
            "sentence": self.sentence,
            "resolution": self.resolution,
            "citations": [citation.to_dict() for citation in self.citations],
            "provisional": self.provisional,
        }
