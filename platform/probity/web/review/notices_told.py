"""What a case's log says of notices, of holds on telling, and of the public database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from probity.audit.canonical import digest_of
from probity.audit.commitments import commitment_opens
from probity.notices.languages import NAMES
from probity.notices.models import (
    HoldGround,
    Notice,
    NoticeHold,
    Party,
    PublicFacts,
    Way,
    Why,
)
from probity.notices.services import committed
from probity.notices.shipped import Text
from probity.web.language.later import later
from probity.web.notices.words import (
    GROUND_WORDS,
    PARTY_WORDS,
    WAY_WORDS,
    WHY_WORDS,
    kind_words,
)
from probity.web.words import absolute

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]
KEPT_WORDS = {
    "stored": later("The database stored it."),
    "existing": later("The database had it already."),
    "found": later("The database had it already; no answer had come when it was sent."),
}


def _sent(payload: Payload) -> Lines:
    why = WHY_WORDS[Why(payload["why"])]
    language = NAMES.get(payload["language"], payload["language"])
    lines = [
        gettext("{kind}, to the {lower}.").format(
            kind=kind_words(payload["kind"]), lower=PARTY_WORDS[Party(payload["to"])].lower()
        ),
        gettext("{way_words}, in {language}.").format(
            way_words=WAY_WORDS[Way(payload["way"])], language=language
        ),
        *([why] if why else []),
    ]
    row = Notice.objects.filter(pk=payload["notice"]).first()
    if row is None or not row.salt:
        return lines, None
    text = committed(Text(row.subject, row.text))
    return lines, commitment_opens(digest=payload["digest"], salt=row.salt, value=text)


def _withheld(payload: Payload) -> Lines:
    to = PARTY_WORDS[Party(payload["to"])].lower()
    return [
        gettext("{kind}, not told to the {to}.").format(kind=kind_words(payload["kind"]), to=to),
        WHY_WORDS[Why(payload["why"])],
    ], None


def _hold(payload: Payload) -> Lines:
    to = PARTY_WORDS[Party(payload["to"])] if payload["to"] else gettext("Reporters and uploader")
    lines = [
        gettext("{ground_words}. Not told: {to}.").format(
            ground_words=GROUND_WORDS[HoldGround(payload["ground"])], to=to.lower()
        )
    ]
    if payload["until"]:
        lines.append(
            gettext("Until {until}.").format(
                until=absolute(datetime.fromisoformat(payload["until"]))
            )
        )
    row = NoticeHold.objects.filter(pk=payload["hold"]).first()
    if row is None:
        return [*lines, gettext("The hold is no longer stored.")], None
    good = all(
        commitment_opens(digest=payload[name], salt=row.salts[name], value=getattr(row, name))
        for name in ("reason", "reference")
    )
    return lines, good


def _hold_ended(payload: Payload) -> Lines:
    row = NoticeHold.objects.filter(pk=payload["hold"]).first()
    if row is None or not payload["reason"]:
        return [gettext("Its own end had come.")] if row else [], None
    salt = row.salts.get("ended_reason", "")
    return [], commitment_opens(digest=payload["reason"], salt=salt, value=row.ended_reason)


def _facts(payload: Payload) -> Lines:
    row = PublicFacts.objects.filter(pk=payload["facts"]).first()
    return [], None if row is None else digest_of(row.facts) == payload["digest"]


def _kept(payload: Payload) -> Lines:
    return [KEPT_WORDS[payload["how"]], payload["puid"]], None


def _bare(_: Payload) -> Lines:
    return [], None


NOTICE_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "notice.sent": _sent,
    "notice.withheld": _withheld,
    "notice.forgotten": _bare,
    "notice.hold_placed": _hold,
    "notice.hold_ended": _hold_ended,
    "transparency.facts_written": _facts,
    "transparency.kept": _kept,
}
