"""What a case's log says of appeals, misuse, requests by people shown, and referrals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

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
from probity.contests.request_models import UpdateKind
from probity.contests.words import Ground, Misuse, Outcome
from probity.web.language.later import later
from probity.web.language.tables import APPEAL_GROUND_WORDS as GROUND_WORDS
from probity.web.language.tables import APPEAL_OUTCOME_WORDS as OUTCOME_WORDS
from probity.web.language.tables import MISUSE_WORDS, UPDATE_WORDS
from probity.web.words import absolute

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]
GONE = later("It is no longer stored.")
SIDES = {"uploader": later("By whoever uploaded it."), "reporter": later("By whoever reported it.")}


def _received(payload: Payload) -> Lines:
    row = Appeal.objects.filter(pk=payload["appeal"]).first()
    if row is None:
        return [GONE], None
    said = [SIDES[row.side], f"{GROUND_WORDS[Ground(row.ground)]}."]
    if row.erased_at:
        return [*said, gettext("What was said was erased.")], None
    return said, row.snapshot == payload["snapshot"] and _opens(
        payload["words"], row.salts.get("words", ""), row.words
    )


def _evidence(payload: Payload) -> Lines:
    return [f"SHA-256 {payload['asset']}"], None


def _note(payload: Payload) -> Lines:
    row = AppealNote.objects.filter(pk=payload["note"]).first()
    if row is None or not row.salt:
        return [GONE], None
    return [], _opens(payload["text"], row.salt, row.text)


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
    return [
        gettext("Our own target was {due}.").format(
            due=absolute(datetime.fromisoformat(payload["due"]))
        )
    ], None


def _released(payload: Payload) -> Lines:
    why = {
        "released": gettext("It was given back."),
        "lease over": gettext("The time to hold it ran out."),
    }
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
    return [
        gettext("{same} with the very same bytes, {near} alike.").format(same=same, near=near)
    ], None


def _proposed(payload: Payload) -> Lines:
    row = Referral.objects.filter(pk=payload["referral"]).first()
    if row is None:
        return [GONE], None
    same = hashlib.sha256(row.document.encode()).hexdigest() == payload["digest"]
    good = same and _opens(payload["reason"], row.reason_salt, row.reason)
    return [
        gettext("To {plugin}; {value}.").format(
            plugin=row.plugin,
            value=gettext("files too") if payload["files"] else gettext("without files"),
        )
    ], good


def _step(payload: Payload) -> Lines:
    row = ReferralStep.objects.filter(pk=payload["step"]).first()
    came = "taken" if payload["ok"] else gettext("not taken")
    good = row is not None and (row.name, row.ok) == (payload["name"], payload["ok"])
    return [f"“{payload['name']}” was {came}."], good


def _ended(payload: Payload) -> Lines:
    until = payload["keep_until"]
    kept = [gettext("To be kept until {until}.").format(until=until)] if until else []
    return [gettext("It was {outcome}.").format(outcome=payload["outcome"]), *kept], None


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
