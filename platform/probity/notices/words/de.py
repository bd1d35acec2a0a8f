"""German, in the words of the official German text of Regulation (EU) 2022/2065."""

from __future__ import annotations

from .places import GERMAN
from .table import Words

WORDS = Words(
    language="de",
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    date="{day}. {month} {year}",
    moment="{day}. {month} {year} um {time} UTC",
    categories={
        "intimate": "Intime Aufnahmen",
        "election": "Wahl",
        "impersonation": "Identitätsmissbrauch oder Betrug",
        "advertising": "Werbung mit dem Bild oder der Stimme einer Person",
        "defamation": "Verleumdung",
        "other": "Etwas anderes",
    },
    measures={
        "remove": "Der Inhalt wurde entfernt.",
        "remove_account": "Alle Inhalte des Kontos wurden entfernt.",
        "label": "Der Inhalt bleibt sichtbar und wurde gekennzeichnet.",
        "label_account": "Die Inhalte des Kontos bleiben sichtbar und wurden gekennzeichnet.",
        "restrict": "Der Inhalt wurde an den hier genannten Orten gesperrt.",
        "restrict_account": "Das Konto wurde an den hier genannten Orten gesperrt.",
        "age_gate": "Der Inhalt wird nur noch Erwachsenen gezeigt.",
        "age_gate_account": "Das Konto wird nur noch Erwachsenen gezeigt.",
        "reduce": "Der Inhalt wird weniger Menschen gezeigt.",
        "reduce_account": "Was das Konto veröffentlicht, wird weniger Menschen gezeigt.",
        "warn": "Es wurde eine Verwarnung ausgesprochen; der Inhalt bleibt sichtbar.",
        "suspend": "Das Konto wurde ausgesetzt.",
        "refer": "Die Sache wurde an die zuständige Behörde weitergeleitet.",
        "preserve": "Der Inhalt wurde gesichert; sonst wurde nichts geändert.",
        "no_action": "Nichts wurde beschränkt: Der Inhalt bleibt, wie er war.",
    },
    over={
        "remove": "Der Inhalt darf wieder gezeigt werden.",
        "remove_account": "Die Inhalte des Kontos dürfen wieder gezeigt werden.",
        "label": "Die Kennzeichnung wurde entfernt.",
        "label_account": "Die Kennzeichnung der Inhalte des Kontos wurde entfernt.",
        "restrict": "Der Inhalt ist an den Orten, an denen er gesperrt war, wieder verfügbar.",
        "restrict_account": "Das Konto ist an den Orten, an denen es gesperrt war, wieder da.",
        "age_gate": "Der Inhalt wird nicht mehr nur Erwachsenen gezeigt.",
        "age_gate_account": "Das Konto wird nicht mehr nur Erwachsenen gezeigt.",
        "reduce": "Der Inhalt wird nicht mehr weniger Menschen gezeigt.",
        "reduce_account": "Was das Konto veröffentlicht, wird wieder allen gezeigt.",
        "suspend": "Das Konto ist nicht mehr ausgesetzt.",
    },
    over_why={
        "lifted": "Eine neue Entscheidung hat sie aufgehoben.",
        "expired": "Die Zeit, für die sie galt, ist abgelaufen.",
    },
    everywhere="überall im Dienst",
    only_in="{places}",
    until_changed="bis eine neue Entscheidung sie ändert",
    until="bis zum {date}",
    for_days="{days} Tage",
    measure_line="- {sentence} Wo: {where}. Wie lange: {how_long}.",
    measure_once="- {sentence}",
    occasion={
        "notice": "Anlass war eine Meldung, die jemand geschickt hat.",
        "authority": "Anlass war eine Anordnung oder eine Meldung einer Behörde.",
        "own": "Der Dienst wurde von sich aus tätig.",
        "copy": "Anlass war, dass dies eine Kopie von Inhalten ist, die jemand gemeldet hat.",
    },
    reporter_silent="Wer eine Meldung geschickt hat, wird nicht mitgeteilt.",
    automation={
        "not_automated": "Ein Mensch hat diese Entscheidung getroffen.",
        "partially_automated": (
            "Ein Mensch hat diese Entscheidung mit Hilfe automatisierter Mittel getroffen. Sie "
            "haben einen Teil der Fragen beantwortet, auf die es ankam, oder gefunden, dass dies "
            "eine Kopie anderer Inhalte ist."
        ),
        "fully_automated": "Diese Entscheidung wurde mit automatisierten Mitteln getroffen.",
    },
    detection={
        "yes": "Der Inhalt wurde mit automatisierten Mitteln gefunden.",
        "no": "Der Inhalt wurde nicht mit automatisierten Mitteln gefunden.",
    },
    measured="Dem Menschen lagen diese automatisierten Messungen vor: {titles}.",
    not_measured="Dem Menschen lag keine automatisierte Messung vor.",
    ground={
        "illegal_content": "Gesetz",
        "incompatible_content": "Nutzungsbedingungen des Dienstes",
        "": "Regel",
    },
    ground_line="{kind}: {title} ({where}). {explanation}",
    ground_open="Nicht alle Tatsachen, nach denen diese Regel fragt, wurden festgestellt.",
    ground_english="(Der Wortlaut dieser Regel liegt nur auf Englisch vor.)",
    no_ground="Es wurde keine Regel genannt; die Entscheidung beruht auf den genannten Tatsachen.",
    content_address="Inhalt unter {address}",
    content_file="Datei mit der SHA-256 {sha256}",
    content_unknown="Der Inhalt, den der Dienst mit dieser Entscheidung gezeigt hat.",
    replaces="Sie ersetzt, was in diesem Fall zuvor entschieden wurde.",
    again="Dies ist eine neue Entscheidung. Sie ersetzt, was Ihnen zuvor mitgeteilt wurde.",
    page="Ihre private Seite: {address}",
    places=GERMAN,
    this_platform="dieser Plattform",
)
