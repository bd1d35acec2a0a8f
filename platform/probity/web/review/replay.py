"""A case's audit chain in plain words, each entry checked against what is stored today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from probity.accounts.models import ApiToken, Person
from probity.analysis.digest import run_digest
from probity.analysis.models import Run
from probity.analysis.selectors import run_erased
from probity.audit.canonical import digest_of
from probity.audit.commitments import commitment_opens
from probity.audit.models import AuditEvent
from probity.audit.registry import kind
from probity.bundles.models import CounselLink, Export
from probity.cases.models import CATEGORY_WORDS, Category, Report
from probity.decisions.law import fact_words, rule_titles
from probity.decisions.models import Action, Decision, PolicyEvaluation, StatementOfReasons
from probity.web.triage.actions_words import ACTION_WORDS
from probity.web.triage.law_page import value_words
from probity.web.words import absolute, joined, size

from .bulk_told import BULK_EVENTS
from .contests_told import CONTEST_EVENTS
from .copies_told import COPY_EVENTS, Lines
from .decided_told import DECISION_EVENTS, measure_lines, measures_stored
from .keeping_told import KEEPING_EVENTS
from .messages import MESSAGE_EVENTS, message_lines
from .notices_told import NOTICE_EVENTS
from .queues_told import QUEUE_EVENTS


@dataclass(frozen=True)
class Check:
    """Whether something stored still is what the log vouches for; None when it was erased."""

    sentence: str
    good: bool | None


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


@dataclass(frozen=True)
class Told:
    """What a storyteller adds to an event's plain sentence."""

    lines: list[str] = field(default_factory=list)
    quote: str = ""
    check: Check | None = None
    what: str = ""


Payload = Mapping[str, Any]
WHO = {
    "system": "Probity",
    "reporter": "A reporter",
    "uploader": "Whoever uploaded it",
    "counsel": "Outside counsel",
}
RELEASED = {
    "released": "The reviewer gave the case back to the queue.",
    "decided": "The claim ended with the decision.",
    "lease ran out": "The claim ran out; the case went back to the queue.",
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
        return person.username if person else "A former member of staff"
    if role == "token":
        token = ApiToken.objects.select_related("person").filter(pk=key).first()
        return f"{token.person.username}, through the API" if token else "A program"
    return WHO.get(role, name)


def _says(name: str) -> str:
    try:
        return kind(name).says
    except KeyError:
        return f"An event called “{name}”."


def _opened(payload: Payload) -> Told:
    places = joined(payload["places"]) if payload["places"] else "no place named"
    return Told([f"{CATEGORY_WORDS[Category(payload['category'])]}; {places}."])


def _report(payload: Payload) -> Told:
    row = Report.objects.filter(pk=payload["report"]).first()
    if row is None:
        return Told(check=Check("The report itself is no longer stored.", None))
    lines = [f"Through the {'API' if row.channel == 'api' else 'public form'}."]
    if payload["valid_request"]:
        lines.append("It carried every element of a TAKE IT DOWN request.")
    return Told(lines, row.explanation, _committed(payload, row))


def _committed(payload: Payload, row: Report) -> Check:
    if not row.explanation and not row.salts:
        return Check("Its words were erased; the commitment stays.", None)
    salt = row.salts.get("explanation", "")
    good = commitment_opens(digest=payload["explanation"], salt=salt, value=row.explanation)
    return _verdict(good, "The words are those that were received.")


def _asset(payload: Payload) -> Told:
    kind_words = payload["media_type"] or "not opened"
    lines = [f"{kind_words}, {size(payload['bytes'])}, SHA-256 {payload['asset']}"]
    if payload["known"]:
        lines.append("The same bytes were here already; they are stored once.")
    return Told(lines)


def _viewed(payload: Payload) -> Told:
    return Told([f"SHA-256 {payload['asset']}"])


def _sealed(payload: Payload) -> Told:
    count = payload["derivatives_destroyed"]
    return Told([f"Why: {payload['why']}. {count} pictures and clips made from it were destroyed."])


def _demonstration(payload: Payload) -> Told:
    return Told([f"Demonstration “{payload['demonstration'].replace('-', ' ')}”."])


def _run_started(payload: Payload) -> Told:
    again = f"Attempt {payload['attempt']}. " if payload["attempt"] > 1 else ""
    return Told([f"{again}SHA-256 {payload['asset']}"])


def _run(payload: Payload) -> Told:
    run = Run.objects.filter(pk=payload["run"]).first()
    what = "An analysis ended." if payload["state"] == "done" else "An analysis broke off."
    if run is None:
        return Told(what=what, check=Check("The findings are no longer stored.", None))
    findings = list(run.findings.order_by("made_at", "pk"))
    lines = [f"{row.title}: {row.sentence}" for row in findings]
    if run_erased(run):
        return Told(check=Check("What was found was erased with the file.", None), what=what)
    good = run_digest(run) == payload["digest"]
    return Told(lines, check=_verdict(good, "The findings are those that were made."), what=what)


def _claim(payload: Payload) -> Told:
    return Told([f"Until {_when(payload['until'])}."])


def _released(payload: Payload) -> Told:
    return Told(what=RELEASED.get(payload["why"], f"The claim ended: {payload['why']}."))


def _state(payload: Payload) -> Told:
    words = {"open": "waiting", "in_review": "in review", "decided": "decided"}
    was, now = (words.get(payload[key], payload[key]) for key in ("was", "now"))
    return Told(what=f"The case moved from {was} to {now}.")


def _places(payload: Payload) -> Told:
    was, now = (", ".join(payload[key]) or "no place" for key in ("was", "now"))
    return Told([f"From {was} to {now}."])


def _fact(payload: Payload) -> Told:
    spec = fact_words().get(payload["fact"])
    question = spec.question if spec else payload["fact"]
    return Told([question, f"Answer: {value_words(payload['value'])}."])


def _law(payload: Payload) -> Told:
    row = PolicyEvaluation.objects.filter(pk=payload["evaluation"]).first()
    if row is None:
        return Told(check=Check("The evaluation is no longer stored.", None))
    rules = row.result["rules"]
    applies = [rule["title"] for rule in rules if rule["outcome"] == "applies"]
    waiting = sum(rule["outcome"] == "unknown" for rule in rules)
    lines = [f"Applies: {joined(applies)}."] if applies else []
    if waiting:
        lines.append(f"Cannot be said yet: {waiting} rule{'s' if waiting > 1 else ''}.")
    good = digest_of({"facts": row.facts, "result": row.result}) == payload["digest"]
    return Told(lines or ["No rule applies."], check=_verdict(good, "It is what was worked out."))


def _request(payload: Payload) -> Told:
    return Told([f"From {_when(payload['at'])} on the time for it runs."])


def _clocks(payload: Payload) -> Told:
    started = [f"{_duty(line)} until {_when(line['due'])}." for line in payload["started"]]
    ended = [f"{_duty(line)} no longer runs: {line['why']}." for line in payload["ended"]]
    return Told([*started, *ended])


def _clock(payload: Payload) -> Told:
    return Told([f"{_duty(payload)} until {_when(payload['due'])}."])


def _duty(line: Payload) -> str:
    may = "Provisionally, " if line.get("provisional") else ""
    return f"{may}{rule_titles().get(line['rule'], line['rule'])}: {line['duty'].replace('_', ' ')}"


def _when(iso: str) -> str:
    return absolute(datetime.fromisoformat(iso))


def _decision(payload: Payload) -> Told:
    row = Decision.objects.filter(pk=payload["decision"]).first()
    what = f"A person decided: {ACTION_WORDS[Action(payload['action'])].lower()}."
    if row is None:
        return Told(what=what, check=Check("The decision is no longer stored.", None))
    good = commitment_opens(digest=payload["reason"], salt=row.reason_salt, value=row.reason)
    good = good and row.action == payload["action"] and row.rules == payload["rules"]
    good = good and measures_stored(payload)
    lines = measure_lines(payload)
    if payload["second_person"]:
        lines.append("It waits for a second person.")
    lines += [f"Rules: {joined(payload['rules'])}."] if payload["rules"] else []
    if payload["supersedes"]:
        lines.append("It replaces the decision before.")
    return Told(lines, row.reason, _verdict(good, "The decision is as it was taken."), what)


def _statement(payload: Payload) -> Told:
    row = StatementOfReasons.objects.filter(pk=payload["statement"]).first()
    if row is None:
        return Told(check=Check("The statement is no longer stored.", None))
    good = digest_of(row.text) == payload["digest"]
    return Told(check=_verdict(good, "The statement is as it was written."))


def _bundle(payload: Payload) -> Told:
    row = Export.objects.filter(pk=payload["export"]).first()
    if row is None:
        return Told(check=Check("The request is no longer stored.", None))
    lines = [f"{row.profile.title()}; for {row.recipient}: {row.purpose}."]
    good = all(
        not payload[name]
        or commitment_opens(digest=payload[name], salt=row.salts[name], value=getattr(row, name))
        for name in ("purpose", "recipient", "why")
    )
    return Told(lines, check=_verdict(good, "Purpose and recipient are those that were given."))


def _exported(payload: Payload) -> Told:
    lines = [
        f"{payload['files']} files, {size(payload['bytes'])}, SHA-256 {payload['sha256']}",
        f"{payload['redactions']} things withheld, each with its reason in the bundle.",
    ]
    return Told(lines)


def _downloaded(payload: Payload) -> Told:
    return Told([f"SHA-256 {payload['sha256']}"])


def _counsel(payload: Payload) -> Told:
    row = CounselLink.objects.filter(pk=payload["link"]).first()
    lines = [f"{row.label}, until {absolute(row.expires_at)}."] if row else []
    return Told(lines + ([f"Page: {payload['page']}."] if "page" in payload else []))


def _message(payload: Payload) -> Told:
    lines, good = message_lines(payload)
    return Told(lines, check=None if good is None else _verdict(good, "The words are as sent."))


def _copies(tell: Callable[[Payload], Lines], payload: Payload) -> Told:
    lines, good = tell(payload)
    check = None if good is None else _verdict(good, "What is stored is what was recorded.")
    return Told(lines, check=check)


def _failed(payload: Payload) -> Told:
    return Told([payload["why"]])


def _verdict(good: bool, sentence: str) -> Check:  # noqa: FBT001
    return Check(sentence if good else "What is stored today differs from what was recorded.", good)


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
    "bundle.requested": _bundle,
    "bundle.exported": _exported,
    "bundle.failed": _failed,
    "bundle.downloaded": _downloaded,
    "counsel.link_made": _counsel,
    "counsel.link_revoked": _counsel,
    "counsel.viewed": _counsel,
    "asset.destroyed": _sealed,
    "case.demonstration": _demonstration,
    "case.demonstration_removed": _demonstration,
    "report.erased": lambda _: Told(),
    **dict.fromkeys(MESSAGE_EVENTS, _message),
    **{name: partial(_copies, tell) for name, tell in COPY_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in CONTEST_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in KEEPING_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in QUEUE_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in BULK_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in DECISION_EVENTS.items()},
    **{name: partial(_copies, tell) for name, tell in NOTICE_EVENTS.items()},
    "case.decided": _decision,
    "statement.issued": _statement,
}
