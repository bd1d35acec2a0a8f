"""A recorded sentence is read back and said in another language, or left as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policy.engine import evaluate
from policy.languages import messages, told
from policy.loader import load_packs
from policy.vocabulary import vocabulary

PACKS = load_packs(folders=())


def recorded() -> Iterator[str]:
    """What is said in every worked example of the packs: of its rule, and of clashes."""
    for pack in PACKS:
        for test in pack.tests:
            found = evaluate(
                [pack], facts=test.facts, at=test.at, places=test.places,
                received_at=test.received_at, events=test.events,
            )  # fmt: skip
            result = next(one for one in found.rules if one.rule.id == test.rule)
            yield from (result.sentence, result.recommendation)
            for one in found.conflicts:
                yield from (one.sentence, one.resolution)


def test_the_sentences_of_every_worked_example_are_told() -> None:
    said = set(recorded())
    assert len(said) > 500
    assert not {one for one in said if told(one, "de") is None}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Does not apply: none of the places is in US-CA.",
         "Trifft nicht zu: Keiner der Orte liegt in US-CA."),
        ("Cannot be said yet; it depends on whether this concerns EU and whether it is a video.",
         "Lässt sich noch nicht sagen. Offen ist: es betrifft EU; es ist ein Video."),
        ("Not yet in force. It takes effect on 2026-12-02.",
         "Noch nicht in Kraft. Die Regel gilt ab 2026-12-02."),
        ("Applies because it is a video. The sources disagree on whether this rule is in force.",
         "Trifft zu: es ist ein Video. Die Quellen sind uneins, ob diese Regel in Kraft ist."),
        ("Does not apply: the exception “satire or parody” is met.",
         "Trifft nicht zu: Die Ausnahme „Satire oder Parodie“ greift."),
        ("us-a-1 and eu-b-2 say opposite things about one action (remove).",
         "us-a-1 und eu-b-2 sagen Gegensätzliches zu einer Maßnahme (entfernen)."),
        ("us-a-1, eu-b-2, de-c and 1 more want it removed, in-d want it kept.",
         "Entfernung verlangen: us-a-1, eu-b-2, de-c und 1 weitere. Aufbewahrung verlangen: in-d."),
        ("Approved by ada on 2026-01-02; a person still decides.",
         "Freigegeben von ada am 2026-01-02; es entscheidet weiterhin ein Mensch."),
        ("Does not apply: none of the places is in no place at all.", None),
        ("Applies because pigs fly.", None),
        ("Applies because it is a video and pigs fly.", None),
        ("Something else.", None),
    ],
)  # fmt: skip
def test_a_sentence_is_told_whole_or_not_at_all(sentence: str, expected: str | None) -> None:
    assert told(sentence, "de") == expected
    assert told(sentence, "xx") is None


def test_no_clause_can_be_mistaken_for_two() -> None:
    clauses = {text for fact in vocabulary().values() for text in (fact.when_true, fact.when_false)}
    for one in clauses:
        assert told(f"Applies because {one}.", "de") == f"Trifft zu: {told(one, 'de')}."


def test_catalogues_hold_every_question_and_ground() -> None:
    said = messages()
    for pack in PACKS:
        for rule in pack.rules:
            assert {rule.title, rule.summary, rule.explanation} <= said.keys()
            assert {leaf.ask for leaf in rule.logic.leaves} <= said.keys()
    assert told("Nobody ever translated this.", "de") is None
    assert told("", "de") is None
