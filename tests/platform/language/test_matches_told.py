"""Why something matched, in German: nothing of the English is left."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from probity.matching.models import Bank, BankEntry, Match, SignalKind
from probity.matching.words import match_sentence
from probity.web.language.said import said_each

BANK = BankEntry(bank=Bank(label="Altes"))
PLACED = {"known_at": 67.0, "at": 3.0}


@pytest.mark.parametrize(
    ("match", "told"),
    [
        (
            Match(signal=SignalKind.SHA256, distance=0),
            "Genau dieselben Bytes sind bekannt: aus einer anderen Datei, die hier liegt.",
        ),
        (
            Match(signal=SignalKind.PDQ, distance=6, turn=4, entry=BANK),
            (
                "Das Bild sieht gleich aus (6 von 256 Bits weichen ab, gespiegelt): Es ist bekannt"
                " aus der Sammlung „Altes“."
            ),
        ),
        (
            Match(signal=SignalKind.VIDEO, distance=9, seconds=12.0, speed=0.75, **PLACED),
            (
                "Bilder des Films sehen gleich aus (9 von 256 Bits weichen ab): Sie sind bekannt"
                " aus einer anderen Datei, die hier liegt. Was hier ab 0:03 kommt, kommt dort ab"
                " 1:07, 12 Sekunden lang, abgespielt mit 75% der Geschwindigkeit."
            ),
        ),
        (
            Match(signal=SignalKind.SOUND, distance=120, **PLACED),
            (
                "Es klingt gleich (12 % der Bits weichen ab; bei Zufall wäre es die Hälfte): Die"
                " Aufnahme ist bekannt aus einer anderen Datei, die hier liegt. Was hier ab 0:03"
                " kommt, kommt dort ab 1:07."
            ),
        ),
        (
            Match(signal=SignalKind.PDQ, distance=0, known_at=67.0),
            (
                "Das Bild sieht gleich aus (0 von 256 Bits weichen ab): Es ist bekannt aus einer"
                " anderen Datei, die hier liegt. Dieses Bild ist dort bei 1:07 zu sehen."
            ),
        ),
    ],
)
def test_a_match_is_told(match: Match, told: str) -> None:
    with override("de"):
        assert said_each(match_sentence(match)) == told
