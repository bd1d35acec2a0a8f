"""The filters of the language. Each room adds its own with ``field_register``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from probity.accounts.models import Person
from probity.cases.models import (
    UNDECIDED,
    CaseClaim,
    CaseState,
    Category,
    EvidenceItem,
    Queue,
    Report,
    SenderKind,
)

from .errors import SearchRefused
from .language import Filter
from .models import Piece, Tally
from .words import tsquery, words_query

_SPAN = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH = re.compile(r"([<>])(\d{1,4})([mhdw])")
_DAY = re.compile(r"([<>]?)(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")
_COUNT = re.compile(r"([<>]?)(\d{1,6})")
_HEX = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True)
class Asking:
    """Who searches, and when: what ``me`` and ``<6h`` mean."""

    person: Person | None
    at: datetime


@dataclass(frozen=True)
class Field:
    """One filter: its key, what it says, an example, and the condition for one value.

    ``order`` is the order that makes sense of its results: urgent, due, or nothing in particular.
    """

    key: str
    says: str
    example: str
    condition: Callable[[str, Asking], Q]
    order: str = ""


_FIELDS: dict[str, Field] = {}


def field_register(field: Field) -> Field:
    """Add a filter to the language."""
    _FIELDS[field.key] = field
    return field


def fields() -> list[Field]:
    """Every filter there is, by key."""
    return [_FIELDS[key] for key in sorted(_FIELDS)]


def field_of(term: Filter) -> Field:
    """The field that a filter names; raises SearchRefused, with the nearest key there is."""
    if term.key in _FIELDS:
        return _FIELDS[term.key]
    near = get_close_matches(term.key, _FIELDS, n=1)
    hint = f"Did you mean “{near[0]}:”?" if near else f"There are: {', '.join(sorted(_FIELDS))}."
    raise SearchRefused.because(
        f"There is no filter called “{term.key}:”. {hint} To search for the words themselves, put "
        "them in quotation marks."
    )


def condition_of(term: Filter, asking: Asking) -> Q:
    """The condition that a filter stands for; raises SearchRefused for an impossible value."""
    field = field_of(term)
    either = reduce(or_, (field.condition(value, asking) for value in term.values))
    return either if term.wanted else ~either


def one_of(key: str, value: str, known: Sequence[str]) -> str:
    """The known word that a value names; raises SearchRefused that lists them."""
    plain = value.lower().replace("-", "_")
    if plain in known:
        return plain
    names = ", ".join(word.replace("_", "-") for word in known)
    raise SearchRefused.because(f"“{key}:{value}” names nothing. It can be: {names}.")


def person_named(key: str, value: str, asking: Asking) -> Person:
    """The person a value names, ``me`` being whoever asks; raises SearchRefused."""
    if value.lower() == "me":
        if asking.person is None:
            raise SearchRefused.because(f"“{key}:me” needs somebody who is signed in.")
        return asking.person
    person = Person.objects.filter(username=value).first()
    if person is None:
        raise SearchRefused.because(
            f"“{key}:{value}” names nobody here. Give a sign-in name, or “me”."
        )
    return person


def moments(column: str, key: str, value: str, asking: Asking) -> Q:
    """A moment in the past: ``<7d`` (within), ``>7d`` (longer ago), a day, or a span of days."""
    if length := _LENGTH.fullmatch(value):
        edge = asking.at - _length(length)
        return Q(**{f"{column}__{'gte' if length[1] == '<' else 'lt'}": edge})
    if (found := _DAY.fullmatch(value)) and (span := _days(found)):
        first, after = span
        if found[1] == "<":
            return Q(**{f"{column}__lt": first})
        if found[1] == ">":
            return Q(**{f"{column}__gte": after})
        return Q(**{f"{column}__gte": first, f"{column}__lt": after})
    raise SearchRefused.because(
        f"“{key}:{value}” is no time. Write for example {key}:<7d, {key}:>2w, {key}:2026-11-20 or "
        f"{key}:2026-11-01..2026-11-20 (days in UTC)."
    )


def _length(found: re.Match[str]) -> timedelta:
    return timedelta(**{_SPAN[found[3]]: int(found[2])})


def _days(found: re.Match[str]) -> tuple[datetime, datetime] | None:
    try:
        first = datetime.fromisoformat(found[2]).replace(tzinfo=UTC)
        last = datetime.fromisoformat(found[3]).replace(tzinfo=UTC) if found[3] else first
    except ValueError:
        return None
    return first, last + timedelta(days=1)


def counted(column: str, key: str, value: str) -> Q:
    """A number: ``3``, ``>3`` or ``<3``; raises SearchRefused."""
    found = _COUNT.fullmatch(value)
    if found is None:
        raise SearchRefused.because(f"“{key}:{value}” is no number. Write for example {key}:>5.")
    ending = {"<": "__lt", ">": "__gt", "": ""}[found[1]]
    return Q(**{column + ending: int(found[2])})


def _clock(value: str, asking: Asking) -> Q:
    if value == "late":
        return UNDECIDED & Q(due_at__lt=asking.at)
    if value == "none":
        return UNDECIDED & Q(due_at=None)
    found = _LENGTH.fullmatch(value)
    if found is None:
        raise SearchRefused.because(
            f"“clock:{value}” is no deadline. Write clock:<6h (due within six hours), clock:>2d "
            "(due later than that), clock:late or clock:none."
        )
    edge = asking.at + _length(found)
    return UNDECIDED & (Q(due_at__lte=edge) if found[1] == "<" else Q(due_at__gt=edge))


def _state(value: str, _: Asking) -> Q:
    if value == "undecided":
        return Q(state__in=[CaseState.OPEN, CaseState.IN_REVIEW])
    return Q(state=one_of("state", value, [*CaseState, "undecided"]))


def _queue(value: str, _: Asking) -> Q:
    queue = Queue.objects.filter(key=value.lower()).first()
    if queue is None:
        names = ", ".join(Queue.objects.values_list("key", flat=True))
        raise SearchRefused.because(f"“queue:{value}” names no queue. There are: {names}.")
    return Q(queue=queue)


def _sha256(value: str, _: Asking) -> Q:
    digest = value.lower()
    if not _HEX.fullmatch(digest):
        raise SearchRefused.because(
            f"“sha256:{value}” is no beginning of a SHA-256. Give at least four of its signs "
            "(0-9, a-f)."
        )
    files = EvidenceItem.objects.filter(case=OuterRef("pk"), asset__sha256__startswith=digest)
    claimed = Report.objects.filter(case=OuterRef("pk"), claimed_sha256__startswith=digest)
    named = Piece.objects.filter(
        case=OuterRef("pk"), kind="report", words=words_query(tsquery([digest], beginning=True))
    )
    return Q(Exists(files)) | (Q(Exists(named)) & Q(Exists(claimed)))


def _held_by(value: str, asking: Asking) -> Q:
    claims = CaseClaim.objects.filter(case=OuterRef("pk"), ended_at=None, until__gte=asking.at)
    if value.lower() == "nobody":
        return ~Q(Exists(claims))
    return Q(Exists(claims.filter(person=person_named("held-by", value, asking))))


def _reports(value: str, _: Asking) -> Q:
    return Q(
        Exists(Tally.objects.filter(counted("reports", "reports", value), case=OuterRef("pk")))
    )


def _sender(value: str, _: Asking) -> Q:
    kind = one_of("sender", value, list(SenderKind))
    return Q(Exists(Report.objects.filter(case=OuterRef("pk"), sender_kind=kind)))


def _snoozed(value: str, _: Asking) -> Q:
    return Q(snoozed_until__isnull=one_of("snoozed", value, ["yes", "no"]) == "no")


for _field in (
    Field(
        "number", "The number of a case", "number:42",
        lambda v, _: counted("number", "number", v),
    ),
    Field(
        "category", "What was reported as wrong", "category:intimate,election",
        lambda v, _: Q(category=one_of("category", v, list(Category))),
    ),
    Field("queue", "The queue it lies in", "queue:general", _queue),
    Field("state", "Where it stands", "state:undecided", _state, order="urgent"),
    Field("clock", "How near its deadline is", "clock:<6h", _clock, order="due"),
    Field("reports", "How many reports it has", "reports:>5", _reports),
    Field(
        "priority", "Its points", "priority:>50",
        lambda v, _: counted("priority", "priority", v),
    ),
    Field("sha256", "How the SHA-256 of a file begins", "sha256:9f86d0", _sha256),
    Field("held-by", "Who holds it now", "held-by:me", _held_by),
    Field("sender", "Who reported it", "sender:authority", _sender),
    Field("snoozed", "Put off until later", "snoozed:no", _snoozed),
    Field(
        "language", "The language of the report", "language:de",
        lambda v, _: Q(language__istartswith=v),
    ),
    Field(
        "opened", "When it was opened", "opened:<7d",
        lambda v, asking: moments("opened_at", "opened", v, asking),
    ),
    Field(
        "decided", "When it was decided", "decided:<30d",
        lambda v, asking: Q(state="decided") & moments("decided_at", "decided", v, asking),
    ),
):  # fmt: skip
    field_register(_field)
