"""Which queue a case belongs in: a lead's rules, the first that matches wins.

A condition that names nothing matches everything; within one condition any of its values will do.
A place such as US covers US-CA, a language such as pt covers pt-BR.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db import transaction

from probity.core.inner import inner

from .models import GENERAL, Case, Queue, RoutingRule, SenderKind
from .prioritising import BATCH, signals_of
from .queues import case_queue_set, queue_general
from .selectors import cases_in_order

#: A preview looks at this many cases, the most urgent first, and says so.
PREVIEW_MOST = 20_000


@dataclass(frozen=True)
class Line:
    """One rule, kept or only proposed."""

    title: str
    queue: str
    categories: Sequence[str] = ()
    places: Sequence[str] = ()
    languages: Sequence[str] = ()
    severities: Sequence[str] = ()
    sender_kinds: Sequence[str] = ()


@dataclass(frozen=True)
class Facts:
    """What routing looks at."""

    category: str
    places: Sequence[str]
    language: str
    severity: str
    sender_kinds: frozenset[str]


@dataclass(frozen=True)
class Move:
    """How many cases would go from one queue to another."""

    was: str
    becomes: str
    count: int


@dataclass(frozen=True)
class Preview:
    """What rules would do with today's backlog. ``moved`` of ``looked_at`` cases; ``more`` were
    not looked at; those that a person put where they are (``by_hand``) stay there."""

    looked_at: int
    moved: int
    by_hand: int
    more: int
    moves: list[Move] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)


def rules_now() -> list[Line]:
    """The rules in use, the first one first."""
    return [line_of(rule) for rule in RoutingRule.objects.select_related("queue")]


def line_of(rule: RoutingRule) -> Line:
    """A kept rule as it is matched."""
    return Line(
        title=rule.title, queue=rule.queue.key, categories=rule.categories, places=rule.places,
        languages=rule.languages, severities=rule.severities, sender_kinds=rule.sender_kinds,
    )  # fmt: skip


def matches(line: Line, facts: Facts) -> bool:
    """Whether a rule matches."""
    return (
        _any(line.categories, [facts.category])
        and _any(line.severities, [facts.severity])
        and _any(line.sender_kinds, facts.sender_kinds)
        and _covers(line.places, facts.places)
        and _covers(line.languages, [facts.language])
    )


def first_match(lines: Iterable[Line], facts: Facts) -> Line | None:
    """The rule that wins."""
    return next((line for line in lines if matches(line, facts)), None)


def facts_of(cases: Sequence[Case]) -> dict[UUID, Facts]:
    """What routing looks at for each case."""
    signals = signals_of(cases, timing=False)
    return {
        case.pk: Facts(
            category=case.category,
            places=case.places,
            language=case.language,
            severity=signals[case.pk].severity,
            sender_kinds=signals[case.pk].sender_kinds or frozenset({SenderKind.PUBLIC}),
        )
        for case in cases
    }


@inner
def case_route(*, case: Case, actor: str) -> Case:
    """Put a locked case where the rules want it, unless a person chose its queue."""
    if case.queue_fixed:
        return case
    lines = rules_now()
    line = first_match(lines, facts_of([case])[case.pk]) if lines else None
    if case.queue.key == (line.queue if line else GENERAL):
        return case
    queue = Queue.objects.get(key=line.queue) if line else queue_general()
    why = f"rule: {line.title}" if line else "no rule matched"
    return case_queue_set(case=case, queue=queue, why=why, actor=actor)


def routing_preview(lines: Sequence[Line], *, most: int = PREVIEW_MOST) -> Preview:
    """What these rules would do with today's undecided cases; nothing is written."""
    waiting = cases_in_order().filter(demonstration="")
    total = waiting.count()
    keys = dict(Queue.objects.values_list("pk", "key"))
    general = queue_general().key
    looked = by_hand = 0
    moves: Counter[tuple[str, str]] = Counter()
    moved: list[UUID] = []
    for batch in _batches(waiting[:most].iterator(chunk_size=BATCH)):
        facts = facts_of(batch)
        looked += len(batch)
        for case in batch:
            line = first_match(lines, facts[case.pk])
            wanted, present = line.queue if line else general, keys[case.queue_id]
            if wanted == present:
                continue
            if case.queue_fixed:
                by_hand += 1
                continue
            moves[present, wanted] += 1
            moved.append(case.pk)
    told = [Move(was, becomes, count) for (was, becomes), count in moves.most_common()]
    return Preview(looked, len(moved), by_hand, total - looked, told, moved)


def backlog_reroute(*, cases: Iterable[UUID], actor: str) -> int:
    """Apply the rules in use to these cases, each in its own transaction; return how many moved.

    One that somebody works on at this moment is left where it is.
    """
    return sum(_reroute(key, actor) for key in cases)


@transaction.atomic
def _reroute(key: UUID, actor: str) -> bool:
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    if case is None:
        return False
    was = case.queue_id
    return case_route(case=case, actor=actor).queue_id != was


def _batches(cases: Iterator[Case]) -> Iterator[list[Case]]:
    while batch := list(islice(cases, BATCH)):
        yield batch


def _any(wanted: Sequence[str], present: Iterable[str]) -> bool:
    return not wanted or bool(set(wanted) & set(present))


def _covers(wanted: Sequence[str], present: Sequence[str]) -> bool:
    if not wanted:
        return True
    lowered = [value.lower() for value in present if value]
    return any(
        value == name.lower() or value.startswith(f"{name.lower()}-")
        for name in wanted
        for value in lowered
    )
