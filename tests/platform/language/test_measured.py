"""What detectors and provenance checks say is told in German, whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from detectors.languages import NAMES, card_texts
from detectors.timeline import describe, lanes_html
from detectors.timeline.words import Words
from foundation.retelling import PLACE, Retelling
from probity.analysis.telling import ENGINES, told
from probity.web.language.catalogues import Kept, kept, read, templates_written
from probity.web.language.engines import templates
from probity.web.language.measured import marked
from probity.web.language.measured import told as shown

FIX = "Run `manage.py languages --write`, translate what it names, and run it again."
#: Sentences as detectors and checks wrote them, and their German.
TOLD = json.loads(Path(__file__).with_name("told.json").read_text())
ENGINE_FILES = [file for file in kept() if file.templates]


@pytest.fixture
def german() -> Iterator[None]:
    """A reader of German."""
    with translation.override("de"):
        yield


@pytest.mark.parametrize("file", ENGINE_FILES, ids=lambda file: file.domain)
def test_an_engine_knows_its_templates_as_its_source_has_them(file: Kept) -> None:
    assert file.templates is not None
    assert file.templates.read_text() == templates_written(file.said), FIX


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_every_template_is_told_with_numbers_in_its_places(engine: Retelling) -> None:
    for text in engine.texts:
        sentence = PLACE.sub("3", text)
        said = engine.told(sentence, "de")
        assert said is not None, text
        assert "{" not in said, text


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_a_german_template_keeps_every_place(engine: Retelling) -> None:
    file = next(one for one in ENGINE_FILES if one.domain == engine.domain)
    for message in read(file.source, file.language):
        if message.id:
            kept_places = set(PLACE.findall(str(message.string)))
            assert kept_places == set(PLACE.findall(str(message.id))), message.id


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_what_an_engine_quotes_stands_in_a_template_of_its(engine: Retelling) -> None:
    for text, places in engine.quoting.items():
        assert text in engine.texts, text
        assert set(places.lower()) <= set(PLACE.findall(text)), text


def test_every_word_of_the_built_in_cards_is_told() -> None:
    texts = [text for text, _ in card_texts()]
    assert len(texts) > 250
    assert [text for text in texts if told(text, "de") is None] == []


def test_templates_are_read_from_a_module() -> None:
    module = (
        '"""A module that says something."""\n'
        'HINT = "two words"\n'
        'raise ValueError("for developers only")\n'
        "words = f\"{count} {'mark' if count == 1 else 'marks'} in {p['least_marks']:.0f} s\"\n"
        'Track(label="blink")\n'
        'curve(label="speed (pixels a second)")\n'
        'chart(name="not shown", caption="All that was seen.")\n'
    )
    assert set(templates(module)) == {
        "two words", "{a} {b} in {c} s", "mark", "marks", "blink", "speed (pixels a second)",
        "speed", "pixels a second", "All that was seen.",
    }  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), TOLD.items())
def test_sentences_of_findings_in_german(sentence: str, expected: str) -> None:
    assert told(sentence, "de") == expected


@pytest.mark.usefixtures("german")
def test_what_somebody_else_s_detector_says_stays_english_and_is_marked() -> None:
    theirs = "The histogram has gaps. Nothing is marked."
    assert shown(theirs) == theirs
    assert marked(theirs) == f'<span lang="en">{theirs}</span>'
    assert marked("<b>bold</b>") == '<span lang="en">&lt;b&gt;bold&lt;/b&gt;</span>'
    assert marked("Nothing is marked.") == "Nichts ist markiert."
    page = Template(
        "{% load measured %}<p>{{ one|measured }}</p><img alt='{{ one|measured_plain }}'>"
    )
    assert page.render(Context({"one": theirs})).count('<span lang="en">') == 1


def test_a_reader_of_english_reads_the_finding_itself() -> None:
    with translation.override("en"):
        assert marked("Nothing is <b>marked</b>.") == "Nothing is &lt;b&gt;marked&lt;/b&gt;."


def test_names_that_stay_are_no_words_of_the_language() -> None:
    assert not {name for name in NAMES if re.search(r"\s", name)}


def test_lanes_speak_the_reader_s_language() -> None:
    row = {
        "detector": "video.blink", "title": "Blinking", "status": "ok", "sentence": "",
        "details": {"blinks": [{"start": 1.0, "end": 1.2}], "person": 0},
        "curves": [{"label": "face", "unit": "face widths a second", "times": [0, 1],
                    "values": [0.5, 1.5], "low": 0.0, "high": 2.5}],
    }  # fmt: skip
    theirs = row | {"detector": "acme.gaps", "title": "Acme's gaps", "details": {}, "curves": []}
    timeline = describe([row, theirs], seconds=3.0)
    html = lanes_html(timeline, words=Words(lambda text: told(text, "de")))
    assert "<b>Lidschlag</b><span> Person 1</span>" in html
    assert "Gesicht, Gesichtsbreiten je Sekunde, 0 bis 2,5" in html
    assert "1 markierter Zeitpunkt als Tabelle" in html
    assert "0:01,00 bis 0:01,20" in html
    assert 'Weder Kurve noch Markierung: <span lang="en">Acme&#x27;s gaps</span>.' in html
    english = lanes_html(timeline)
    assert "1 marked moment as a table" in english
    assert "lang=" not in english


def test_the_catalogues_are_part_of_the_engines() -> None:
    for engine in ENGINES.values():
        assert Path(engine.folder).parent.name == engine.domain
        assert (engine.folder / "de" / "LC_MESSAGES" / f"{engine.domain}.mo").is_file()


@pytest.mark.django_db
def test_a_card_is_read_in_german(client: Client, person: Callable[..., Any]) -> None:
    client.force_login(person("ada", "lead"))
    client.cookies[product.LANGUAGE_COOKIE_NAME] = "de"
    page = client.get("/review/detectors/video.blink").content.decode()
    assert "<h1>Lidschlag</h1>" in page
    assert "veröffentlichte echte und veränderte Clips, wie erhalten" in page
    shelf = client.get("/review/detectors").content.decode()
    assert ">Netzbrummen</a>" in shelf
