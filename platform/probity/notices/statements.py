"""The statement of reasons: what DSA art. 17(3)(a)–(f) asks for, in the uploader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from probity.core.addresses import public_address
from probity.core.clock import now
from probity.decisions.models import Action, Decision, StatementOfReasons
from probity.decisions.statements import grounds_of, statement_keep

from .filling import text_fill
from .guard import without_reporters
from .kinds import Kind
from .languages import language_of
from .selectors import text_current
from .wording import (
    automation_said,
    complaint_until,
    content_said,
    day,
    grounds_said,
    measure_said,
    measures_told,
    moment,
    occasion_said,
    platform_said,
)
from .words import words_in


@transaction.atomic
def statement_write(
    *, decision: Decision, sources: Sequence[str], actor: str
) -> StatementOfReasons:
    """Write the statement for a decision that takes effect, once; ``sources`` are the titles of
    the measurements that lay before the person."""
    earlier = StatementOfReasons.objects.filter(decision=decision).first()
    if earlier is not None:
        return earlier
    language = uploader_language(decision)
    values = statement_values(decision=decision, sources=sources, language=language)
    text, _ = text_current(Kind.STATEMENT, language)
    body = _body(decision, values, sources, language)
    return statement_keep(
        decision=decision, body=body, text=text_fill(text=text, values=values).body, actor=actor
    )


def uploader_language(decision: Decision) -> str:
    """The uploader's own language, else that of the case, else English."""
    case = decision.case
    return language_of(case.uploader.language if case.uploader else "", case.language)


def statement_values(
    *, decision: Decision, sources: Sequence[str], language: str
) -> dict[str, str]:
    """What the placeholders of a statement stand for. ``page`` is filled in where it is sent."""
    words, case = words_in(language), decision.case
    rows = measures_told(decision) or list(decision.measures.all())
    taken = decision.automation.get("findings", [])
    measured = list(sources) or list(dict.fromkeys(found["title"] for found in taken))
    return {
        "platform": platform_said(language),
        "case": case.label,
        "page": "",
        "decided_on": moment(decision.at, language),
        "replaces": words.replaces if decision.supersedes_id else "",
        "content": content_said(case, language),
        "measures": "\n".join(measure_said(row, language)["line"] for row in rows),
        "facts": without_reporters(case=case, text=decision.reason),
        "occasion": occasion_said(decision, language),
        "grounds": grounds_said(grounds_of(decision), language),
        "automation": automation_said(decision, language, measured=measured),
        "redress": redress_said(language=language),
    }


def redress_said(*, language: str, last: bool = False, page: str = "") -> str:
    """The ways open to whoever disagrees, from now on (DSA art. 17(3)(f), 20(5))."""
    text, _ = text_current(Kind.REDRESS_LAST if last else Kind.REDRESS, language)
    values = {
        "platform": platform_said(language),
        "case": "",
        "page": page,
        "deadline": day(complaint_until(now()), language),
    }
    return text_fill(text=text, values=values).body.strip()


def page_said(path: str, language: str) -> str:
    """Where a private page is; empty where the service does not know its own address."""
    address = public_address(path)
    return words_in(language).page.format(address=address) if address else ""


def _body(
    decision: Decision, values: dict[str, str], sources: Sequence[str], language: str
) -> dict[str, Any]:
    """The statement as data, one member per item of art. 17(3), for programs and for the record."""
    rows = measures_told(decision) or list(decision.measures.all())
    said = [measure_said(row, language) for row in rows]
    first = said[0] if said else {"where": "", "how_long": ""}
    return {
        "case": values["case"],
        "language": language,
        "decided_at": decision.at.isoformat(timespec="seconds"),
        "measure": " ".join(one["sentence"] for one in said),
        "measures": said,
        "scope": first["where"],
        "duration": first["how_long"],
        "content": values["content"],
        "facts": values["facts"],
        "occasion": values["occasion"],
        "automated_detection": bool(decision.automation.get("detection")),
        "automated_assistance": list(sources),
        "automated_decision": decision.automation.get("decision") == "fully_automated",
        "automation": decision.automation.get("decision", "not_automated"),
        "grounds": grounds_of(decision),
        "redress": [
            line.removeprefix("- ") for line in values["redress"].splitlines() if line.strip()
        ],
        "restricts": any(Action(row.action) != Action.WARN for row in measures_told(decision)),
    }
