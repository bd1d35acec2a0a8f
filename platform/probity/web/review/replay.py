"""A case's audit chain in plain words, each entry checked against what is stored today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext

from probity.accounts.models import ApiToken, Person
from probity.analysis.digest import run_digest
from probity.analysis.models import Run
from probity.analysis.selectors import run_erased
from probity.audit.canonical import digest_of
from probity.audit.commitments import commitment_opens
from probity.audit.models import AuditEvent
from probity.audit.registry import kind
from probity.cases.models import Category, Report
from probity.decisions.law import fact_words, rule_titles
from probity.decisions.models import Action, Decision, PolicyEvaluation, StatementOfReasons
from probity.web.language import law, measured
from probity.web.language.later import later
from probity.web.language.said import said
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.triage.actions_words import ACTION_WORDS
from probity.web.triage.law_rules import value_words
from probity.web.words import joined, plural, size

from .bulk_told import BULK_EVENTS
from .bundle_told import BUNDLE_TELLERS
from .contests_told import CONTEST_EVENTS
from .copies_told import COPY_EVENTS, Lines
from .decided_told import DECISION_EVENTS, measure_lines, measures_stored
from .keeping_told import KEEPING_EVENTS
from .messages import MESSAGE_EVENTS, message_lines
from .notices_told import NOTICE_EVENTS
from .quality_told import QUALITY_EVENTS
from .queues_told import QUEUE_EVENTS
from .seals_told import SEAL_EVENTS
from .told import Check, Payload, Told, verdict, when


@dataclass(frozen=True)
class Entry:
    """One event of the chain as a person reads it."""

    seq: int
    at: datetime
    who: str
    what: str
    name: str
    hash: str
    lines: list[str] = field(default_factory=list)
    quote: str = ""
    check: Check | None = None
    broken: bool = False
    payload: Mapping[str, Any] = field(default_factory=dict)


WHO = {
    "system": "Probity",
    "reporter": later("A reporter"),
    "uploader": later("Whoever uploaded it"),
    "counsel": later("Outside counsel"),
}
RELEASED = {
    "released": later("The reviewer gave the case back to the queue."),
    "decided": later("The claim ended with the decision."),
    "lease ran out": later("The claim ran out; the case went back to the queue."),
}


def entry(event: AuditEvent, *, who: str, broken: bool) -> Entry:
    """Tell one event."""
    teller = TELLERS.get(event.name)
    told = teller(event.payload) if teller else Told()
    return Entry(
        seq=event.seq,
        at=event.at,
        who=who,
        what=told.what or _says(event.name),
        name=event.name,
        hash=event.hash,
        lines=told.lines,
        quote=told.quote,
        check=told.check,
        broken=broken,
        payload=event.payload,
    )


def actor_words(name: str) -> str:
    """``person:…`` and ``token:…`` by the person's sign-in name; names are not in the log."""
    role, _, key = name.partition(":")
    if role == "person":
        person = Person.objects.filter(pk=key).first()
        return person.username if person else gettext("A former member of staff")
    if role == "token":
        token = ApiToken.objects.select_related("person").filter(pk=key).first()
        return (
            gettext("{username}, through the API").format(username=token.person.username)
            if token
            else "A program"
        )
    return WHO.get(role, name)


def _says(name: str) -> str:
    try:
        return gettext(kind(name).says)
    except KeyError:
        return gettext("An event called “{name}”.").format(name=name)


def _opened(payload: Payload) -> Told:
    places = joined(payload["places"]) if payload["places"] else gettext("no place named")
    return Told([f"{CATEGORY_WORDS[Category(payload['category'])]}; {places}."])


def _report(payload: Payload) -> Told:
    row = Report.objects.filter(pk=payload["report"]).first()
    if row is None:
        return Told(check=Check(gettext("The report itself is no longer stored."), None))
    lines = [
        gettext("Through the {value}.").format(
            value="API" if row.channel == "api" else gettext("public form")
        )
    ]
    if payload["valid_request"]:
        lines.append(gettext("It carried every element of a TAKE IT DOWN request."))
    return Told(lines, row.explanation, _committed(payload, row))


def _committed(payload: Payload, row: Report) -> Check:
    if not row.explanation and not row.salts:
        return Check(gettext("Its words were erased; the commitment stays."), None)
    salt = row.salts.get("explanation", "")
    good = commitment_opens(digest=payload["explanation"], salt=salt, value=row.explanation)
    return verdict(good, gettext("The words are those that were received."))


def _asset(payload: Payload) -> Told:
    kind_words = payload["media_type"] or gettext("not opened")
    lines = [f"{kind_words}, {size(payload['bytes'])}, SHA-256 {payload['asset']}"]
    if payload["known"]:
        lines.append(gettext("The same bytes were here already; they are stored once."))
    return Told(lines)


def _viewed(payload: Payload) -> Told:
    return Told([f"SHA-256 {payload['asset']}"])


def _sealed(payload: Payload) -> Told:
    count = payload["derivatives_destroyed"]
    return Told(
        [
            gettext("Why: {why}. {count} pictures and clips made from it were destroyed.").format(
                why=payload["why"], count=count
            )
        ]
    )


def _demonstration(payload: Payload) -> Told:
    return Told(
        [
            gettext("Demonstration “{demonstration}”.").format(
                demonstration=payload["demonstration"].replace("-", " ")
            )
        ]
    )


def _run_started(payload: Payload) -> Told:
    again = (
        gettext("Attempt {attempt}. ").format(attempt=payload["attempt"])
        if payload["attempt"] > 1
        else ""
    )
    return Told([f"{again}SHA-256 {payload['asset']}"])


def _run(payload: Payload) -> Told:
    run = Run.objects.filter(pk=payload["run"]).first()
    what = (
        gettext("An analysis ended.")
        if payload["state"] == "done"
        else gettext("An analysis broke off.")
    )
    if run is None:
        return Told(what=what, check=Check(gettext("The findings are no longer stored."), None))
    findings = list(run.findings.order_by("made_at", "pk"))
    lines = [f"{measured.told(row.title)}: {measured.told(row.sentence)}" for row in findings]
    if run_erased(run):
        return Told(
            check=Check(gettext("What was found was erased with the file."), None), what=what
        )
    good = run_digest(run) == payload["digest"]
    return Told(
        lines, check=verdict(good, gettext("The findings are those that were made.")), what=what
    )


def _claim(payload: Payload) -> Told:
    return Told([gettext("Until {until}.").format(until=when(payload["until"])), *_moved(payload)])


def _released(payload: Payload) -> Told:
    return Told(
        what=RELEASED.get(
            payload["why"], gettext("The claim ended: {why}.").format(why=payload["why"])
        )
    )


def _state(payload: Payload) -> Told:
    return Told(what=" ".join(_moved(payload)))


def _moved(payload: Payload) -> list[str]:
    """The move of a case in a sentence; none where it stayed what it was."""
    words = {
        "open": gettext("waiting"), "in_review": gettext("in review"),
        "decided": gettext("decided"), "merged": gettext("merged"),
    }  # fmt: skip
    was, now = (words.get(payload.get(key, ""), payload.get(key, "")) for key in ("was", "now"))
    return (
        [gettext("The case moved from {was} to {now}.").format(was=was, now=now)]
        if was != now
        else []
    )


def _places(payload: Payload) -> Told:
    was, now = (", ".join(payload[key]) or gettext("no place") for key in ("was", "now"))
    return Told([gettext("From {was} to {now}.").format(was=was, now=now)])


def _fact(payload: Payload) -> Told:
    spec = fact_words().get(payload["fact"])
    question = spec.question if spec else payload["fact"]
    return Told(
        [
            question,
            gettext("Answer: {value}.").format(value=value_words(payload["value"])),
        ]
    )


def _law(payload: Payload) -> Told:
    row = PolicyEvaluation.objects.filter(pk=payload["evaluation"]).first()
    if row is None:
        return Told(check=Check(gettext("The evaluation is no longer stored."), None))
    rules = row.result["rules"]
    applies = [law.told(rule["title"]) for rule in rules if rule["outcome"] == "applies"]
    waiting = sum(rule["outcome"] == "unknown" for rule in rules)
    lines = [gettext("Applies: {applies}.").format(applies=joined(applies))] if applies else []
    if waiting:
        rules_open = plural(waiting, "rule", "rules")
        lines.append(gettext("Cannot be said yet: {rules}.").format(rules=rules_open))
    good = digest_of({"facts": row.facts, "result": row.result}) == payload["digest"]
    return Told(
        lines or [gettext("No rule applies.")],
        check=verdict(good, gettext("It is what was worked out.")),
    )


def _request(payload: Payload) -> Told:
    return Told([gettext("From {at} on the time for it runs.").format(at=when(payload["at"]))])


def _clocks(payload: Payload) -> Told:
    started = [
        gettext("{duty} until {due}.").format(duty=_duty(line), due=when(line["due"]))
        for line in payload["started"]
    ]
    ended = [
        gettext("{duty} no longer runs: {why}.").format(duty=_duty(line), why=said(line["why"]))
        for line in payload["ended"]
    ]
    return Told([*started, *ended])


def _clock(payload: Payload) -> Told:
    return Told(
        [gettext("{duty} until {due}.").format(duty=_duty(payload), due=when(payload["due"]))]
    )


def _duty(line: Payload) -> str:
    may = gettext("Provisionally, ") if line.get("provisional") else ""
    title = law.told(rule_titles().get(line["rule"]) or line["rule"])
    return f"{may}{title}: {law.told(line['duty'].replace('_', ' '))}"


def _decision(payload: Payload) -> Told:
    row = Decision.objects.filter(pk=payload["decision"]).first()
    what = gettext("A person decided: {lower}.").format(
        lower=ACTION_WORDS[Action(payload["action"])].lower()
    )
    if row is None:
        return Told(what=what, check=Check(gettext("The decision is no longer stored."), None))
    good = commitment_opens(digest=payload["reason"], salt=row.reason_salt, value=row.reason)
    good = good and row.action == payload["action"] and row.rules == payload["rules"]
    good = good and measures_stored(payload)
    lines = measure_lines(payload)
    if payload["second_person"]:
        lines.append(gettext("It waits for a second person."))
    lines += (
        [gettext("Rules: {rules}.").format(rules=joined(payload["rules"]))]
        if payload["rules"]
        else []
    )
    if payload["supersedes"]:
        lines.append(gettext("It replaces the decision before."))
    return Told(lines, row.reason, verdict(good, gettext("The decision is as it was taken.")), what)


def _statement(payload: Payload) -> Told:
    row = StatementOfReasons.objects.filter(pk=payload["statement"]).first()
    if row is None:
        return Told(check=Check(gettext("The statement is no longer stored."), None))
    good = digest_of(row.text) == payload["digest"]
    return Told(check=verdict(good, gettext("The statement is as it was written.")))


def _message(payload: Payload) -> Told:
    lines, good = message_lines(payload)
    return Told(
        lines, check=None if good is None else verdict(good, gettext("The words are as sent."))
    )


def _copies(tell: Callable[[Payload], Lines], payload: Payload) -> Told:
    lines, good = tell(payload)
    check = None if good is None else verdict(good, gettext("What is stored is what was recorded."))
    return Told(lines, check=check)


TELLERS: dict[str, Callable[[Payload], Told]] = {
    "case.opened": _opened,
    "report.received": _report,
    "asset.received": _asset,
    "asset.viewed": _viewed,
    "asset.sealed": _sealed,
    "run.started": _run_started,
    "run.finished": _run,
    "case.claimed": _claim,
    "case.claim_extended": _claim,
    "case.released": _released,
    "case.state": _state,
    "case.places": _places,
    "fact.answered": _fact,
    "law.evaluated": _law,
    "request.valid": _request,
    "clocks.set": _clocks,
    "clock.warned": _clock,
    "clock.breached": _clock,
    "clock.met": _clock,
    **BUNDLE_TELLERS,
    "asset.destroyed": _sealed,
    "case.demonstration": _demonstration,
    "case.demonstration_removed": _demonstration,
    "report.erased": lambda _: Told(),
    **dict.fromkeys(MESSAGE_EVENTS, _message),
    **{name: partial(_copies, tell) for name, tell in COPY_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in CONTEST_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in KEEPING_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in QUEUE_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in SEAL_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in BULK_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in QUALITY_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in DECISION_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in NOTICE_EVENTS.items()},
    "case.decided": _decision,
    "statement.issued": _statement,
}
