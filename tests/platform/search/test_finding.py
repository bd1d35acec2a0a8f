"""What a search finds: words, phrases, filters, and only what one may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Func, Value

from probity.accounts.actors import person_actor
from probity.cases.claims import case_claim
from probity.cases.models import Case, Queue, Report
from probity.cases.notes import work_note
from probity.cases.services import report_erase
from probity.core.clock import now
from probity.core.errors import Refusal
from probity.search import having, selectors
from probity.search.keeping import words_rebuild
from probity.search.language import query_read
from probity.search.models import Piece, Tally
from probity.search.selectors import cases_found, count_up_to, first_of, whys_of

pytestmark = pytest.mark.django_db
Told = Callable[..., Case]


def numbers(query: str, person: Any = None, order: str = "") -> list[int]:
    return [case.number for case in cases_found(query=query, person=person, order=order)]


def test_words_of_a_report_are_found_at_once_and_in_any_case(told: Told) -> None:
    case = told("The Mayor never danced at Café Zürich.")
    told("Somebody else entirely.")
    for query in ("mayor", "DANCED café", '"never danced"', "zür*", case.label, "-entirely"):
        assert numbers(query) == [case.number], query
    assert numbers('"danced never"') == []
    assert numbers("mayor entirely") == []
    assert len(numbers("clip42 host.example")) == 2


def test_what_holds_no_word_finds_not_everything(told: Told) -> None:
    case = told("alpha report")
    assert numbers("") == numbers("alpha (") == [case.number]
    for query in ("(", "!!!", "« »", "<->", "\\"):
        with pytest.raises(Refusal, match="no letter or digit"):
            numbers(query)


def test_words_may_stand_in_different_texts_of_one_case_and_a_phrase_in_one(told: Told) -> None:
    case = told("alpha report", "beta gamma report")
    told("alpha only")
    assert numbers("alpha beta") == [case.number]
    assert numbers('"alpha beta"') == []
    assert numbers("alpha -gamma") != [case.number]


@pytest.mark.parametrize("rare", [0, 2_000])
def test_words_are_found_whether_rare_or_not(
    told: Told, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(having, "PHRASE_RARE", rare)
    monkeypatch.setattr(having, "WORDS_RARE", rare)
    cases = [told("one made of glass"), told("made of glass"), told("glass made of")]
    assert numbers('"made of glass"') == [cases[1].number, cases[0].number]
    assert numbers('-"made of glass"') == [cases[2].number]
    assert numbers('"made of glass" one') == [cases[0].number]
    assert numbers("glass one") == numbers("gla* one -nothing") == [cases[0].number]
    assert len(numbers("glass")) == count_up_to(cases_found(query="glass", person=None)) == 3
    told("a second report with glass", "and a third one of glass")
    assert len(numbers("glass")) == 4, "a case with two such texts is found once"


def test_a_rare_word_is_looked_up_before_the_cases_are(told: Told) -> None:
    told("a needle")
    found = cases_found(query="needle decided:<7d", person=None)
    assert "ANY(ARRAY(" in str(found.query)
    assert "EXISTS" in str(cases_found(query="-needle", person=None).query)


def test_looking_a_phrase_up_leaves_the_connection_as_it_was(told: Told) -> None:
    told("made of glass")
    assert len(numbers('"of glass"')) == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)


def test_counting_ends_in_time_and_leaves_the_connection_as_it_was(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("slow"), told("slow")
    found = cases_found(query="slow", person=None)
    monkeypatch.setattr(selectors, "COUNT_SECONDS", 20)
    assert count_up_to(found, most=1) == 2
    waiting = Case.objects.annotate(wait=Func(Value(0.05), function="pg_sleep"))
    monkeypatch.setattr(selectors, "COUNT_SECONDS", 0.002)
    assert count_up_to(waiting.filter(wait__isnull=False)) is None
    assert len(first_of(found, start=0, most=1)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_search_that_takes_too_long_is_refused(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("A painted mask.")
    monkeypatch.setattr(selectors, "FIND_SECONDS", 0.05)
    slow = Func(Value(5), function="pg_sleep")
    found = cases_found(query="mask", person=None).annotate(slow=slow)
    with pytest.raises(Refusal, match="takes too long"):
        first_of(found, start=0, most=1)
    assert len(numbers("mask")) == 1, "the connection is as it was"


def test_reporters_are_never_found(told: Told) -> None:
    told("plain", signature="Grace Hopper", good_faith="true")
    assert numbers("secret") == []
    assert numbers("reporter") == []
    assert numbers("hopper") == []


def test_an_erased_report_is_found_no_more(told: Told) -> None:
    case = told("unforgettable words")
    report = Report.objects.get(case=case)
    report_erase(report=report, actor="system")
    assert numbers("unforgettable") == []
    assert not Piece.objects.filter(kind="report", source=report.pk).exists()


def test_a_change_that_is_rolled_back_leaves_no_words(told: Told) -> None:
    with transaction.atomic():
        told("ephemeral")
        assert numbers("ephemeral")
        transaction.set_rollback(True)
    assert numbers("ephemeral") == []
    assert not Piece.objects.exists()


def test_a_note_is_found(told: Told, person: Callable[..., Any]) -> None:
    case, ada = told(), person()
    with transaction.atomic():
        work_note(case=case, kind="sent", person=ada, text="check the shadow", actor="system")
    assert numbers("shadow") == [case.number]


def test_filters(told: Told, person: Callable[..., Any]) -> None:
    ada = person()
    intimate = told("one", category="intimate", places="DE")
    election = told("two", "three", "four", category="election", places="US-CA")
    other = told("five", category="other", places="FR")
    Case.objects.filter(pk=intimate.pk).update(due_at=now() + timedelta(hours=3), language="de")
    Case.objects.filter(pk=election.pk).update(due_at=now() - timedelta(hours=1))
    case_claim(case=other, actor=person_actor(ada))
    expected = {
        "category:intimate": {intimate}, "category:intimate,election": {intimate, election},
        "-category:intimate": {election, other}, "place:EU": {intimate, other},
        "place:us": {election}, "place:US-CA": {election}, "place:DE": {intimate},
        "queue:general": {intimate, election, other}, "state:open": {intimate, election},
        "state:in-review": {other}, "clock:<6h": {intimate, election}, "clock:late": {election},
        "clock:none": {other}, "clock:>2h": {intimate}, "reports:>2": {election},
        "reports:1": {intimate, other}, "held-by:me": {other}, "held-by:ada": {other},
        "held-by:nobody": {intimate, election}, "language:de": {intimate},
        "opened:<1h": {intimate, election, other}, "opened:>1h": set(), "decided:<1d": set(),
        "sender:authority": set(), "decision:held": set(), "action:remove": set(),
        "snoozed:yes": set(), f"number:{other.number}": {other}, "rule:nothing": set(),
        "sha256:abcd": set(), "priority:>100000": set(), "decided-by:me": set(),
    }  # fmt: skip
    for query, cases in expected.items():
        assert set(numbers(query, ada)) == {case.number for case in cases}, query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('"open', "no partner"),
        ("categry:intimate", "Did you mean “category:”"),
        ("colour:red", "There are: action"),
        ("category:", "directly behind the colon"),
        ("category:silly", "It can be: intimate"),
        ("clock:soon", "clock:<6h"),
        ("reports:many", "reports:>5"),
        ("opened:2026-13-01", "is no time"),
        ("held-by:nemo", "names nobody"),
        ("queue:nowhere", "names no queue"),
        ("place:Atlantis", "not a place"),
        ("sha256:xyz", "at least four"),
        ("- word", "A minus"),
        ("x" * 501, "longer than 500 signs"),
        ("a " * 30, "at most 20"),
    ],
)
def test_what_cannot_be_understood_is_said(query: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        cases_found(query=query, person=None)
    assert said in refused.value.sentence


@pytest.mark.parametrize(
    "query",
    ["' & !x", "xa*:*", "%s", "https://host.example/a?b=c", "12:30", "\x00", "(a|b)"],
)
def test_signs_of_the_database_are_only_words(query: str, told: Told) -> None:
    case = told("Nothing but plain words.")
    assert numbers(query) in ([], [case.number])


def test_only_what_one_may_see_is_found(told: Told, person: Callable[..., Any]) -> None:
    from probity.accounts.grants import grant_end, grant_give
    from probity.accounts.models import Grant

    seen, hidden = told("needle in here"), told("needle in there")
    queue = Queue.objects.create(key="closed", title="Closed")
    Case.objects.filter(pk=hidden.pk).update(queue=queue)
    ada = person()
    for grant in Grant.objects.filter(person=ada):
        grant_end(grant=grant, actor="system")
    assert numbers("needle", ada) == []
    grant_give(person=ada, queue="general")
    assert numbers("needle", ada) == [seen.number]
    assert numbers("needle") == [hidden.number, seen.number]


def test_the_order_fits_what_was_asked(told: Told) -> None:
    first, second = told("same"), told("same")
    Case.objects.filter(pk=first.pk).update(priority=90, due_at=now() + timedelta(hours=5))
    Case.objects.filter(pk=second.pk).update(priority=10, due_at=now() + timedelta(hours=1))
    assert numbers("same") == [second.number, first.number]
    assert numbers("same state:open") == [first.number, second.number]
    assert numbers("same state:open clock:<9h") == [second.number, first.number]


def test_why_a_case_matched(told: Told) -> None:
    case = told("Long before it. " * 20 + "The <b>Mayor</b> danced.")
    terms = query_read("mayor danc*")
    (why,) = whys_of(cases=[case], terms=terms)[case.pk]
    assert why.kind == "report"
    assert [part.text for part in why.excerpt.parts if part.found] == ["Mayor", "danced"]
    assert why.excerpt.begins
    assert len(why.excerpt.text) < 260


def test_rebuilding_makes_the_same_words(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    told("some words", "more words")

    def kept() -> list[Any]:
        return sorted(Piece.objects.values_list("kind", "source", "case", "words"))

    before, tallies = kept(), list(Tally.objects.values_list("case", "reports"))
    assert words_rebuild()["report"] == 2
    assert kept() == before
    assert list(Tally.objects.values_list("case", "reports")) == tallies
    call_command("search_rebuild")
    assert "report: 2" in capsys.readouterr().out


def test_a_report_that_moves_takes_its_words_along(told: Told) -> None:
    here, there = told("wandering text"), told("another")
    Report.objects.filter(case=here).update(case=there)
    assert numbers("wandering") == [there.number]
    assert dict(Tally.objects.values_list("case", "reports")) == {here.pk: 0, there.pk: 2}
