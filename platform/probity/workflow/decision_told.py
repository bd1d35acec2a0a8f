"""Who hears of a decision: the platform by webhook, reporters and uploader by notices.

Everything that leaves is written down in the transaction in which the decision takes effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from probity.audit.services import case_chain
from probity.cases.models import Case, Report
from probity.core.clock import now
from probity.decisions.facts import facts_of
from probity.decisions.models import Action, Decision, Measure
from probity.notices.kinds import Kind
from probity.notices.models import Notice, Party, Why
from probity.notices.services import notice_send, party_language, received_values
from probity.notices.statements import statement_values, uploader_language
from probity.notices.wording import (
    TOLD,
    automation_said,
    day,
    measure_over,
    measures_told,
    outcome_said,
)
from probity.notices.words import words_in
from probity.outbox.services import webhooks_queue

KIND = "decision.made"
#: No statement of reasons is owed for deceptive high-volume commercial content (DSA art. 17(2)).
SPAM = "high_volume_commercial_deception"
LOOK_BACK = timedelta(days=7)


def decision_tell(*, decision: Decision, actor: str) -> None:
    """Write down what leaves because of a decision that took effect.

    The webhook carries what the platform needs to act and nothing of who reported or why (the
    reason is free text). Every reporter is told what was decided, the uploader gets the statement
    of reasons when something restricts them, and hears of what was lifted.
    """
    case = decision.case
    if case.demonstration:
        return
    webhooks_queue(
        kind=KIND, data=decision_data(decision), key=f"decision:{decision.pk}", actor=actor,
        about=f"decision:{decision.pk}", chain=case_chain(case.pk),
    )  # fmt: skip
    for report in case.reports.select_related("contact"):
        _tell_reporter(decision, report, actor)
    _tell_uploader(decision, actor)
    ended = Measure.objects.filter(decision=decision.supersedes_id, over_why="lifted")
    begun = set(decision.measures.values_list("action", flat=True))
    _tell_ended(case, [row for row in ended if row.action not in begun], decision, actor)


def report_confirm(*, report: Report, actor: str) -> None:
    """Tell whoever left an address that their report arrived (DSA art. 16(4)).

    Without an address the answer to the report itself, with its private page, is the receipt.
    """
    contact = getattr(report, "contact", None)
    if contact is None or not contact.email:
        return
    case = report.case
    language = party_language(case=case, to=Party.REPORTER, report=report)
    category = words_in(language).categories[report.category]
    notice_send(
        case=case, kind=Kind.RECEIPT, to=Party.REPORTER, report=report, actor=actor,
        key=f"receipt:{report.pk}", language=language,
        values=received_values(report=report, language=language, category=category),
    )  # fmt: skip


def _tell_reporter(decision: Decision, report: Report, actor: str) -> None:
    case = decision.case
    language = party_language(case=case, to=Party.REPORTER, report=report)
    words = words_in(language)
    notice_send(
        case=case, kind=Kind.DECIDED, to=Party.REPORTER, report=report, decision=decision,
        key=f"decided:{decision.pk}:{report.pk}", actor=actor, language=language,
        values={
            **received_values(
                report=report, language=language, category=words.categories[report.category]
            ),
            "again": words.again if decision.supersedes_id else "",
            "outcome": outcome_said(decision, language),
            "automation": automation_said(decision, language, measured=_measured(decision)),
        },
    )  # fmt: skip


def _tell_uploader(decision: Decision, actor: str) -> None:
    if not measures_told(decision):
        return
    language = uploader_language(decision)
    spam = facts_of(decision.case).get(SPAM)
    notice_send(
        case=decision.case, kind=Kind.STATEMENT, to=Party.UPLOADER, decision=decision,
        key=f"statement:{decision.pk}", actor=actor, language=language,
        values=statement_values(
            decision=decision, sources=_measured(decision), language=language
        ),
        withheld=Why.HIGH_VOLUME if spam is not None and spam.value is True else Why.NONE,
    )  # fmt: skip


def _tell_ended(case: Case, rows: Sequence[Measure], decision: Decision | None, actor: str) -> None:
    """One notice for what ended together; ``decision`` is what lifted it, None when time did."""
    told = [row for row in rows if Action(row.action) in TOLD and row.action != Action.WARN]
    if not told:
        return
    language = party_language(case=case, to=Party.UPLOADER, report=None)
    why = words_in(language).over_why["lifted" if decision else "expired"]
    notice_send(
        case=case, kind=Kind.LIFTED, to=Party.UPLOADER, decision=decision,
        key=f"lifted:{decision.pk}" if decision else _ended_key(told[0]), actor=actor,
        language=language,
        values={
            "measures": "\n".join(measure_over(row, language) for row in told),
            "ended_on": day(now(), language),
            "reason": why,
        },
    )  # fmt: skip


def measures_ended_tell() -> int:
    """Tell uploaders whose restriction ran out; how many notices that made. Each once."""
    known = Notice.objects.filter(key=Concat(Value("expired:"), Cast(OuterRef("pk"), CharField())))
    due = Measure.objects.filter(
        ~Exists(known), over_why="expired", over_at__gte=now() - LOOK_BACK,
        decision__case__demonstration="", action__in=TOLD,
    ).exclude(action=Action.WARN)  # fmt: skip
    done = 0
    for key, case in list(due.values_list("pk", "decision__case")):
        with transaction.atomic():
            locked = Case.objects.select_for_update(skip_locked=True).filter(pk=case).first()
            if locked is not None:
                row = Measure.objects.select_related("decision").get(pk=key)
                _tell_ended(locked, [row], None, "system")
                done += 1
    return done


def _ended_key(row: Measure) -> str:
    return f"expired:{row.pk}"


def _measured(decision: Decision) -> list[str]:
    found = decision.automation.get("findings", [])
    return list(dict.fromkeys(row["title"] for row in found))


def decision_data(decision: Decision) -> dict[str, Any]:
    """The ``data`` of the webhook."""
    case = decision.case
    return {
        "decision": str(decision.pk),
        "supersedes": str(decision.supersedes_id) if decision.supersedes_id else None,
        "decided_at": decision.at.isoformat(),
        "case": {"id": str(case.pk), "number": case.label, "category": case.category},
        "action": decision.action,
        "places": _places(decision),
        "rules": list(decision.rules),
        "automated_decision": decision.automation.get("decision") == "fully_automated",
        "target": _target(case),
    }


def _places(decision: Decision) -> list[str]:
    """Where the headline measure holds, when it does not hold everywhere."""
    for row in decision.measures.all():
        if row.action == decision.action:
            return list(row.scope.get("places", []))
    return []


def _target(case: Case) -> dict[str, list[str]]:
    """What the decision is about, as the platform knows it: addresses and digests."""
    reports = list(case.reports.all())
    digests = [item.asset_id for item in case.items.all()]
    digests += [row.claimed_sha256 for row in reports if row.claimed_sha256]
    return {
        "urls": list(dict.fromkeys(row.url for row in reports if row.url)),
        "sha256": list(dict.fromkeys(digests)),
    }
