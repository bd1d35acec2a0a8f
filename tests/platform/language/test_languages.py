"""Two languages: every message is translated, and a page is in the one that its reader chose."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from babel.messages import Catalog
from django.conf import settings as product
from django.test import Client

from probity.audit.models import AuditEvent
from probity.core.errors import Refusal
from probity.web.language.catalogues import Kept, compiled, kept, missing, read, untold
from probity.web.language.gather import forms, of_module, of_room
from probity.web.language.said import FORMS, said, said_in_line

FIX = "Run `manage.py languages --write`, translate what it names, and run it again."


@pytest.mark.parametrize("file", kept(), ids=lambda file: f"{file.language}-{file.domain}")
def test_everything_said_is_translated_and_compiled(file: Kept) -> None:
    catalogue = read(file.source, file.language)
    assert not untold(catalogue, file.said), FIX
    assert not missing(catalogue), FIX
    assert not [message.id for message in catalogue if message.fuzzy and message.id]
    assert file.compiled.read_bytes() == compiled(catalogue), FIX


def test_the_forms_of_what_rooms_say_are_up_to_date() -> None:
    assert json.loads(FORMS.read_text()) == forms(), FIX


def test_messages_are_found_in_modules_and_rooms() -> None:
    module = 'gettext("A b c.").format(x=1)\nplural(n, "case", "cases")\npgettext("where", "At")\n'
    assert sorted((one.text, one.plural, one.context) for one in of_module(module)) == [
        ("A b c.", "", ""),
        ("At", "", "where"),
        ("case", "cases", ""),
    ]
    room = '"""A sentence of the module."""\nraise Conflict(f"There is no case {name}.")\n'
    assert [one.text for one in of_room(room)] == ["There is no case {a}."]


def test_a_wrong_placeholder_is_missing() -> None:
    catalogue = Catalog(locale="de")
    catalogue.add("{count} files", "{count} Dateien")
    catalogue.add("{size} more", "{count} mehr")
    catalogue.add(("%(n)s file", "%(n)s files"), ("%(n)s Datei", "Dateien"))
    catalogue.add("Nothing", "")
    assert missing(catalogue) == ["{size} more", "%(n)s file", "Nothing"]


@pytest.mark.django_db
def test_a_stranger_reads_the_browser_s_language_until_they_choose(client: Client) -> None:
    german = client.get("/", headers={"accept-language": "fr;q=0.9, de-AT;q=0.8, en;q=0.1"})
    assert german["Content-Language"] == "de"
    assert '<html lang="de"' in german.content.decode()
    assert "Schon gemeldet?" in german.content.decode()
    assert "Accept-Language" in german["Vary"]
    assert 'lang="en"' in client.get("/", headers={"accept-language": "fr"}).content.decode()
    answer = client.post("/language", {"language": "de", "next": "/report"})
    assert answer["Location"] == "/report"
    assert answer.cookies[product.LANGUAGE_COOKIE_NAME]["httponly"]
    assert "Was ist nicht in Ordnung?" in client.get("/report").content.decode()
    again = client.get("/report", headers={"accept-language": "en"}).content.decode()
    assert "Was ist nicht in Ordnung?" in again
    assert 'value="de" lang="de" aria-current="true"' in again


@pytest.mark.django_db
def test_a_language_that_nobody_speaks_is_refused(client: Client) -> None:
    answer = client.post("/language", {"language": "tlh"})
    assert answer.status_code == 422
    assert product.LANGUAGE_COOKIE_NAME not in answer.cookies
    away = client.post("/language", {"language": "de", "next": "https://example.org/"})
    assert away["Location"] == "/"


@pytest.mark.django_db
def test_a_person_s_choice_follows_them(client: Client, person: Callable[..., Any]) -> None:
    somebody = person("ada", "lead")
    client.force_login(somebody)
    assert "Take the next case" in client.get("/triage").content.decode()
    client.post("/language", {"language": "de"})
    client.post("/language", {"language": "de"})
    assert AuditEvent.objects.filter(name="person.language_set").count() == 1
    elsewhere = Client()
    elsewhere.force_login(somebody)
    page = elsewhere.get("/triage", headers={"accept-language": "en"}).content.decode()
    assert "Nächsten Fall nehmen" in page


@pytest.mark.django_db
def test_programs_hear_english(client: Client, client_for: Callable[..., Any]) -> None:
    german = {"accept-language": "de"}
    page = client.post("/report", {"category": "other"}, headers=german)
    assert "Sagen Sie in ein oder zwei Sätzen" in page.content.decode()
    answer = client_for("ada", "lead").post("/api/v1/reports", {}, "json", headers=german)
    assert answer.status_code == 422
    assert "Content-Language" not in answer.headers
    assert "Say in a sentence or two why this should be looked at." in answer.content.decode()


def test_rooms_sentences_are_told_in_german(settings: Any) -> None:
    from django.utils import translation

    class Gone(Refusal):
        """A refusal with something put in."""

        code = "gone-in-translation"

    refusal = Gone("There is no case “P-000012”. A case is called P-000012, say.")
    assert said(refusal.sentence) == refusal.sentence
    with translation.override("de"):
        assert said(refusal.sentence).startswith("Es gibt keinen Fall „P-000012“.")
        both = said("Give your name. Give your e-mail address.")
        assert both == "Geben Sie Ihren Namen an. Geben Sie Ihre E-Mail-Adresse an."
        assert said("Nobody ever wrote this down here.") == "Nobody ever wrote this down here."


def test_a_room_s_words_within_its_sentences_are_german_too() -> None:
    from django.utils import translation

    changed = "While you were reading, P-000001 was sent to a named person by a colleague."
    changed += " Nothing of yours was recorded. Reload the page, look at what is new, and send it "
    changed += "again if it is still right."
    with translation.override("de"):
        assert said("What is reported: election.").endswith(": Wahlen.")
        assert said_in_line("2 h clock at 1; election; a river").endswith("; Wahlen; a river")
        assert said("14 reports came in.").startswith("14 Meldungen ")
        assert "an eine bestimmte Person gegeben" in said(changed)
        named = "A report in case P-000001 (something else) names a protected person’s likeness."
        told = "(Etwas anderes) nennt das Abbild einer geschützten Person."
        assert said(named) == f"Eine Meldung im Fall P-000001 {told}"
