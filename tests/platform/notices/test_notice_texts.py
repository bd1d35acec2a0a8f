"""The words of notices: strict placeholders, versions, the shipped text, both languages whole."""

from __future__ import annotations

import string
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.decisions import law
from probity.decisions.models import Action
from probity.notices.editing import SAMPLE_AT, text_preview, text_restore, text_save
from probity.notices.filling import placeholders, text_check, text_fill
from probity.notices.grounds import ground_in
from probity.notices.kinds import SHAPES, Kind
from probity.notices.languages import ENGLISH, NAMES, language_of
from probity.notices.models import TextVersion
from probity.notices.samples import sample_values
from probity.notices.selectors import text_current
from probity.notices.shipped import Text, shipped_text
from probity.notices.wording import grounds_said
from probity.notices.words import TABLES

BODY = "{outcome}\n{automation}\n{redress}"


@pytest.mark.parametrize("language", sorted(NAMES))
@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_shipped_text_holds_its_own_rules_and_fills_whole(kind: Kind, language: str) -> None:
    text = shipped_text(kind, language)
    assert text_check(kind=kind, text=text) == text
    filled = text_fill(text=text, values=sample_values(kind, language, at=SAMPLE_AT))
    assert "{" not in filled.subject + filled.body
    assert "\n\n\n" not in filled.body


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_both_languages_say_the_same_things(kind: Kind) -> None:
    said = [placeholders(shipped_text(kind, language).body) for language in NAMES]
    assert said[0] == said[1]


def test_the_word_tables_are_whole_in_every_language() -> None:
    assert set(TABLES) == set(NAMES)
    english = TABLES["en"]
    for words in TABLES.values():
        for one in fields(words):
            mine, theirs = getattr(words, one.name), getattr(english, one.name)
            if isinstance(theirs, dict):
                assert mine.keys() == theirs.keys(), one.name
            elif isinstance(theirs, str):
                names = {name for _, name, _, _ in string.Formatter().parse(theirs) if name}
                assert names == {n for _, n, _, _ in string.Formatter().parse(mine) if n}, one.name
            else:
                assert len(mine) == len(theirs), one.name
        assert {key.removesuffix("_account") for key in words.measures} == set(Action)


@pytest.mark.parametrize(
    ("subject", "body", "field", "sentence"),
    [
        ("{case}", "{outcome} {automation}", "body", "{redress} is missing"),
        ("{case}", BODY + " {reporter}", "body", "nothing to put in place of {reporter}"),
        ("{case}", BODY + " {case.contact}", "body", "brace stands alone"),
        ("{case}", BODY + " {case!r}", "body", "brace stands alone"),
        ("{case}", BODY + " {0}", "body", "brace stands alone"),
        ("{case}", BODY + " }", "body", "brace stands alone"),
        ("{case}", "", "body", "Write the text"),
        ("{case}", BODY + "\x07", "body", "invisible control character"),
        ("", BODY, "subject", "one line"),
        ("{outcome}", BODY, "subject", "A subject can name"),
        ("a" * 151, BODY, "subject", "at most 150"),
    ],
)
def test_a_text_that_would_not_fill_is_refused_when_it_is_saved(
    subject: str, body: str, field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        text_check(kind=Kind.DECIDED, text=Text(subject, body))
    assert sentence in refused.value.fields[field]


@given(st.text(max_size=60), st.dictionaries(st.sampled_from(["outcome", "case"]), st.text()))
@settings(max_examples=80)
def test_a_value_is_never_read_as_a_placeholder(noise: str, given_: dict[str, str]) -> None:
    values = {"outcome": "{redress}", "automation": "", "redress": "R", "case": "", **given_}
    filled = text_fill(text=Text("{case}", BODY + noise.replace("{", "")), values=values)
    own = noise + "".join(given_.values())
    assert filled.body.count("R") <= 1 + own.count("R")
    assert "\n" not in filled.subject
    assert "\r" not in filled.subject


@pytest.mark.django_db
def test_saving_makes_a_version_and_restoring_brings_the_shipped_text_back(lead: Actor) -> None:
    shipped = shipped_text(Kind.DECIDED, "en")
    saved = text_save(
        kind="decided", language="en", subject="{case}: new", body=BODY, actor=lead, seen=0
    )
    assert text_current(Kind.DECIDED, "en") == (Text("{case}: new", BODY), saved)
    assert text_current(Kind.DECIDED, "de")[0] == shipped_text(Kind.DECIDED, "de")
    back = text_restore(kind="decided", language="en", actor=lead)
    assert (back.number, back.shipped) == (2, True)
    assert text_current(Kind.DECIDED, "en")[0] == shipped
    assert TextVersion.objects.filter(kind="decided").count() == 2
    assert AuditEvent.objects.filter(name="notice.text_saved").count() == 2
    with pytest.raises(Conflict):
        text_restore(kind="decided", language="en", actor=lead)


@pytest.mark.django_db
def test_two_editors_do_not_overwrite_each_other(lead: Actor) -> None:
    text_save(kind="decided", language="en", subject="{case}", body=BODY, actor=lead, seen=0)
    with pytest.raises(Conflict, match="while you were writing"):
        text_save(kind="decided", language="en", subject="{case}", body=BODY, actor=lead, seen=0)


@pytest.mark.django_db
def test_only_those_who_may_edit_do(reviewer: Actor) -> None:
    with pytest.raises(NotAllowed):
        text_save(kind="decided", language="en", subject="{case}", body=BODY, actor=reviewer)


@pytest.mark.django_db
def test_a_saved_text_is_what_is_sent_next(lead: Actor, reported: Any, decide: Any) -> None:
    text_save(
        kind="decided", language="en", subject="News on {case}", body="Hello.\n" + BODY, actor=lead
    )
    case = reported()
    decide(case, "label")
    row = case.notices.get(kind="decided")
    assert row.subject == f"News on {case.label}"
    assert row.text.startswith("Hello.\n")
    assert row.wording
    assert row.wording.number == 1


def test_a_preview_shows_the_words_with_a_made_up_case() -> None:
    shown = text_preview(kind="decided", language="de", subject="{case}", body=BODY)
    assert shown.subject == "P-000123"
    assert "gesperrt" in shown.body
    with pytest.raises(InvalidInput):
        text_preview(kind="decided", language="fr", subject="{case}", body=BODY)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("de-AT",), "de"),
        (("", "DE"), "de"),
        (("pt-BR", "de_CH"), "de"),
        (("fr",), "en"),
        ((), "en"),
    ],
)
def test_the_first_complete_language_is_taken(codes: tuple[str, ...], expected: str) -> None:
    assert language_of(*codes) == expected


@pytest.mark.parametrize("language", [code for code in NAMES if code != ENGLISH])
def test_every_rule_that_can_found_a_decision_is_told_in_every_language(language: str) -> None:
    """A reviewer can name any rule of the packs; its title and its ground go into the statement."""
    silent = [
        rule.id
        for pack in law.packs()
        for rule in pack.rules
        if not ground_in(rule.title, rule.explanation, language)
    ]
    assert not silent


def test_a_ground_is_told_only_in_the_words_it_was_translated_from() -> None:
    rule = next(rule for pack in law.packs() for rule in pack.rules if rule.id == "house-fraud")
    assert ground_in(rule.title, rule.explanation, "de")
    assert ground_in(rule.title, f"{rule.explanation} And more.", "de") is None
    ground = {
        "rule": rule.id, "title": rule.title, "explanation": rule.explanation, "ground": "",
        "citation": rule.citation.to_dict(), "outcome": "applies",
    }  # fmt: skip
    said = grounds_said([ground, {**ground, "explanation": "Changed since."}], "de").splitlines()
    assert "Unsere Regeln über Betrug verbieten das." in said[0]
    assert "nur auf Englisch" not in said[0]
    assert said[1].endswith("(Der Wortlaut dieser Regel liegt nur auf Englisch vor.)")
