"""A case's rows as JSON, in the form that the log's digests and commitments can be tested on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from probity.analysis.digest import run_body
from probity.analysis.models import Run
from probity.cases.models import COPY, Case, Clock, Report
from probity.decisions.models import (
    Decision,
    FactAnswer,
    Measure,
    PackApproval,
    PolicyEvaluation,
    StatementOfReasons,
)
from probity.evidence.models import Asset, CustodyEvent

WITHHELD = {"withheld": True}


def case_record(case: Case) -> dict[str, Any]:
    """The case itself."""
    return {
        "id": str(case.pk),
        "number": case.label,
        "state": case.state,
        "category": case.category,
        "demonstration": case.shown_as or (COPY if case.is_trial else None),
        "places": case.places,
        "opened_at": moment(case.opened_at),
        "decided_at": moment(case.decided_at),
    }


def report_record(report: Report, *, reporter: bool) -> dict[str, Any]:
    """A report; without ``reporter`` the contact is withheld, its commitment stays in the log."""
    contact = getattr(report, "contact", None)
    salts = dict(report.salts)
    email: object = contact.email if contact else ""
    signature: object = contact.signature if contact else ""
    if not reporter:
        email, signature = WITHHELD, WITHHELD
        salts.pop("email", None)
    return {
        "id": str(report.pk),
        "channel": report.channel,
        "category": report.category,
        "explanation": report.explanation,
        "url": report.url,
        "email": email,
        "signature": signature,
        "claimed_sha256": report.claimed_sha256,
        "places": report.places,
        "depicted": report.depicted,
        "good_faith": report.good_faith,
        "received_at": moment(report.received_at),
        "request_valid_at": moment(report.request_valid_at),
        "salts": salts,
    }


def asset_record(asset: Asset, *, withheld: str | None) -> dict[str, Any]:
    """A preserved file: what it is, and why it is not here when it is not."""
    return {
        "sha256": asset.sha256,
        "bytes": asset.bytes,
        "kind": asset.kind,
        "media_type": asset.media_type,
        "probe": asset.probe,
        "received_at": moment(asset.received_at),
        "sealed_at": moment(asset.sealed_at),
        "withheld": withheld,
    }


def custody_record(event: CustodyEvent) -> dict[str, Any]:
    """One touch of a file."""
    return {
        "action": event.action,
        "at": moment(event.at),
        "actor": event.actor,
        "tool": event.tool,
        "case": str(event.case) if event.case else None,
    }


def run_record(run: Run) -> dict[str, Any]:
    """One analysis; ``vouched`` is exactly what the log's digest is over."""
    return {
        "id": str(run.pk),
        "asset": run.asset_id,
        "attempt": run.attempt,
        "worker": run.worker,
        "state": run.state,
        "started_at": moment(run.started_at),
        "ended_at": moment(run.ended_at),
        "vouched": run_body(run),
    }


def answer_record(answer: FactAnswer) -> dict[str, Any]:
    """A reviewer's answer to a question of the law."""
    return {
        "id": str(answer.pk),
        "name": answer.name,
        "value": answer.value,
        "person": person_key(answer.person_id),
        "at": moment(answer.at),
    }


def evaluation_record(row: PolicyEvaluation) -> dict[str, Any]:
    """The law applied: facts and result are what the log's digest is over."""
    return {
        "id": str(row.pk),
        "made_at": moment(row.made_at),
        "as_of": moment(row.as_of),
        "places": row.places,
        "facts": row.facts,
        "result": row.result,
        "pack_digests": row.pack_digests,
    }


def decision_record(row: Decision) -> dict[str, Any]:
    """A decision; its reason opens the log's commitment with the salt."""
    return {
        "id": str(row.pk),
        "action": row.action,
        "reason": row.reason,
        "rules": row.rules,
        "evaluation": str(row.evaluation_id) if row.evaluation_id else None,
        "person": person_key(row.person_id),
        "supersedes": str(row.supersedes_id) if row.supersedes_id else None,
        "at": moment(row.at),
        "state": row.standing.state,
        "effective_at": moment(row.standing.effective_at) if row.standing.effective_at else None,
        "second_person": row.second_person,
        "approval": _approval(row),
        "automation": row.automation,
        "measures": [_measure(each) for each in row.measures.order_by("action")],
        "salts": {"reason": row.reason_salt},
    }


def _approval(row: Decision) -> dict[str, Any] | None:
    """The second person's answer; its reason opens the log's commitment with the salt."""
    answer = getattr(row, "approval", None)
    if answer is None:
        return None
    return {
        "id": str(answer.pk),
        "given": answer.given,
        "reason": answer.reason,
        "person": person_key(answer.person_id),
        "at": moment(answer.at),
        "salts": {"reason": answer.reason_salt} if answer.reason else {},
    }


def _measure(row: Measure) -> dict[str, Any]:
    """One action of a decision: scope, duration, and when it began and ended."""
    return {
        "id": str(row.pk),
        "reference": str(row.reference),
        "action": row.action,
        "scope": row.scope,
        "days": row.days,
        "starts_at": moment(row.starts_at) if row.starts_at else None,
        "ends_at": moment(row.ends_at) if row.ends_at else None,
        "over_at": moment(row.over_at) if row.over_at else None,
        "over_why": row.over_why or None,
    }


def statement_record(row: StatementOfReasons) -> dict[str, Any]:
    """A statement of reasons, with the exact text."""
    return {
        "id": str(row.pk),
        "decision": str(row.decision_id),
        "body": row.body,
        "text": row.text,
        "sha256": row.sha256,
        "at": moment(row.at),
    }


def clock_record(row: Clock) -> dict[str, Any]:
    """A deadline, running or ended."""
    return {
        "rule": row.rule,
        "duty": row.duty,
        "title": row.title,
        "provisional": row.provisional,
        "started_at": moment(row.started_at),
        "due_at": moment(row.due_at),
        "warned_at": moment(row.warned_at),
        "breached_at": moment(row.breached_at),
        "ended_at": moment(row.ended_at),
        "ended_why": row.ended_why,
    }


def approval_record(row: PackApproval) -> dict[str, Any]:
    """A named person's word on a pack."""
    return {
        "pack": row.version.pack,
        "version": row.version.version,
        "digest": row.version.digest,
        "given": row.given,
        "person": person_key(row.person_id),
        "at": moment(row.at),
    }


def person_key(person_id: object) -> str:
    """A member of staff as the log names them: a pseudonym that stays the same."""
    return f"person:{person_id}"


def moment(at: datetime | None) -> str | None:
    """ISO 8601, UTC."""
    return at.isoformat().replace("+00:00", "Z") if at else None
