"""What the API shows of a case: fixed member names that scripts rely on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from probity.analysis.models import Assessment, Finding
from probity.analysis.selectors import (
    assessment_of,
    credentials_of,
    findings_of,
    progress_of,
)
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.models import COPY, Case, EvidenceItem
from probity.cases.selectors import claim_live
from probity.decisions.models import Decision, Measure, PolicyEvaluation, StatementOfReasons
from probity.decisions.outcomes import Delivered
from probity.decisions.selectors import decisions_of, evaluation_current


def case_shown(case: Case) -> dict[str, Any]:
    """A whole case."""
    items = list(case.items.select_related("asset"))
    evaluation = evaluation_current(case)
    claim = claim_live(case)
    progress = progress_of(case.pk)
    return {
        "id": str(case.pk),
        "number": case.label,
        "state": case.state,
        "category": case.category,
        "demonstration": case.shown_as or (COPY if case.is_trial and case.decided_at else None),
        "places": case.places,
        "opened_at": moment(case.opened_at),
        "due_at": moment(case.due_at),
        "queue": case.queue.key,
        "priority": case.priority,
        "priority_why": case.priority_why,
        "version": case.version,
        "snoozed_until": moment(case.snoozed_until),
        "escalated_at": moment(case.escalated_at),
        "sent_to": case.kept_for.username if case.kept_for else None,
        "merged_into": str(case.merged_into_id) if case.merged_into_id else None,
        "reports": case.reports.count(),
        "claim": {"person": claim.person.username, "until": moment(claim.until)} if claim else None,
        "analysis": {"state": progress.state, "done": progress.done, "total": progress.total},
        "evidence": [evidence_shown(item) for item in items],
        "findings": [finding_shown(row) for item in items for row in findings_of(item.asset)],
        "provenance": _provenance(items),
        "assessment": _assessment(items),
        "evaluation": evaluation_shown(evaluation) if evaluation else None,
        "decisions": [decision_shown(row) for row in decisions_of(case)],
        "audit": audit_shown(case),
    }


def evidence_shown(item: EvidenceItem) -> dict[str, Any]:
    """One preserved asset."""
    asset = item.asset
    return {
        "sha256": asset.sha256,
        "bytes": asset.bytes,
        "kind": asset.kind or None,
        "media_type": asset.media_type or None,
        "probe": asset.probe,
        "sealed": asset.sealed,
        "received_at": moment(asset.received_at),
    }


def finding_shown(row: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "id": str(row.pk),
        "asset": row.asset_id,
        "kind": row.kind,
        "producer": row.producer,
        "title": row.title,
        "version": row.version,
        "status": row.status,
        "sentence": row.sentence,
        "score": row.score,
        "llr": row.llr,
        "details": row.details,
        "resources": row.resources,
        "parameters": row.parameters,
        "runtime": row.runtime,
        "device": row.device,
        "input_sha256": row.input_sha256,
        "duration_ms": row.duration_ms,
        "pictures": [
            {"caption": picture.caption, "sha256": picture.derivative.sha256}
            for picture in row.pictures.all()
        ],
        "made_at": moment(row.made_at),
    }


def _provenance(items: list[EvidenceItem]) -> dict[str, Any] | None:
    for item in items:
        finding = credentials_of(item.asset)
        if finding:
            return {**finding.details, "sentence": finding.sentence, "asset": item.asset_id}
    return None


def _assessment(items: list[EvidenceItem]) -> dict[str, Any] | None:
    for item in items:
        row: Assessment | None = assessment_of(item.asset)
        if row:
            return {
                "asset": item.asset_id,
                "status": row.status,
                "sentence": row.sentence,
                "llr": row.llr,
                "verbal": row.verbal,
                "in_doubt": row.in_doubt,
                "parts": row.parts,
                "subjects": row.subjects,
                "indications": row.indications,
            }
    return None


def evaluation_shown(row: PolicyEvaluation) -> dict[str, Any]:
    """The law applied to the facts."""
    return {
        **row.result,
        "id": str(row.pk),
        "made_at": moment(row.made_at),
        "as_of": moment(row.as_of),
        "facts": row.facts,
        "pack_digests": row.pack_digests,
    }


def decision_shown(row: Decision) -> dict[str, Any]:
    """One decision."""
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "state": row.standing.state,
        "action": row.action,
        "measures": [measure_shown(each) for each in row.measures.all()],
        "reason": row.reason,
        "rules": row.rules,
        "person": row.person.username,
        "at": moment(row.at),
        "effective_after": moment(row.standing.effective_after),
        "effective_at": moment(row.standing.effective_at),
        "supersedes": str(row.supersedes_id) if row.supersedes_id else None,
        "second_person": row.second_person,
        "approval": _approval(row),
        "automation": row.automation,
    }


def _approval(row: Decision) -> dict[str, Any] | None:
    answer = getattr(row, "approval", None)
    if answer is None:
        return None
    return {
        "given": answer.given,
        "reason": answer.reason,
        "person": answer.person.username,
        "at": moment(answer.at),
    }


def measure_shown(row: Measure) -> dict[str, Any]:
    """One measure."""
    return {
        "measure": str(row.reference),
        "action": row.action,
        "scope": row.scope,
        "days": row.days,
        "starts_at": moment(row.starts_at),
        "ends_at": moment(row.ends_at),
        "over_at": moment(row.over_at),
        "over_why": row.over_why or None,
    }


def measure_told(row: Measure, delivered: Delivered | None) -> dict[str, Any]:
    """The same with what the host platform was told and what came of it; without ``delivered``
    there was nothing to tell, or not yet."""
    return {
        **measure_shown(row),
        "delivery": delivered.state if delivered else None,
        "told": [
            {
                "event": line.event,
                "state": line.state,
                "endpoint": line.endpoint or None,
                "tries": line.tries,
                "error": line.error or None,
                "note": line.note or None,
                "message": str(line.message) if line.message else None,
            }
            for line in (delivered.lines if delivered else ())
        ],
    }


def statement_shown(row: StatementOfReasons) -> dict[str, Any]:
    """The statement of reasons."""
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "decision": str(row.decision_id),
        "at": moment(row.at),
        "sha256": row.sha256,
        **row.body,
        "text": row.text,
    }


def audit_shown(case: Case) -> dict[str, Any]:
    """The case's chain, walked now."""
    verdict = chain_verify(case_chain(case.pk))
    return {
        "events": verdict.events,
        "head": verdict.head.hash if verdict.head else None,
        "intact": verdict.intact,
        "sentence": verdict.sentence,
    }


def moment(at: datetime | None) -> str | None:
    """ISO 8601, UTC."""
    return at.isoformat().replace("+00:00", "Z") if at else None
