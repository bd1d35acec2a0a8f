"""What a case's log says of known copies, in plain words, held against what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from probity.audit.commitments import commitment_opens
from probity.cases.models import Case
from probity.matching.models import Match, MatchAnswer
from probity.matching.selectors import match_sentence
from probity.web import words
from probity.web.language.said import said_each
from probity.web.triage.actions_words import ACTION_WORDS
from probity.web.words import plural

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]


def _joined(payload: Payload) -> Lines:
    return [
        gettext("It is report number {reports} in this case.").format(reports=payload["reports"])
    ], None


def _kept(payload: Payload) -> Lines:
    return [f"{plural(payload['signals'], 'hash', 'hashes')}; SHA-256 {payload['asset']}"], None


def _found(payload: Payload) -> Lines:
    row = Match.objects.select_related("entry__bank").filter(pk=payload["match"]).first()
    if row is None:
        return [gettext("The match itself is no longer stored.")], False
    late = [gettext("It was found when the hash was added.")] if payload["retroactive"] else []
    good = row.distance == payload["distance"] and row.known_id == payload["known"]
    return [said_each(match_sentence(row)), *late], good


def _answered(payload: Payload) -> Lines:
    what = gettext("It is a copy.") if payload["accepted"] else gettext("It is no copy.")
    rows = MatchAnswer.objects.filter(match=payload["match"], accepted=payload["accepted"])
    if not payload["why"]:
        return [what], None
    opened = [
        row
        for row in rows
        if commitment_opens(digest=payload["why"], salt=row.why_salt, value=row.why)
    ]
    return [what, *(row.why for row in opened[:1])], bool(opened)


def _searched(payload: Payload) -> Lines:
    compared = gettext("{compared} hashes were compared within {radius} bits.").format(
        compared=words.number(payload["compared"]), radius=payload["radius"]
    )
    found = gettext("Found: {identical} with the very same bytes, {near} alike.").format(
        identical=payload["identical"], near=payload["near"]
    )
    return [compared, found], None


def _proposed(payload: Payload) -> Lines:
    left = (
        gettext(", {left_out} left out").format(left_out=payload["left_out"])
        if payload["left_out"]
        else ""
    )
    chosen = plural(payload["chosen"], "case", "cases")
    waits = [gettext("A second person has to agree.")] if payload["four_eyes"] else []
    return [
        gettext("{action_words}: {chosen} chosen{left}.").format(
            action_words=ACTION_WORDS[payload["action"]], chosen=chosen, left=left
        ),
        *waits,
    ], None


def _ended(payload: Payload) -> Lines:
    if payload["outcome"] == "refused":
        return [gettext("A second person refused it; nothing was carried.")], None
    failed = (
        gettext(" {failed} could not be decided.").format(failed=payload["failed"])
        if payload["failed"]
        else ""
    )
    return [
        gettext("Carried to {cases}.{failed}").format(
            cases=plural(payload["carried"], "case", "cases"), failed=failed
        )
    ], None


def _received(payload: Payload) -> Lines:
    case = Case.objects.filter(pk=payload["from_case"]).first()
    how = (
        gettext("the very same bytes")
        if payload["identical"]
        else gettext("{distance} bits apart").format(distance=payload["distance"])
    )
    return [
        gettext("From {value}: {how}.").format(
            value=case.label if case else gettext("a case that is gone"), how=how
        )
    ], None


COPY_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "report.joined": _joined,
    "signals.kept": _kept,
    "match.found": _found,
    "match.answered": _answered,
    "copies.searched": _searched,
    "carry.proposed": _proposed,
    "carry.ended": _ended,
    "carry.received": _received,
}
