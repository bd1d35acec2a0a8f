"""Turning a decision into the sentences of one language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings

from probity.cases.models import Case, SenderKind
from probity.decisions.measures import ACCOUNT
from probity.decisions.models import Action, Decision, Measure

from .grounds import ground_in
from .guard import address_shown
from .languages import ENGLISH
from .words import words_in

#: Complaints are open for six months (DSA art. 20(1)); this many days always cover them.
COMPLAINT_DAYS = 184
#: What the setting says where nobody set it.
NAMELESS = "this platform"
#: What restricts an uploader (DSA art. 17(1)), or is said to them directly. That a matter was
#: referred to an authority, or preserved for one, is never told to the uploader.
TOLD = (
    Action.REMOVE, Action.SUSPEND, Action.RESTRICT, Action.AGE_GATE, Action.REDUCE, Action.LABEL,
    Action.WARN,
)  # fmt: skip
ONCE = frozenset({Action.WARN, Action.REFER, Action.PRESERVE, Action.NO_ACTION})


def day(at: date, language: str) -> str:
    """A date in words."""
    words = words_in(language)
    return words.date.format(day=at.day, month=words.months[at.month - 1], year=at.year)


def moment(at: datetime, language: str) -> str:
    """A moment in words, in UTC."""
    words = words_in(language)
    return words.moment.format(
        day=at.day, month=words.months[at.month - 1], year=at.year, time=f"{at:%H:%M}"
    )


def platform_said(language: str) -> str:
    """The platform's name; German texts have it in the dative where it has none of its own."""
    name = str(settings.PLATFORM_NAME)
    return words_in(language).this_platform if name == NAMELESS else name


def complaint_until(told_at: datetime) -> datetime:
    """Until when a complaint about something told then is taken."""
    return told_at + timedelta(days=COMPLAINT_DAYS)


def places_named(places: Sequence[str], language: str) -> str:
    """Where, in words; a code that has no name here stands for itself."""
    words = words_in(language)
    if not places or "*" in places:
        return words.everywhere
    return words.only_in.format(
        places=", ".join(words.places.get(place, place) for place in places)
    )


def measures_told(decision: Decision) -> list[Measure]:
    """The measures that an uploader is told of, the gravest first."""
    rows = [row for row in decision.measures.all() if Action(row.action) in TOLD]
    return sorted(rows, key=lambda row: TOLD.index(Action(row.action)))


def measure_said(row: Measure, language: str) -> dict[str, str]:
    """One measure: its sentence, where and for how long it holds, and all of it as a line."""
    words = words_in(language)
    sentence = words.measures[_key(row)]
    if Action(row.action) in ONCE:
        line = words.measure_once.format(sentence=sentence)
        return {"action": row.action, "sentence": sentence, "where": "", "how_long": "",
                "line": line}  # fmt: skip
    where = places_named(row.scope.get("places", []), language)
    how_long = _how_long(row, language)
    return {
        "action": row.action, "sentence": sentence, "where": where, "how_long": how_long,
        "line": words.measure_line.format(sentence=sentence, where=where, how_long=how_long),
    }  # fmt: skip


def measure_over(row: Measure, language: str) -> str:
    """That a measure has ended."""
    return words_in(language).measure_once.format(sentence=words_in(language).over[_key(row)])


def _key(row: Measure) -> str:
    lasting = Action(row.action) in TOLD and row.action not in {Action.WARN, Action.SUSPEND}
    return f"{row.action}_account" if lasting and row.scope.get("about") == ACCOUNT else row.action


def _how_long(row: Measure, language: str) -> str:
    words = words_in(language)
    if row.ends_at:
        return words.until.format(date=day(row.ends_at, language))
    return words.for_days.format(days=row.days) if row.days else words.until_changed


def outcome_said(decision: Decision, language: str) -> str:
    """Everything that was decided, as a reporter is told it: what, where, for how long."""
    return "\n".join(measure_said(row, language)["line"] for row in decision.measures.all())


def occasion_of(decision: Decision) -> str:
    """Why it was looked at: notice, authority, copy, or own initiative (DSA art. 17(3)(b))."""
    kinds = list(
        decision.case.reports.order_by("received_at").values_list("sender_kind", flat=True)
    )
    if decision.automation.get("carried_from"):
        return "copy"
    if not kinds:
        return "own"
    return "authority" if kinds[0] == SenderKind.AUTHORITY else "notice"


def occasion_said(decision: Decision, language: str) -> str:
    """The same as sentences; who sent a notice is never said."""
    words, occasion = words_in(language), occasion_of(decision)
    said = words.occasion[occasion]
    return f"{said} {words.reporter_silent}" if occasion in {"notice", "copy"} else said


def automation_said(decision: Decision, language: str, *, measured: Sequence[str] = ()) -> str:
    """The use of automated means in deciding and in finding (DSA art. 16(6), 17(3)(c))."""
    words, kept = words_in(language), decision.automation
    said = [words.automation[kept.get("decision", "not_automated")]]
    said.append(words.detection["yes" if kept.get("detection") else "no"])
    titles = "; ".join(measured)
    said.append(words.measured.format(titles=titles) if titles else words.not_measured)
    return " ".join(said)


def grounds_said(grounds: Sequence[dict[str, Any]], language: str) -> str:
    """The law or the terms with their explanation, a line each (DSA art. 17(3)(d), (e))."""
    words = words_in(language)
    if not grounds:
        return words.no_ground
    return "\n".join(f"- {_ground_line(ground, language)}" for ground in grounds)


def _ground_line(ground: dict[str, Any], language: str) -> str:
    words, citation = words_in(language), ground["citation"]
    law, section = citation.get("law") or "", citation.get("section") or ""
    where = ", ".join(part for part in (law, section) if part) or citation.get("text") or "–"
    own = (ground["title"], ground["explanation"] or "")
    known = None if language == ENGLISH else ground_in(*own, language)
    title, explanation = known or own
    line = words.ground_line.format(
        kind=words.ground.get(ground["ground"] or "", words.ground[""]), title=title, where=where,
        explanation=explanation,
    ).strip()  # fmt: skip
    if ground["outcome"] == "unknown":
        line += f" {words.ground_open}"
    foreign = language != ENGLISH and not known
    return f"{line} {words.ground_english}" if foreign and explanation else line


def content_said(case: Case, language: str) -> str:
    """What it is about, by address and by digest."""
    words = words_in(language)
    addresses = [address_shown(url) for url in case.reports.values_list("url", flat=True) if url]
    lines = [words.content_address.format(address=url) for url in addresses if url]
    lines += [
        words.content_file.format(sha256=asset)
        for asset in case.items.values_list("asset_id", flat=True)
    ]
    return "\n".join(dict.fromkeys(lines)) or words.content_unknown
