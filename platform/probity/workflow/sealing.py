"""Sealing a file: no work goes on with it, and every case that holds it is weighed anew; lifting a
seal that nobody answers for, which may take two people, brings its pictures back."""

from __future__ import annotations

from functools import partial
from typing import cast

from django.db import transaction
from django.db.models import Q

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.analysis.models import Job, JobState
from probity.analysis.queue import job_enqueue, jobs_cancel
from probity.cases.models import UNDECIDED, Case, WorkNote
from probity.cases.notes import reason_check, work_note
from probity.cases.settling import case_settle
from probity.cases.versions import case_touch
from probity.core.errors import Conflict, NotFound
from probity.evidence.lifting import asset_unseal, lift_propose, lift_settle, lifted_by_one
from probity.evidence.models import UNPROVED, Asset, LiftOutcome, SealCause, SealLift
from probity.evidence.seals import asset_seal, seal_passed_over, seal_was_lifted

from .wake import wake_workers

#: How the log says why a file was sealed.
WHY = {
    SealCause.TICK: "a reporter said that it may show a minor; nobody has checked",
    SealCause.CATEGORY: "files reported in this category are sealed on receipt",
    SealCause.BESIDE: "sealed on receipt: it is, or lies beside, a sealed file",
    SealCause.SENDER: "a trusted flagger or an authority said that it may show a minor",
    SealCause.PERSON: "may show a minor",
}


@transaction.atomic
def file_seal(*, asset: Asset, case: Case, actor: str, cause: SealCause) -> None:
    """Seal an asset in every case that holds it; the given case is locked.

    The other cases find their queue and their points afterwards, each by itself: whoever seals
    holds the lock of one case, and must not wait for another's.
    """
    jobs_cancel(asset=asset)
    asset_seal(asset=asset, cause=cause, actor=actor, case=case.pk, why=WHY[cause])
    settle = partial(_others_settle, asset=asset.pk, case=case)
    transaction.on_commit(settle, robust=True)


@transaction.atomic
def files_seal(*, case: Case, sha256: str, cause: SealCause) -> None:
    """Seal what a report without a file of its own speaks of: the files of its locked case, and the
    one with the fingerprint it names."""
    named = Q(items__case=case) | (Q(pk=sha256) if sha256 else Q())
    for asset in Asset.objects.filter(named, sealed_at=None).distinct().order_by("pk"):
        if cause in UNPROVED and seal_was_lifted(asset.pk, cause):
            seal_passed_over(asset=asset, actor="system", case=case.pk)
        else:
            file_seal(asset=asset, case=case, actor="system", cause=cause)


@transaction.atomic
def evidence_seal(*, case: Case, asset: Asset, actor: Actor) -> None:
    """Seal an asset that may show a minor: for good, at once, without a claim. A seal that rested
    on an unproved word stays for good from then on."""
    actor.require_person(Ability.ASSETS_SEAL)
    _must_hold(case, asset)
    Case.objects.select_for_update().get(pk=case.pk)
    if asset.seals.filter(lifted_at=None).exclude(cause__in=UNPROVED).exists():
        raise Conflict("This asset is already sealed.")
    file_seal(asset=asset, case=case, actor=actor.name, cause=SealCause.PERSON)
    case_touch(case=case, what="sealed", actor=actor.name)
    case_settle(case=case, actor=actor.name)


@transaction.atomic
def evidence_unseal(*, case: Case, asset: Asset, reason: str, actor: Actor) -> SealLift | None:
    """Lift a seal that rests on strangers' ticks alone, in every case, or propose to lift one that
    rests on any other unproved word; return the proposal, which waits for a second person.

    Once lifted a worker looks at the file anew. Raises NotAllowed, NotFound, Conflict, and
    InvalidInput without a reason.
    """
    person = actor.require_person(Ability.SEALS_LIFT)
    _must_hold(case, asset)
    text = reason_check(reason, needed="Say how you know that it shows nobody under 18.")
    locked = _locked(case, asset)
    if lifted_by_one(asset.seals.filter(lifted_at=None)):
        asset_unseal(asset=asset, person=person, actor=actor.name, case=locked.pk)
        work_note(case=locked, kind="unsealed", person=person, text=text, actor=actor.name)
        _opened(locked, asset, actor=actor)
        return None
    note = work_note(case=locked, kind="lift_proposed", person=person, text=text, actor=actor.name)
    key = cast("WorkNote", note).pk  # there is one, since a reason was asked for
    lift = lift_propose(asset=asset, person=person, actor=actor.name, case=locked.pk, note=key)
    case_touch(case=locked, what="lift_proposed", actor=actor.name)
    return lift


@transaction.atomic
def evidence_unseal_answer(
    *, case: Case, asset: Asset, agree: bool, reason: str, actor: Actor
) -> SealLift:
    """Answer, from any case that holds the file, a proposal to lift its seal: the second person
    agrees, which lifts it in every case, or refuses with a reason; who proposed takes it back.

    Raises NotAllowed, NotFound, Conflict, and InvalidInput for a refusal without a reason.
    """
    person = actor.require_person(Ability.SEALS_LIFT)
    _must_hold(case, asset)
    locked = _locked(case, asset)
    own = asset.lifts.filter(outcome="", person=person).exists()
    needed = "" if agree or own else "Say why not, so that whoever proposed it learns."
    text = reason_check(reason, needed=needed)
    kind = "lift_agreed" if agree else "lift_withdrawn" if own else "lift_refused"
    note = work_note(case=locked, kind=kind, person=person, text=text, actor=actor.name)
    lift = lift_settle(
        asset=asset, agree=agree, person=person, actor=actor.name, case=locked.pk,
        note=note.pk if note else None,
    )  # fmt: skip
    if lift.outcome == LiftOutcome.AGREED:
        _opened(locked, asset, actor=actor)
    else:
        case_touch(case=locked, what="lift_refused", actor=actor.name)
    return lift


def _opened(case: Case, asset: Asset, *, actor: Actor) -> None:
    """What follows, once a seal is lifted: in the locked case now, in the others afterwards."""
    case_touch(case=case, what="unsealed", actor=actor.name)
    job_enqueue(kind="analyse", asset=asset, case=case.pk)
    case_settle(case=case, actor=actor.name)
    transaction.on_commit(partial(_others_open, asset=asset, case=case), robust=True)


def _locked(case: Case, asset: Asset) -> Case:
    """The case, then the file, both locked: the order in which everybody takes them."""
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    Asset.objects.select_for_update().get(pk=asset.pk)
    return locked


def _must_hold(case: Case, asset: Asset) -> None:
    if not case.items.filter(asset=asset).exists():
        raise NotFound("This case has no such asset.")


def _others_settle(*, asset: str, case: Case) -> None:
    for other in _others(asset=asset, case=case):
        with transaction.atomic():
            case_settle(case=Case.objects.select_for_update().get(pk=other.pk), actor="system")


def _others_open(*, asset: Asset, case: Case) -> None:
    """Those in which the file was never looked at get it looked at, too."""
    for other in _others(asset=asset.pk, case=case):
        with transaction.atomic():
            locked = Case.objects.select_for_update().get(pk=other.pk)
            looked_at = Job.objects.filter(asset=asset, case=locked.pk, state=JobState.DONE)
            if not looked_at.exists():
                job_enqueue(kind="analyse", asset=asset, case=locked.pk)
            case_settle(case=locked, actor="system")
    wake_workers()


def _others(*, asset: str, case: Case) -> list[Case]:
    others = Case.objects.filter(UNDECIDED, items__asset=asset).exclude(pk=case.pk)
    return list(others.distinct().order_by("pk").only("pk"))
