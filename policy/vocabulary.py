"""The one vocabulary of facts, read from `facts.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from policy.api import RANK, Fact, FactSpec, FactType, Sensitivity, Source
from policy.cursor import Cursor
from policy.errors import FactRefused
from policy.logic import Value
from policy.strict_yaml import read

_FARTHEST = 1_000_000
_REQUIRED = ("type", "question", "true", "false", "help", "supply", "minimum", "cost")


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, FactSpec]:
    """Name -> specification, in the order of the file; raises PackInvalid."""
    text = files("policy").joinpath("facts.yaml").read_text(encoding="utf-8")
    return parse(read(text, file="facts.yaml"))


def parse(document: Cursor) -> Mapping[str, FactSpec]:
    """The vocabulary of a read document; raises PackInvalid."""
    return MappingProxyType({name: _spec(name, at) for name, at in document.mapping().items()})


def _spec(name: str, at: Cursor) -> FactSpec:
    key = at.record(required=_REQUIRED, optional=("sensitivity",))
    supply = frozenset(item.choice(Source) for item in key["supply"].items())
    minimum = key["minimum"].choice(Source)
    if Source.REVIEWER not in supply:
        raise key["supply"].refusal("a reviewer may answer every fact and must be listed.")
    if minimum not in supply:
        raise key["minimum"].refusal(f"the minimum source {minimum} may not supply this fact.")
    sensitivity = key.get("sensitivity")
    return FactSpec(
        name=name,
        type=key["type"].choice(FactType),
        question=key["question"].text(),
        when_true=key["true"].text(),
        when_false=key["false"].text(),
        help=key["help"].text(),
        supply=supply,
        minimum=minimum,
        cost=key["cost"].positive(),
        sensitivity=sensitivity.choice(Sensitivity) if sensitivity else Sensitivity.ORDINARY,
    )


def spec(name: str) -> FactSpec:
    """The specification of a fact; raises FactRefused for a name outside the vocabulary."""
    known = vocabulary()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "see `probity policy facts`."
        raise FactRefused(f"There is no fact {name!r}; {hint}")
    return known[name]


def check(fact: Fact) -> Fact:
    """`fact` itself; raises FactRefused for an unknown name or a value of the wrong type."""
    expected = spec(fact.name).type
    given = type(fact.value)
    if fact.value is not None and given is not (bool if expected is FactType.BOOL else int):
        wanted = "true or false" if expected is FactType.BOOL else "a whole number"
        raise FactRefused(f"The fact {fact.name!r} needs {wanted}, or null for unknown.")
    if expected is FactType.INTEGER and fact.value is not None and abs(fact.value) > _FARTHEST:
        raise FactRefused(f"The fact {fact.name!r} is out of all bounds.")
    return fact


def checked(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """All of them by name; raises as `check` does."""
    known = vocabulary()
    found: dict[str, Fact] = {}
    for name, fact in facts.items():
        # A yes-or-no answer to a yes-or-no fact, by far the most common, needs no closer look.
        plain = fact.value is True or fact.value is False
        if not plain or name not in known or known[name].type is not FactType.BOOL:
            check(fact)
        found[name] = fact
    return found


def answer(name: str, given: object) -> Fact:
    """A fact as people write it: a bare value is a reviewer's answer, else {value, source}.

    Raises FactRefused.
    """
    if not isinstance(given, dict):
        return check(Fact(name, _value(name, given), Source.REVIEWER))
    if set(given) != {"value", "source"}:
        raise FactRefused(f"The fact {name!r} needs exactly the keys 'value' and 'source'.")
    try:
        source = Source(given["source"])
    except ValueError:
        names = ", ".join(Source)
        raise FactRefused(f"The source of {name!r} must be one of: {names}.") from None
    return check(Fact(name, _value(name, given["value"]), source))


def _value(name: str, given: object) -> Value:
    if given is None or isinstance(given, bool | int):
        return given
    raise FactRefused(f"The fact {name!r} needs true, false, a whole number or null.")


#: What `refusal_of` says, for translators and for `languages`, which reads it back.
FRAMES = (
    "Treated as unknown: a {source} may not supply this fact.",
    "Treated as unknown: the {source} proposes it; the {minimum} must confirm.",
    *(source.value for source in Source),
)


def refusal_of(fact: Fact, *, minimum: Source) -> str | None:
    """Why the word of this source is not enough, or None when it is."""
    if fact.source not in spec(fact.name).supply:
        return f"Treated as unknown: a {fact.source} may not supply this fact."
    if RANK[fact.source] < RANK[minimum]:
        return f"Treated as unknown: the {fact.source} proposes it; the {minimum} must confirm."
    return None
