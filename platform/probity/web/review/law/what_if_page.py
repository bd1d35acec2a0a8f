"""What the law would say to other facts, another place or another day. Nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.translation import gettext

from probity.cases.models import Case
from probity.cases.notice import places_read
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.decisions.deadlines import concerns
from probity.decisions.facts import Value
from probity.decisions.law import FactWords, fact_words
from probity.decisions.library import pack_text_find, pack_texts, what_if
from probity.decisions.models import PolicyEvaluation
from probity.decisions.selectors import evaluation_current
from probity.web.language.said import said, said_of
from probity.web.triage.law_rules import OUTCOME_WORDS
from probity.web.words import iso_duration

PREFIX = "fact-"
WORDS: Mapping[str, Value] = {"true": True, "false": False}
LIVE = {"applies": 0, "unknown": 1}


@dataclass(frozen=True)
class Asked:
    """One fact that can be set: ``given`` is "", "true", "false" or a number as text."""

    words: FactWords
    given: str
    recorded: str


@dataclass(frozen=True)
class Outcome:
    """What one rule says now, and what it said in the case's own evaluation."""

    title: str
    outcome: str
    words: str
    was: str
    sentence: str
    due: list[str]

    @property
    def changed(self) -> bool:
        """Whether the case would come out differently under this rule."""
        return bool(self.was) and self.was != self.words


@dataclass(frozen=True)
class WhatIfPage:
    """The form as it stands and, once it holds, the answer."""

    case: Case | None
    pack: str
    packs: list[tuple[str, str]]
    at: str
    places: str
    asked: list[Asked]
    errors: Mapping[str, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    ruled_out: int = 0

    @property
    def changed(self) -> list[Outcome]:
        """Rules that would come out differently."""
        return [row for row in self.outcomes if row.changed]


def what_if_page(data: Mapping[str, str], *, case: Case | None) -> WhatIfPage:
    """Read the form from the address, evaluate, compare with the case's own evaluation."""
    evaluation = evaluation_current(case) if case else None
    pack = data.get("pack", "")
    recorded = _recorded(evaluation)
    given = {**recorded, **_given(data)}
    page = WhatIfPage(
        case=case,
        pack=pack,
        packs=sorted((text["title"], name) for name, text in pack_texts().items()),
        at=data.get("at") or _day(evaluation),
        places=data.get("places", ", ".join(evaluation.places) if evaluation else ""),
        asked=[
            Asked(words, given.get(words.name, ""), recorded.get(words.name, ""))
            for words in _asked(pack, evaluation, given)
        ],
    )
    if not (pack or case):
        return page
    try:
        result = what_if(
            _values(given), at=_moment(page.at), places=places_read(page.places),
            received_at=_moment(page.at),
        )  # fmt: skip
    except InvalidInput as wrong:
        return _with(page, errors=said_of(wrong.fields) or {"at": said(wrong.sentence)})
    return _answered(page, result, evaluation)


def _answered(
    page: WhatIfPage, result: Mapping[str, Any], evaluation: PolicyEvaluation | None
) -> WhatIfPage:
    was = {rule["id"]: rule["outcome"] for rule in evaluation.result["rules"]} if evaluation else {}
    rules = [rule for rule in result["rules"] if not page.pack or rule["pack"] == page.pack]
    shown = [rule for rule in rules if rule["outcome"] in LIVE or _differs(rule, was)]
    shown.sort(key=lambda rule: (not _differs(rule, was), LIVE.get(rule["outcome"], 2)))
    return _with(
        page,
        outcomes=[_outcome(rule, was.get(rule["id"], "")) for rule in shown],
        ruled_out=len(rules) - len(shown),
    )


def _differs(rule: Mapping[str, Any], was: Mapping[str, str]) -> bool:
    outcome: str = rule["outcome"]
    return was.get(rule["id"], outcome) != outcome


def _outcome(rule: Mapping[str, Any], was: str) -> Outcome:
    return Outcome(
        title=rule["title"],
        outcome=rule["outcome"],
        words=OUTCOME_WORDS[rule["outcome"]],
        was=OUTCOME_WORDS.get(was, ""),
        sentence=rule["sentence"],
        due=[
            f"{duty['what']} ({iso_duration(duty['within'])})" if duty["within"] else duty["what"]
            for duty in rule["obligations"]
        ],
    )


def _asked(
    pack: str, evaluation: PolicyEvaluation | None, given: Mapping[str, str]
) -> list[FactWords]:
    """The facts of the chosen pack, or those that the case's own rules look at."""
    known = fact_words()
    names = list(given)
    if pack:
        names += [name for rule in pack_text_find(pack)["rules"] for name in _facts_in(rule)]
    elif evaluation:
        names += [
            line["fact"]
            for rule in evaluation.result["rules"]
            if concerns(rule, case=evaluation.case)
            for line in rule["trace"]
        ]
    return [known[name] for name in dict.fromkeys(names) if name in known]


def _facts_in(rule: Mapping[str, Any]) -> Iterator[str]:
    for tree in (rule["when"], *(entry["when"] for entry in rule["exceptions"])):
        yield from _leaves(tree)


def _leaves(tree: Mapping[str, Any]) -> Iterator[str]:
    if tree["kind"] == "leaf":
        yield tree["fact"]
    for child in tree.get("children", ()):
        yield from _leaves(child)


def _recorded(evaluation: PolicyEvaluation | None) -> dict[str, str]:
    facts = evaluation.facts if evaluation else {}
    return {name: str(fact["value"]).lower() for name, fact in facts.items()}


def _given(data: Mapping[str, str]) -> dict[str, str]:
    """What the form says; an empty field stands for unknown."""
    return {
        key.removeprefix(PREFIX): value.strip().lower()
        for key, value in data.items()
        if key.startswith(PREFIX)
    }


def _values(given: Mapping[str, str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, text in given.items():
        if text in WORDS:
            values[name] = WORDS[text]
        elif text:
            try:
                values[name] = int(text)
            except ValueError:
                raise InvalidInput.of(
                    {name: gettext("“{name}” must be a whole number.").format(name=name)}
                ) from None
    return values


def _day(evaluation: PolicyEvaluation | None) -> str:
    return (evaluation.as_of if evaluation else now()).date().isoformat()


def _moment(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(12), tzinfo=UTC)
    except ValueError:
        raise InvalidInput.of(
            {"at": gettext("Give the day as year-month-day, such as 2026-11-03.")}
        ) from None


def _with(page: WhatIfPage, **changes: Any) -> WhatIfPage:
    return WhatIfPage(**{**vars(page), **changes})
