"""A read document becomes a Pack; everything that does not fit is refused with file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foundation.chain import NotCanonical, canonical, digest
from policy.api import (
    RANK,
    Action,
    Citation,
    Clock,
    Event,
    Force,
    Grade,
    Ground,
    Harm,
    Level,
    Obligation,
    Override,
    Pack,
    Party,
    Rule,
    RuleException,
    Scope,
    Source,
)
from policy.conditions import Reader, compile_rule
from policy.cursor import Cursor
from policy.errors import FactRefused
from policy.parse_sources import citation, place, record, timeline
from policy.parse_tests import tests
from policy.vocabulary import spec

_RULE = (
    "id", "title", "summary", "harm", "level", "grade", "explanation", "binds", "cite", "status",
    "when", "review_due", "tests",
)  # fmt: skip
_RULE_OPTIONAL = (
    "jurisdiction",
    "ground",
    "exceptions",
    "obligations",
    "overrides",
    "second_person",
    "open_notes",
    "test_base",
)


def parse(document: Cursor) -> Pack:
    """Raises PackInvalid."""
    key = document.record(
        required=("pack", "version", "title", "jurisdiction", "maintainer", "citations"),
        optional=("questions", "minimum_sources", "rules", "records"),
    )
    if "rules" not in key and "records" not in key:
        raise document.refusal("a pack has rules, records, or both.")
    pack_id = key["pack"].identifier()
    jurisdiction = place(key["jurisdiction"])
    citations = {name: citation(at) for name, at in key["citations"].mapping().items()}
    questions = _questions(key.get("questions"))
    entries = key["rules"].items() if "rules" in key else []
    noted = key["records"].items() if "records" in key else []
    records = tuple(record(at, home=jurisdiction, citations=citations) for at in noted)
    rules = tuple(
        _rule(at, pack=pack_id, home=jurisdiction, citations=citations, questions=questions)
        for at in entries
    )
    _unique([*(rule.id for rule in rules), *(row.id for row in records)], [*entries, *noted])
    return Pack(
        id=pack_id,
        version=key["version"].positive(),
        title=key["title"].text(),
        jurisdiction=jurisdiction,
        maintainer=key["maintainer"].text(),
        minimums=_minimums(key.get("minimum_sources")),
        rules=rules,
        records=records,
        tests=tuple(
            test
            for rule, at in zip(rules, entries, strict=True)
            for test in tests(at, rule=rule.id)
        ),
        digest=_digest(document),
        file=document.file,
        document=document.value,
    )


def _digest(document: Cursor) -> str:
    try:
        return digest(canonical(document.value))
    except NotCanonical as error:
        raise document.refusal(error.sentence) from None


def _unique(ids: Sequence[str], entries: Sequence[Cursor]) -> None:
    for number, name in enumerate(ids):
        if name in ids[:number]:
            raise entries[number].refusal(f"the id {name!r} stands here a second time.")


def _questions(at: Cursor | None) -> Mapping[str, str]:
    if at is None:
        return {}
    for name, wording in at.mapping().items():
        _known(name, wording)
    return {name: wording.text() for name, wording in at.mapping().items()}


def _minimums(at: Cursor | None) -> Mapping[str, Source]:
    """A pack may ask for a stronger source than the vocabulary does, never for a weaker one."""
    result: dict[str, Source] = {}
    for name, wanted in at.mapping().items() if at else ():
        _known(name, wanted)
        source, known = wanted.choice(Source), spec(name)
        if source not in known.supply or RANK[source] < RANK[known.minimum]:
            raise wanted.refusal(f"at least the {known.minimum} is needed for {name!r}.")
        result[name] = source
    return result


def _known(name: str, at: Cursor) -> None:
    try:
        spec(name)
    except FactRefused as error:
        raise at.refusal(error.sentence) from None


def _rule(
    at: Cursor,
    *,
    pack: str,
    home: str,
    citations: Mapping[str, Citation],
    questions: Mapping[str, str],
) -> Rule:
    key = at.record(required=_RULE, optional=_RULE_OPTIONAL)
    reader = Reader(citations=citations, questions=questions)
    when = reader.condition(key["when"], path="when")
    exceptions = _exceptions(key.get("exceptions"), reader)
    party, bound, risk = _binds(key["binds"])
    obligations = key["obligations"].items() if "obligations" in key else []
    if obligations and party is not Party.PLATFORM:
        raise key["obligations"].refusal("obligations are the platform's; others have a risk.")
    return Rule(
        id=key["id"].identifier(),
        pack=pack,
        title=key["title"].text(),
        summary=key["summary"].text(),
        jurisdiction=place(key["jurisdiction"]) if "jurisdiction" in key else home,
        harm=key["harm"].choice(Harm),
        level=key["level"].choice(Level),
        grade=key["grade"].choice(Grade),
        ground=key["ground"].choice(Ground) if "ground" in key else None,
        explanation=key["explanation"].text(),
        binds=party,
        bound=bound,
        risk=risk,
        citation=reader.citation(key["cite"]),
        timeline=timeline(key["status"]),
        when=when,
        exceptions=exceptions,
        obligations=tuple(_obligation(item, reader) for item in obligations),
        overrides=_overrides(key.get("overrides"), reader),
        second_person=key["second_person"].text() if "second_person" in key else "",
        open_notes=tuple(n.text() for n in key["open_notes"].items())
        if "open_notes" in key
        else (),
        review_due=key["review_due"].day(),
        logic=compile_rule(reader.leaves, when, exceptions),
    )


def _binds(at: Cursor) -> tuple[Party, str, str | None]:
    key = at.record(required=("party", "who"), optional=("risk",))
    party = key["party"].choice(Party)
    if (party is Party.PLATFORM) == ("risk" in key):
        raise at.refusal("a rule that binds another party, and only such a rule, names its risk.")
    return party, key["who"].text(), key["risk"].text() if "risk" in key else None


def _exceptions(at: Cursor | None, reader: Reader) -> tuple[RuleException, ...]:
    if at is None:
        return ()
    found: list[RuleException] = []
    for entry in at.items():
        key = entry.record(required=("id", "title", "when", "cite"))
        name = key["id"].identifier()
        found.append(
            RuleException(
                id=name,
                title=key["title"].text(),
                when=reader.condition(key["when"], path=f"exception {name}"),
                citation=reader.citation(key["cite"]),
            )
        )
    _unique([exception.id for exception in found], at.items())
    return tuple(found)


def _overrides(at: Cursor | None, reader: Reader) -> tuple[Override, ...]:
    found = []
    for entry in at.items() if at else ():
        key = entry.record(required=("rule", "why", "cite"))
        name = key["rule"].identifier()
        found.append(
            Override(rule=name, why=key["why"].text(), citation=reader.citation(key["cite"]))
        )
    return tuple(found)


def _obligation(at: Cursor, reader: Reader) -> Obligation:
    key = at.record(
        required=("do", "what", "scope", "clock", "from_event", "cite"),
        optional=("force", "within", "effort", "else_from", "max_extension"),
    )
    clock = key["clock"].choice(Clock)
    if (clock is Clock.ELAPSED) != ("within" in key):
        raise at.refusal("an elapsed clock, and only such a clock, has a 'within'.")
    if clock is Clock.QUALITATIVE and "effort" not in key:
        raise at.refusal("a clock without a number needs the law's standard as 'effort'.")
    if "else_from" in key and clock is Clock.QUALITATIVE:
        raise at.refusal("a clock without a number has no 'else_from'.")
    return Obligation(
        do=key["do"].choice(Action),
        what=key["what"].text(),
        force=key["force"].choice(Force) if "force" in key else Force.MUST,
        scope=key["scope"].choice(Scope),
        within=key["within"].duration() if "within" in key else None,
        effort=key["effort"].text() if "effort" in key else None,
        clock=clock,
        from_event=key["from_event"].choice(Event),
        else_from=key["else_from"].choice(Event) if "else_from" in key else None,
        max_extension=key["max_extension"].duration() if "max_extension" in key else None,
        citation=reader.citation(key["cite"]),
    )
