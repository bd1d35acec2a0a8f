"""What a case's log says of appeals, misuse, requests by people shown, and referrals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from probity.audit.commitments import commitment_opens
from probity.contests.models import (
    Appeal,
    AppealNote,
    AppealRuling,
    Manifest,
    Referral,
    ReferralStep,
    RequestUpdate,
)
from probity.contests.request_models import UPDATE_WORDS, UpdateKind
from probity.contests.words import (
    GROUND_WORDS,
    MISUSE_WORDS,
    OUTCOME_WORDS,
    Ground,
    Misuse,
    Outcome,
)
from probity.web.words import absolute

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]
GONE = "It is no longer stored."
SIDES = {"uploader": "By whoever uploaded it.", "reporter": "By whoever reported it."}


def _received(payload: Payload) -> Lines:
    row = Appeal.objects.filter(pk=payload["appeal"]).first()
    if row is None:
        return [GONE], None
    said = [SIDES[row.side], f"{GROUND_WORDS[Ground(row.ground)]}."]
    if row.erased_at:
        return [*said, "What was said was erased."], None
    return said, row.snapshot == payload["snapshot"] and _opens(
        payload["words"], row.salts.get("words", ""), row.words
    )


def _evidence(payload: Payload) -> Lines:
    return [f"SHA-256 {payload['asset']}"], None


def _note(payload: Payload) -> Lines:
    row = AppealNote.objects.filter(pk=payload["note"]).first()
    return ([], _opens(payload["text"], row.salt, row.text)) if row else ([GONE], None)


def _ruled(payload: Payload) -> Lines:
    row = AppealRuling.objects.filter(pk=payload["ruling"]).first()
    if row is None:
        return [GONE], None
    good = row.outcome == payload["outcome"]
    return [OUTCOME_WORDS[Outcome(row.outcome)]], good and _opens(
        payload["reason"], row.reason_salt, row.reason
    )


def _closed(payload: Payload) -> Lines:
    return [OUTCOME_WORDS[Outcome(payload["outcome"])]], None


def _due(payload: Payload) -> Lines:
    return [f"Our own target was {absolute(datetime.fromisoformat(payload['due']))}."], None


def _released(payload: Payload) -> Lines:
    why = {"released": "It was given back.", "lease over": "The time to hold it ran out."}
    return [why.get(payload["why"], "")], None


def _found(payload: Payload) -> Lines:
    row = Manifest.objects.filter(pk=payload["manifest"]).first()
    if row is None:
        return [GONE], None
    return [f"{MISUSE_WORDS[Misuse(row.kind)]}."], _opens(
        payload["reason"], row.reason_salt, row.reason
    )


def _withdrawn(payload: Payload) -> Lines:
    return [f"{MISUSE_WORDS[Misuse(payload['kind'])]}."], None


def _updated(payload: Payload) -> Lines:
    row = RequestUpdate.objects.filter(pk=payload["update"]).first()
    said = [f"{UPDATE_WORDS[UpdateKind(payload['kind'])]}."]
    if row is None or not row.text:
        return said, None
    return said, _opens(payload["text"], row.salt, row.text)


def _copies(payload: Payload) -> Lines:
    same, near = payload["identical"], payload["near"]
    return [f"{same} with the very same bytes, {near} alike."], None


def _proposed(payload: Payload) -> Lines:
    row = Referral.objects.filter(pk=payload["referral"]).first()
    if row is None:
        return [GONE], None
    same = hashlib.sha256(row.document.encode()).hexdigest() == payload["digest"]
    good = same and _opens(payload["reason"], row.reason_salt, row.reason)
    return [f"To {row.plugin}; {'files too' if payload['files'] else 'without files'}."], good


def _step(payload: Payload) -> Lines:
    row = ReferralStep.objects.filter(pk=payload["step"]).first()
    came = "taken" if payload["ok"] else "not taken"
    good = row is not None and (row.name, row.ok) == (payload["name"], payload["ok"])
    return [f"“{payload['name']}” was {came}."], good


def _ended(payload: Payload) -> Lines:
    until = payload["keep_until"]
    kept = [f"To be kept until {until}."] if until else []
    return [f"It was {payload['outcome']}.", *kept], None


def _nothing(payload: Payload) -> Lines:
    del payload
    return [], None


def _opens(digest: str, salt: str, value: str) -> bool:
    return commitment_opens(digest=digest, salt=salt, value=value)


CONTEST_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "appeal.received": _received,
    "appeal.evidence": _evidence,
    "appeal.taken": _nothing,
    "appeal.released": _released,
    "appeal.note": _note,
    "appeal.ruled": _ruled,
    "appeal.fell": _nothing,
    "appeal.closed": _closed,
    "appeal.warned": _due,
    "appeal.breached": _due,
    "appeal.erased": _nothing,
    "case.uploader": _nothing,
    "misuse.found": _found,
    "misuse.withdrawn": _withdrawn,
    "suspension.passed_over": _nothing,
    "request.updated": _updated,
    "request.copies": _copies,
    "referral.proposed": _proposed,
    "referral.agreed": _nothing,
    "referral.refused": _nothing,
    "referral.step": _step,
    "referral.ended": _ended,
}
