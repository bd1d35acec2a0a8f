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
    LegalState,
    Level,
    Obligation,
    Pack,
    Party,
    Rule,
    RuleException,
    Scope,
    Source,
    StateChange,
)
from policy.conditions import Reader, compile_rule
from policy.cursor import Cursor
from policy.errors import FactRefused, PlaceRefused
from policy.parse_tests import tests
from policy.places import normalise
from policy.vocabulary import spec

_RULE = (
    "id", "title", "summary", "harm", "level", "grade", "explanation", "binds", "cite", "status",
    "when", "review_due", "tests",
)  # fmt: skip
_RULE_OPTIONAL = ("jurisdiction", "ground", "exceptions", "obligations", "open_notes", "test_base")
_ENDS = (LegalState.SUNSET, LegalState.SUPERSEDED)


def parse(document: Cursor) -> Pack:
    """Raises PackInvalid."""
    key = document.record(
        required=("pack", "version", "title", "jurisdiction", "maintainer", "citations", "rules"),
        optional=("questions", "minimum_sources"),
    )
    pack_id = key["pack"].identifier()
    jurisdiction = _place(key["jurisdiction"])
    citations = {name: _citation(at) for name, at in key["citations"].mapping().items()}
    questions = _questions(key.get("questions"))
    entries = key["rules"].items()
    rules = tuple(
        _rule(at, pack=pack_id, home=jurisdiction, citations=citations, questions=questions)
        for at in entries
    )
    _unique([rule.id for rule in rules], entries)
    return Pack(
        id=pack_id,
        version=key["version"].positive(),
        title=key["title"].text(),
        jurisdiction=jurisdiction,
        maintainer=key["maintainer"].text(),
        minimums=_minimums(key.get("minimum_sources")),
        rules=rules,
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


def _place(at: Cursor) -> str:
    try:
        return normalise(at.text())
    except PlaceRefused as error:
        raise at.refusal(error.sentence) from None


def _unique(ids: Sequence[str], entries: Sequence[Cursor]) -> None:
    for number, name in enumerate(ids):
        if name in ids[:number]:
            raise entries[number].refusal(f"the id {name!r} stands here a second time.")


def _citation(at: Cursor) -> Citation:
    key = at.record(
        required=("law", "section", "read_on", "grade"), optional=("url", "quote", "paraphrase")
    )
    if "quote" not in key and "paraphrase" not in key:
        raise at.refusal("a citation needs a quote or a paraphrase.")
    return Citation(
        law=key["law"].text(),
        section=key["section"].text(),
        url=key["url"].text() if "url" in key else None,
        quote=key["quote"].text() if "quote" in key else None,
        paraphrase=key["paraphrase"].text() if "paraphrase" in key else None,
        read_on=key["read_on"].day(),
        grade=key["grade"].choice(Grade),
    )


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
        jurisdiction=_place(key["jurisdiction"]) if "jurisdiction" in key else home,
        harm=key["harm"].identifier(),
        level=key["level"].choice(Level),
        grade=key["grade"].choice(Grade),
        ground=key["ground"].choice(Ground) if "ground" in key else None,
        explanation=key["explanation"].text(),
        binds=party,
        bound=bound,
        risk=risk,
        citation=reader.citation(key["cite"]),
        timeline=_timeline(key["status"]),
        when=when,
        exceptions=exceptions,
        obligations=tuple(_obligation(item, reader) for item in obligations),
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


def _timeline(at: Cursor) -> tuple[StateChange, ...]:
    changes: list[StateChange] = []
    for entry in at.items():
        key = entry.record(required=("from", "state"), optional=("note",))
        change = StateChange(
            start=key["from"].day(),
            state=key["state"].choice(LegalState),
            note=key["note"].text() if "note" in key else None,
        )
        if changes and changes[-1].start >= change.start:
            raise key["from"].refusal("the days of a status timeline must rise.")
        if changes and changes[-1].state is change.state:
            raise key["state"].refusal(f"the rule is already {change.state} before this day.")
        if not changes and change.state in _ENDS:
            raise key["state"].refusal("a timeline cannot begin with its end.")
        changes.append(change)
    return tuple(changes)


def _obligation(at: Cursor, reader: Reader) -> Obligation:
    key = at.record(
        required=("do", "what", "scope", "clock", "from_event", "cite"),
        optional=("force", "within", "effort", "max_extension"),
    )
    clock = key["clock"].choice(Clock)
    if (clock is Clock.ELAPSED) != ("within" in key):
        raise at.refusal("an elapsed clock, and only such a clock, has a 'within'.")
    if clock is Clock.QUALITATIVE and "effort" not in key:
        raise at.refusal("a clock without a number needs the law's standard as 'effort'.")
    return Obligation(
        do=key["do"].choice(Action),
        what=key["what"].text(),
        force=key["force"].choice(Force) if "force" in key else Force.MUST,
        scope=key["scope"].choice(Scope),
        within=key["within"].duration() if "within" in key else None,
        effort=key["effort"].text() if "effort" in key else None,
        clock=clock,
        from_event=key["from_event"].choice(Event),
        max_extension=key["max_extension"].duration() if "max_extension" in key else None,
        citation=reader.citation(key["cite"]),
    )
