"""A made-up case to show a text with; nobody in it exists."""

from __future__ import annotations

from datetime import datetime, timedelta

from .kinds import SHAPES, Kind
from .wording import complaint_until, day, moment, places_named
from .words import words_in

SAID = {
    "en": {
        "facts": "The face of a person was put on somebody else's body. The person did not agree.",
        "title": "Intimate imagery without consent",
        "explanation": "The media shows a recognisable person who did not agree to it.",
        "where": "House rules, paragraph 1",
        "measured": "Edges of the face",
        "occurrences": "Three times since January you published intimate imagery of people who "
        "did not agree: P-000071, P-000088 and P-000093.",
        "consequence": "If it happens again within six months, your account is suspended for 30 "
        "days.",
        "reason": "On a second look the recording is a parody that everybody can recognise.",
        "update": "The places where it was published are still being looked for. You hear from us "
        "again within seven days.",
    },
    "de": {
        "facts": "Das Gesicht einer Person wurde auf einen fremden Körper gesetzt. Sie hat nicht "
        "zugestimmt.",
        "title": "Intime Aufnahmen ohne Zustimmung",
        "explanation": "Die Aufnahme zeigt eine erkennbare Person, die nicht zugestimmt hat.",
        "where": "Hausregeln, Absatz 1",
        "measured": "Ränder des Gesichts",
        "occurrences": "Seit Januar haben Sie dreimal intime Aufnahmen von Menschen "
        "veröffentlicht, die nicht zugestimmt hatten: P-000071, P-000088 und P-000093.",
        "consequence": "Geschieht das innerhalb von sechs Monaten wieder, wird Ihr Konto für "
        "30 Tage ausgesetzt.",
        "reason": "Bei erneuter Prüfung ist die Aufnahme eine Parodie, die jeder erkennt.",
        "update": "Die Orte, an denen es veröffentlicht wurde, werden noch gesucht. Sie hören "
        "innerhalb von sieben Tagen wieder von uns.",
    },
}


def sample_values(kind: Kind, language: str, *, at: datetime) -> dict[str, str]:
    """A value for every placeholder that the kind may have."""
    words, said = words_in(language), SAID[language]
    line = words.measure_line.format(
        sentence=words.measures["restrict"], where=places_named(["DE", "FR"], language),
        how_long=words.until.format(date=day(at + timedelta(days=90), language)),
    )  # fmt: skip
    ground = words.ground_line.format(
        kind=words.ground["incompatible_content"], title=said["title"], where=said["where"],
        explanation=said["explanation"],
    )  # fmt: skip
    ended = kind == Kind.LIFTED
    values = {
        "platform": "Example Videos",
        "case": "P-000123",
        "page": words.page.format(address="https://probity.example/decision/Zm9yIGV4YW1wbGU"),
        "decided_on": moment(at, language),
        "received_on": day(at - timedelta(days=1), language),
        "appealed_on": day(at + timedelta(days=9), language),
        "ended_on": day(at + timedelta(days=90), language),
        "deadline": day(complaint_until(at), language),
        "category": words.categories["intimate"],
        "replaces": words.replaces,
        "again": words.again,
        "content": words.content_address.format(address="https://videos.example/watch/7f3a"),
        "measures": words.measure_once.format(sentence=words.over["restrict"]) if ended else line,
        "outcome": line,
        "facts": said["facts"],
        "occasion": f"{words.occasion['notice']} {words.reporter_silent}",
        "grounds": f"- {ground}",
        "automation": " ".join(
            (words.automation["not_automated"], words.detection["no"],
             words.measured.format(titles=said["measured"]))
        ),
        "redress": "- …",
        "occurrences": said["occurrences"],
        "consequence": said["consequence"],
        "reason": words.over_why["expired"] if ended else said["reason"],
        "update": said["update"],
    }  # fmt: skip
    return {name: values[name] for name in SHAPES[kind].may}
