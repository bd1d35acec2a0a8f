"""Telling the host platform about measures: what to apply, what to lift, what is over.

A measure has one ``reference`` for its whole life. For each reference the platform is told at most
once that it is applied and at most once that it is lifted or has expired, so a receiver that
remembers (type, reference) acts on each once, however often a message arrives.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from probity.audit.services import case_chain
from probity.cases.models import Case
from probity.outbox.models import Message
from probity.outbox.services import webhooks_queue

from .measures import ACCOUNT
from .models import Action, Measure

#: What nobody has to carry out.
SILENT = frozenset({Action.NO_ACTION})


def measure_tell(
    *, measure: Measure, event: str, actor: str, other: UUID | None = None
) -> list[Message]:
    """Write down for every subscribed endpoint that a measure is applied, lifted or expired.

    ``other`` is the reference that this one takes the place of (applied), or that takes its place
    (lifted). Nothing leaves for a demonstration, nor where nothing is to be done.
    """
    case = measure.decision.case
    if case.demonstration or measure.action in SILENT:
        return []
    return webhooks_queue(
        kind=f"measure.{event}",
        data=measure_data(measure=measure, event=event, other=other),
        key=f"measure:{measure.reference}:{event}",
        actor=actor,
        about=measure_subject(measure),
        chain=case_chain(case.pk),
    )


def measure_subject(measure: Measure) -> str:
    """How messages name what they are about."""
    return f"measure:{measure.reference}"


def measure_data(*, measure: Measure, event: str, other: UUID | None = None) -> dict[str, Any]:
    """The ``data`` of the webhook: enough to act, nothing of who reported or why."""
    decision, case = measure.decision, measure.decision.case
    named = {"applied": "replaces", "lifted": "replaced_by"}.get(event)
    return {
        "measure": str(measure.reference),
        "decision": str(decision.pk),
        "case": {"id": str(case.pk), "number": case.label, "category": case.category},
        "action": measure.action,
        "scope": dict(measure.scope),
        "starts_at": measure.starts_at.isoformat() if measure.starts_at else None,
        "ends_at": measure.ends_at.isoformat() if measure.ends_at else None,
        **({named: str(other) if other else None} if named else {}),
        "target": target_of(case, about=measure.scope["about"]),
    }


def target_of(case: Case, *, about: str) -> dict[str, Any]:
    """What a measure is about, as the platform knows it: addresses, digests, its own account id."""
    reports = list(case.reports.all())
    digests = [item.asset_id for item in case.items.all()]
    digests += [row.claimed_sha256 for row in reports if row.claimed_sha256]
    uploader = case.uploader if about == ACCOUNT else None
    return {
        "urls": list(dict.fromkeys(row.url for row in reports if row.url)),
        "sha256": list(dict.fromkeys(digests)),
        "account": uploader.reference if uploader else None,
    }
