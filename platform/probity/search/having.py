"""The condition that words stand in the texts of a case, in the form that is quickest to answer.

Single words are asked of the list of all words of a case, all at once: ``a & b & !c`` is a question
to one index, and how many cases answer it can be estimated. Phrases are asked of the texts.

Left to itself the database walks through cases in their order and asks about each one until it has
a page full: right where many have the words, hopeless where few do. Those are looked up first, and
only the cases found there are looked at.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from .language import Words
from .models import CaseWords, Piece
from .words import tsquery, words_query

#: Up to about so many cases with the words, they are looked up before the cases are.
WORDS_RARE = 10_000
#: The same of words side by side, counted: how often they follow each other nobody can estimate.
PHRASE_RARE = 5_000


class _OneOf(Func):
    """``key = ANY(ARRAY(…))``: unlike ``IN`` it is found once, and before anything else."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class _Looked(Exists):
    """Looked for case by case. A plain ``EXISTS`` may become a join with everything that has the
    words, and for frequent ones that is nearly all there is."""

    template = "EXISTS(%(subquery)s OFFSET 0)"


def have(terms: Sequence[Words]) -> Q:
    """The condition on cases that their texts have, and have not, these words and phrases."""
    single = [term for term in terms if len(term.words) == 1]
    phrases = [_phrase(term) for term in terms if len(term.words) > 1]
    return reduce(and_, [_together(single), *phrases] if single else phrases, Q())


def contradict(terms: Sequence[Words]) -> bool:
    """Whether something wanted cannot be there without something left out: ``x -x``."""
    wanted = [term for term in terms if term.wanted]
    return any(_implies(there, out) for out in terms if not out.wanted for there in wanted)


def raw(term: Words) -> str:
    """The words in the syntax of ``to_tsquery``."""
    return tsquery(term.words, beginning=term.beginning)


def _together(terms: Sequence[Words]) -> Q:
    asked = " & ".join(raw(term) if term.wanted else f"!({raw(term)})" for term in terms)
    listed = Q(words=words_query(asked))
    # the few cases with too many words for one list are asked text by text
    cut = reduce(and_, (_in_texts(term, "case") for term in terms), Q(whole=False))
    found = CaseWords.objects.filter(listed & Q(whole=True) | cut)
    wanted = any(term.wanted for term in terms)
    if wanted and _estimate(CaseWords.objects.filter(listed)) <= WORDS_RARE:
        return Q(_OneOf(F("pk"), ArraySubquery(found.values("case"))))
    return Q(_Looked(found.filter(case=OuterRef("pk"))))


def _phrase(term: Words) -> Q:
    if term.wanted:
        cases = _with_phrase(words_query(raw(term)))
        if len(cases) <= PHRASE_RARE:
            return Q(pk__in=set(cases))
    return _in_texts(term, "pk")


def _in_texts(term: Words, case: str) -> Q:
    there = Q(_Looked(_pieces(words_query(raw(term))).filter(case=OuterRef(case))))
    return there if term.wanted else ~there


def _implies(there: Words, out: Words) -> bool:
    """Whether a text with one of these always has the other too."""
    length = len(out.words)
    return any(_same(there, out, start) for start in range(len(there.words) - length + 1))


def _same(there: Words, out: Words, start: int) -> bool:
    part, length = there.words[start : start + len(out.words)], len(out.words)
    if part[:-1] != out.words[:-1]:
        return False
    if out.beginning:
        return part[-1].startswith(out.words[-1])
    goes_on = there.beginning and start + length == len(there.words)
    return part[-1] == out.words[-1] and not goes_on


def _pieces(wanted: SearchQuery) -> QuerySet[Piece]:
    return Piece.objects.filter(words=wanted)


def _with_phrase(wanted: SearchQuery) -> list[UUID]:
    """Cases with a phrase, at most one more than ``PHRASE_RARE``; never by reading every text."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cases = list(_pieces(wanted).values_list("case", flat=True)[: PHRASE_RARE + 1])
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
    return cases


def _estimate(found: QuerySet[Any]) -> int:
    """How many rows the database expects of a query, from what it knows of the words."""
    (plan,) = json.loads(found.order_by().values("case").explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])
