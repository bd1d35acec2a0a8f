"""What people here wrote that names somebody goes with that somebody's data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from probity.accounts.actors import Actor, person_actor
from probity.audit.erasures import ledger_read
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import SYSTEM_CHAIN, case_chain
from probity.bulk.asking import decide_order
from probity.bulk.models import BulkRun
from probity.bulk.services import run_propose, run_stop
from probity.cases.models import Case, WorkNote
from probity.cases.notes import work_note
from probity.core.errors import Conflict
from probity.core.mentions import longest, named_in, quoted_in, reached_at, terms_of
from probity.decisions.measures import Asked
from probity.keeping.errors import UnderHold
from probity.keeping.forgetting import report_forget
from probity.keeping.holds import hold_place
from probity.search.models import SavedView, SearchExport
from probity.search.services import export_record, view_save
from probity.web.review.queues_told import QUEUE_EVENTS

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]
GONE = {"actor": "system", "why": "test"}


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    return person_actor(person("lena", "lead"))


def noted(case: Case, actor: Actor) -> WorkNote:
    assert actor.person is not None
    note = work_note(
        case=case,
        kind="returned",
        person=actor.person,
        text="Ask ada@example.org.",
        actor=actor.name,
    )
    assert note is not None
    return note


def proposed(cases: list[Case], actor: Actor, *, reason: str) -> BulkRun:
    order = decide_order(measures=[Asked("label")])
    return run_propose(order=order, reason=reason, cases=[case.pk for case in cases], actor=actor)


def test_searches_and_notes_go_and_others_stay(made: Made, lead: Actor) -> None:
    case, beside = made(), made()
    mine = noted(case, lead)
    view_save(name="Ada", query="ada@example.org", actor=lead)
    view_save(name="ADA@EXAMPLE.ORG again", query="category:other", actor=lead)
    kept = view_save(name="Others", query="example.org/adamant", actor=lead)
    left = export_record(query="example.org/ada", actor=lead)
    report_forget(report=case.reports.get(), **GONE)
    assert list(SavedView.objects.all()) == [kept]
    left.refresh_from_db()
    assert (left.query, left.salt) == ("", "")
    mine.refresh_from_db()
    assert (mine.text, mine.salt) == ("", "")
    assert SearchExport.objects.exists(), "that a table left stays known"
    assert beside.reports.get().explanation, "another case is left alone"
    for chain in (SYSTEM_CHAIN, case_chain(case.pk)):
        assert chain_verify(chain).intact


def test_the_log_says_that_notes_are_gone(made: Made, lead: Actor) -> None:
    case = made()
    noted(case, lead)
    said = AuditEvent.objects.get(name="case.noted").payload
    assert QUEUE_EVENTS["case.noted"](said) == (["“Ask ada@example.org.”"], True)
    report_forget(report=case.reports.get(), **GONE)
    assert QUEUE_EVENTS["case.noted"](said) == (["The words were erased."], None)
    assert AuditEvent.objects.filter(name="case.notes_erased").count() == 1


def test_a_run_that_is_over_loses_its_words_and_keeps_its_deeds(made: Made, lead: Actor) -> None:
    case, beside = made(), made()
    run = proposed([case, beside], lead, reason="Both are of ada@example.org.")
    other = proposed([beside], lead, reason="All the same.")
    with pytest.raises(Conflict, match="is not over"):
        report_forget(report=case.reports.get(), **GONE)
    assert case.reports.get().explanation, "nothing went by halves"
    run_stop(run=run, actor=lead)
    report_forget(report=case.reports.get(), **GONE)
    run.refresh_from_db()
    assert (run.reason, run.query, run.salts) == ("", "", {})
    assert run.forgotten_at is not None
    assert run.items.count() == 2
    other.refresh_from_db()
    assert other.reason == "All the same."
    assert chain_verify(SYSTEM_CHAIN).intact


def test_a_hold_keeps_the_notes(made: Made, legal: Actor) -> None:
    case = made()
    note = noted(case, legal)
    hold_place(case=case, kind="court_order", reason="Ordered.", reference="7 O 12/26", actor=legal)
    with pytest.raises(UnderHold):
        report_forget(report=case.reports.get(), **GONE)
    note.refresh_from_db()
    assert note.text
    assert ledger_read().lines == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("reports of ADA@example.ORG, again", True),
        ("ada at example org", False),
        ("nada@example.org", False),
        ("http://example.org/ada?x=1", True),
        ("example.org/adamant", False),
        ("", False),
    ],
)
def test_what_names_somebody(text: str, named: bool) -> None:
    assert named_in(text, terms_of("ada@example.org", "https://example.org/ada", "Jo", "")) == named


def test_an_accent_is_the_same_however_it_is_written() -> None:
    (term,) = terms_of("Zo\u00eb M\u00fcller")
    assert named_in("Ask zoe\u0308 mu\u0308ller.", [term])
    assert longest(term) in "Zoe\u0308 Mu\u0308ller", "the database's first look finds both"
    assert longest("\u041e\u043b\u044c\u0433\u0430") == ""


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("She wrote: “that is my FACE on her body”", True),
        ("my face on her", False),
        ("on her body that is my face", False),
        ("", False),
    ],
)
def test_what_repeats_somebodys_words(text: str, quoted: bool) -> None:
    assert quoted_in(text, "Please help. That is my face on her body.") == quoted


def test_addresses_and_numbers_in_what_else_a_reporter_gave() -> None:
    terms = terms_of(*reached_at("call +49 (170) 123-4567 or write to ada@example.org"))
    assert named_in("phoned +49 170 123 4567 today", terms)
    assert not named_in("phoned 549 170 123 4567 today", terms)
    assert named_in("to ada@example.org", terms)
