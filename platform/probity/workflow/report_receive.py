"""A report comes in: evidence, case, custody and the first evaluation in one transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.alerts.watching import report_watch
from probity.analysis.queue import job_enqueue
from probity.cases.models import Case, Report
from probity.cases.notice import Notice
from probity.cases.receipts import receipt_token
from probity.cases.selectors import idempotency_find
from probity.cases.services import (
    case_join,
    case_open,
    idempotency_keep,
    item_add,
    report_add,
)
from probity.cases.sides import case_uploader_set
from probity.cases.targets import case_of_target, target_keep, target_of, targets_lock
from probity.contests.models import Suspension
from probity.core.errors import InvalidInput, KeyReused
from probity.decisions.law import places_check
from probity.decisions.services import case_evaluate
from probity.evidence.models import Asset, SealCause
from probity.evidence.probes import Probe
from probity.evidence.seals import seal_passed_over, seal_was_lifted
from probity.evidence.services import asset_keep, file_probe
from probity.evidence.uploads import ReceivedFile
from probity.parties.models import Sender
from probity.parties.selectors import sender_of

from .case_match import sealed_match
from .clocks import case_clocks_set
from .decision_told import report_confirm
from .misuse_check import passed_over, suspension_check
from .request_update import request_confirm
from .sealing import file_seal, files_seal
from .wake import wake_workers

KEY_MAX = 200


@dataclass(frozen=True)
class Receipt:
    """What a reporter gets back."""

    report: Report
    case: Case
    token: str
    repeated: bool = False


def report_receive(
    *,
    notice: Notice,
    upload: ReceivedFile | None,
    channel: str,
    actor: Actor,
    idempotency_key: str = "",
) -> Receipt:
    """Take a report in. Either all of it is kept or nothing is.

    The same person's same key with the same content gets the first answer again; with other
    content it raises KeyReused. Raises the media refusals, InvalidInput, NotAllowed.
    """
    actor.require(Ability.REPORTS_WRITE)
    notice = replace(notice, places=places_check(notice.places))
    digest = _request_digest(notice, upload)
    earlier = _earlier(actor, idempotency_key, digest)
    if earlier:
        return earlier
    sender = sender_of(actor)
    suspension = suspension_check(notice=notice, sender=sender)
    sealed = _seal_cause(notice, upload, sender) if upload else None
    if upload and notice.sha256 and notice.sha256 != upload.sha256:
        raise InvalidInput.of(
            {"sha256": "The file does not have this SHA-256. Send the right file or leave it out."}
        )
    probe = file_probe(upload) if upload and not sealed else None
    try:
        return _keep(
            notice=notice, upload=upload, probe=probe, sealed=sealed, channel=channel,
            actor=actor, key=idempotency_key, digest=digest, sender=sender, suspension=suspension,
        )  # fmt: skip
    except IntegrityError:
        again = _earlier(actor, idempotency_key, digest)
        if again:
            return again
        raise


@transaction.atomic
def _keep(
    *,
    notice: Notice,
    upload: ReceivedFile | None,
    probe: Probe | None,
    sealed: SealCause | None,
    channel: str,
    actor: Actor,
    key: str,
    digest: str,
    sender: Sender | None,
    suspension: Suspension | None,
) -> Receipt:
    known = _case_to_join(notice, upload)
    case = known or case_open(case_id=uuid4(), notice=notice, actor=actor.name)
    report, token = report_add(
        case=case, notice=notice, channel=channel, actor=actor.name, sender=sender
    )
    if notice.uploader:
        case = case_uploader_set(case=case, account=notice.uploader, actor=actor.name)
    asset = None
    if upload:
        asset = asset_keep(received=upload, probe=probe, actor=actor.name, case=case.pk)
        fresh = not case.items.filter(asset=asset).exists()
        item_add(case=case, asset=asset, report=report)
        if sealed:
            file_seal(asset=asset, case=case, actor="system", cause=sealed)
            sealed_match(asset=asset, case=case)
        else:
            if _unproved_cause(notice):
                seal_passed_over(asset=asset, actor="system", case=case.pk)
            if fresh:
                job_enqueue(kind="analyse", asset=asset, case=case.pk, priority=_priority(notice))
                transaction.on_commit(wake_workers)
    elif notice.may_show_minor:
        files_seal(case=case, sha256=notice.sha256, cause=_tick_cause(sender))
    if known:
        case = case_join(case=case, report=report, actor=actor.name)
    target_keep(case)
    if key and actor.person:
        idempotency_keep(person=actor.person, key=key, request_digest=digest, report=report)
    evaluation = case_evaluate(case=case, actor="system")
    case_clocks_set(case=case, evaluation=evaluation)
    report_watch(report=report, asset=asset)
    report_confirm(report=report, actor=actor.name)
    request_confirm(report=report)
    if suspension:
        passed_over(suspension=suspension, report=report)
    return Receipt(report, case, token)


def _case_to_join(notice: Notice, upload: ReceivedFile | None) -> Case | None:
    """The undecided case of the same thing, locked; None where there is none."""
    sha256 = upload.sha256 if upload else notice.sha256
    target = target_of(url=notice.url, reference=notice.reference)
    targets_lock(target, sha256)
    return case_of_target(target=target, sha256=sha256, category=notice.category)


def _seal_cause(notice: Notice, upload: ReceivedFile, sender: Sender | None) -> SealCause | None:
    """Why it is sealed before anything decodes it: the reporter or the category says so, or it
    already is. A word that nobody answers for does not seal again what people have opened."""
    if notice.may_show_minor and sender:
        return _tick_cause(sender)
    cause = _unproved_cause(notice)
    if Asset.objects.filter(pk=upload.sha256, sealed_at__isnull=False).exists():
        return cause or SealCause.BESIDE
    return None if cause and seal_was_lifted(upload.sha256, cause) else cause


def _tick_cause(sender: Sender | None) -> SealCause:
    return SealCause.SENDER if sender else SealCause.TICK


def _unproved_cause(notice: Notice) -> SealCause | None:
    if notice.category in settings.SEAL_CATEGORIES:
        return SealCause.CATEGORY
    return SealCause.TICK if notice.may_show_minor else None


def _priority(notice: Notice) -> int:
    return 10 if notice.statutory or notice.category == "intimate" else 0


def _earlier(actor: Actor, key: str, digest: str) -> Receipt | None:
    if not key or actor.person is None:
        return None
    if len(key) > KEY_MAX or not key.isprintable():
        raise InvalidInput(f"An Idempotency-Key has at most {KEY_MAX} printable characters.")
    found = idempotency_find(person=actor.person, key=key)
    if found is None:
        return None
    if found.request_digest != digest:
        raise KeyReused(
            "This Idempotency-Key was already used for a different report. Use a new key."
        )
    return Receipt(found.report, found.report.case, receipt_token(found.report.pk), repeated=True)


def _request_digest(notice: Notice, upload: ReceivedFile | None) -> str:
    body = {**asdict(notice), "file": upload.sha256 if upload else ""}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
