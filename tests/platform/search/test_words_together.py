"""Words of several texts of a case, asked all at once: the same cases as by reading every text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probity.cases.models import Case, Report
from probity.cases.services import report_erase
from probity.search import having
from probity.search.having import contradict
from probity.search.language import Words, query_read
from probity.search.models import CaseWords, Piece
from probity.search.selectors import cases_found
from probity.search.words import words_of

pytestmark = pytest.mark.django_db
Told = Callable[..., Case]

WORDS = ("one", "onward", "two", "twofold", "three")
TEXTS = (
    ("one two",), ("two one", "three"), ("onward", "twofold two three"), ("one", "two"),
    ("three three one two",), ("twofold onward one",), ("two three", "one onward two"),
)  # fmt: skip


def reads(text: str, term: Words) -> bool:
    """Whether a text has these words one after the other: the plain way."""
    words, length = words_of(text), len(term.words)
    for start in range(len(words) - length + 1):
        part = words[start : start + length]
        ends = part[-1].startswith(term.words[-1]) if term.beginning else False
        if part == list(term.words) or (part[:-1] == list(term.words[:-1]) and ends):
            return True
    return False


def by_reading(cases: Mapping[int, tuple[str, ...]], query: str) -> list[int]:
    terms = [term for term in query_read(query) if isinstance(term, Words)]
    return [
        number
        for number in sorted(cases, reverse=True)
        if all(any(reads(text, term) for text in cases[number]) == term.wanted for term in terms)
    ]


def a_query(parts: list[tuple[bool, list[str], bool]]) -> str:
    said = []
    for wanted, words, beginning in parts:
        phrase = " ".join(words)[: -1 if beginning else None] + ("*" if beginning else "")
        said.append(("" if wanted else "-") + (f'"{phrase}"' if len(words) > 1 else phrase))
    return " ".join(said)


queries = st.lists(
    st.tuples(st.booleans(), st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
              st.booleans()),
    min_size=1, max_size=4,
).map(a_query)  # fmt: skip


@pytest.mark.parametrize("rare", [-1, 2_000])
@pytest.mark.parametrize("cut", [False, True])
def test_the_same_as_by_reading_every_text(
    told: Told, rare: int, cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(having, "PHRASE_RARE", rare)
    monkeypatch.setattr(having, "WORDS_RARE", rare)
    cases = {told(*texts).number: texts for texts in TEXTS}
    if cut:
        some = Case.objects.filter(number__in=list(cases)[::2])
        CaseWords.objects.filter(case__in=some).update(words="", whole=False)

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors]
    )
    @given(query=queries)
    def same(query: str) -> None:
        found = [case.number for case in cases_found(query=query, person=None)]
        assert found == by_reading(cases, query), query

    same()


@given(query=queries)
def test_what_contradicts_itself_is_never_there(query: str) -> None:
    terms = [term for term in query_read(query) if isinstance(term, Words)]
    if contradict(terms):
        assert by_reading(dict(enumerate(TEXTS)), query) == []


@pytest.mark.parametrize(
    ("query", "never"),
    [
        ("one -one", True), ("one -on*", True), ("on* -one", False), ("on* -o*", True),
        ('"one two" -two', True), ('two -"one two"', False), ('"one two three" -"two three"', True),
        ('"one tw*" -two', False), ("one -two", False), ("-one", False),
    ],
)  # fmt: skip
def test_which_searches_contradict_themselves(query: str, never: bool) -> None:
    assert contradict([term for term in query_read(query) if isinstance(term, Words)]) is never


def test_a_contradiction_asks_the_database_for_no_case(
    told: Told, django_assert_num_queries: Callable[[int], Any]
) -> None:
    told("one")
    with django_assert_num_queries(0):
        assert list(cases_found(query="one -one", person=None)) == []


def listed(case: Case) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unnest(tsvector_to_array(words)) FROM search_case WHERE case_id = %s", [case.pk]
        )
        return {row[0] for row in cursor.fetchall()}


def test_the_list_follows_its_texts(told: Told) -> None:
    here, there = told("alpha beta", "beta gamma"), told("delta")
    assert {"alpha", "beta", "gamma", "defamation"} <= listed(here)
    moved = Report.objects.get(case=here, explanation__startswith="alpha")
    moved.case = there
    moved.save(update_fields=["case"])
    assert "alpha" not in listed(here)
    assert {"beta", "gamma"} <= listed(here)
    assert {"alpha", "beta", "delta"} <= listed(there)
    report_erase(report=Report.objects.get(case=here), actor="system")
    assert not {"beta", "gamma"} & listed(here)


def test_too_many_words_for_one_list_are_asked_of_the_texts(told: Told) -> None:
    case = told("plain")
    with connection.cursor() as cursor:
        for place in range(2):
            cursor.execute(
                "INSERT INTO search_piece (kind, source, case_id, words) SELECT 'note',"
                " gen_random_uuid(), %s, array_to_tsvector(array_agg('many' || number))"
                " FROM generate_series(%s, %s) number",
                [case.pk, place * 50_000, place * 50_000 + 49_999],
            )
    assert not CaseWords.objects.get(case=case).whole
    assert [one.pk for one in cases_found(query="plain many99999", person=None)] == [case.pk]
    assert list(cases_found(query="plain -many7", person=None)) == []
    Piece.objects.filter(case=case, kind="note").first().delete()  # type: ignore[union-attr]
    assert CaseWords.objects.get(case=case).whole
    assert "plain" in listed(case)
