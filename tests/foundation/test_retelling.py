"""An engine's sentence is read back from its templates and said anew, whole or not at all."""

from __future__ import annotations

import io
import json
import re

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from foundation.retelling import Retelling

GERMAN = {
    "The sound lasts {a} s; at least {b} s are needed.": "Der Ton dauert {a} s; nötig sind {b} s.",
    "{a} of the picture {b} softer.": "{a} des Bildes {b} weicher.",
    "One part": "Ein Teil",
    "{a} parts": "{a} Teile",
    "is": "ist",
    "are": "sind",
    "It moves by {a}": "Es bewegt sich um {a}",
    ", the rest by {a}": ", das Übrige um {a}",
    "Nothing follows from it.": "Daraus folgt nichts.",
    "Hum": "Brummen",
    "Signed by {a}.": "Signiert von {a}.",
    "nobody": "niemandem",
    "Compressed with {a}.": "Komprimiert mit {a}.",
    "{a}; {b}": "{a}; {b}",
    "Type `run {a}`.": "Tippen Sie `run {a}`.",
    "Held by {rule}.": "Gilt nach {rule}.",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Retelling:
    """An engine with a few sentences and their German."""
    folder = tmp_path_factory.mktemp("locale")
    (folder / "templates.json").write_text(json.dumps(list(GERMAN)))
    catalogue = Catalog(locale="de", fuzzy=False)
    for text, told in GERMAN.items():
        catalogue.add(text, told)
    out = io.BytesIO()
    write_mo(out, catalogue)
    (folder / "de" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "de" / "LC_MESSAGES" / "toy.mo").write_bytes(out.getvalue())
    quoting = {"Signed by {a}.": "a", "Type `run {a}`.": "A"}
    shapes = {"rule": re.compile(r"[a-z]+-\d+")}
    return Retelling(folder, "toy", names={"MP3"}, quoting=quoting, shapes=shapes)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The sound lasts 1.5 s; at least 1,000 s are needed.",
         "Der Ton dauert 1,5 s; nötig sind 1.000 s."),
        ("One part of the picture is softer.", "Ein Teil des Bildes ist weicher."),
        ("12 parts of the picture are softer. Nothing follows from it.",
         "12 Teile des Bildes sind weicher. Daraus folgt nichts."),
        ("It moves by 0.25, the rest by -3e-05. Nothing follows from it.",
         "Es bewegt sich um 0,25, das Übrige um -3e-05. Daraus folgt nichts."),
        ("It moves by 45%", "Es bewegt sich um 45\u00a0%"),
        ("It moves by 0:04.32", "Es bewegt sich um 0:04,32"),
        ("It moves by 2026-11-22", "Es bewegt sich um 2026-11-22"),
        ("Hum.", "Brummen."),
        ("  Hum ", "  Brummen "),
        ("Signed by Ada & Sons, Ltd.", "Signiert von Ada & Sons, Ltd."),
        ("Signed by nobody.", "Signiert von niemandem."),
        ("Compressed with MP3.", "Komprimiert mit MP3."),
        ("0.5 s", "0,5 s"),
        ("Held by us-1.", "Gilt nach us-1."),
        ("Type `run hum`.", "Tippen Sie `run hum`."),
        ("Signed by Ada. Nothing follows from it.", "Signiert von Ada. Daraus folgt nichts."),
        ("Signed by J. Doe. Nothing follows from it.", "Signiert von J. Doe. Daraus folgt nichts."),
    ],
)  # fmt: skip
def test_a_sentence_is_said_from_its_parts(engine: Retelling, sentence: str, expected: str) -> None:
    assert engine.told(sentence, "de") == expected
    assert engine.told(sentence, "de") == expected  # and the same from memory


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        " ",
        "Compressed with zebras.",
        "Held by nobody.",
        "One part of the picture is softer. Something else was seen.",
        "Something else was seen. One part of the picture is softer.",
        "One part of the picture looks softer.",
        "Nothing follows from it. " * 200,
    ],
)
def test_what_is_not_known_whole_is_not_told(engine: Retelling, sentence: str) -> None:
    assert engine.told(sentence, "de") is None


def test_only_languages_with_a_catalogue_are_told(engine: Retelling) -> None:
    assert engine.told("One part", "de") == "Ein Teil"
    assert engine.told("One part", "en") is None
    assert engine.told("One part", "fr") is None


def test_odd_text_costs_little_and_is_left(engine: Retelling) -> None:
    for odd in ("; " * 400, "a; " * 300, "{a}" * 50, "1.2.3.4 " * 100, ". , : ; " * 100):
        told = engine.told(odd, "de")
        assert told is None or not any(letter.isalpha() for letter in told)


def test_a_memory_that_is_full_begins_anew(
    engine: Retelling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundation.retelling.REMEMBERED", 3)
    for count in range(12):
        assert engine.told(f"{count} parts", "de") == f"{count} Teile"
