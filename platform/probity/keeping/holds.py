"""Placing and releasing legal holds. The database refuses destruction under one as well."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.bundles.models import Export
from probity.cases.models import Case, Report
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.core.wake import task_wake
from probity.evidence.models import Asset, CustodyAction
from probity.evidence.services import custody_record
from probity.parties.models import Uploader

from .errors import UnderHold
from .models import HoldKind, LegalHold
from .selectors import case_held, holds_on_asset
from .texts import plain

TASK = "probity.erasures"
LIMITS = {"reason": 1000, "reference": 200}


@transaction.atomic
def hold_place(
    *, case: Case, asset: Asset | None = None, kind: str, reason: str, reference: str,
    until: datetime | None = None, actor: Actor,
) -> LegalHold:  # fmt: skip
    """Keep a case, or one of its files wherever that lies, until the hold is released.

    The log gets commitments to reason and reference, which may name people. Raises NotAllowed,
    InvalidInput, and Conflict for a file that is destroyed already.
    """
    person = actor.require_person(Ability.HOLDS_MANAGE)
    said = {"reason": plain(reason), "reference": plain(reference)}
    _check(kind, said, until)
    files = _locked(case, asset)
    if asset is not None and files[0].destroyed_at:
        raise Conflict("This file was destroyed before; a hold cannot bring it back.")
    digests, salts = {}, {}
    for name, text in said.items():
        digests[name], salts[name] = commit_to(text)
    hold = LegalHold.objects.create(
        case=None if asset else case, asset=asset, placed_in=case, kind=kind, salts=salts,
        placed_by=person, placed_at=now(), until=until, **said,
    )  # fmt: skip
    event_append(
        chain=case_chain(case.pk),
        name="hold.placed",
        actor=actor.name,
        payload={
            "hold": str(hold.pk), "kind": kind, "case": None if asset else str(case.pk),
            "asset": asset.pk if asset else None, **digests,
            "until": until.isoformat() if until else None,
        },
    )  # fmt: skip
    _custody(files, CustodyAction.HELD, case=case, actor=actor.name, hold=hold)
    return hold


def _check(kind: str, said: dict[str, str], until: datetime | None) -> None:
    wrong = {
        name: f"“{name}” is longer than {most} characters; shorten it."
        for name, most in LIMITS.items()
        if len(said[name]) > most
    }
    if kind not in set(HoldKind):
        wrong["kind"] = f"Say what kind of hold it is: {', '.join(HoldKind)}."
    if not said["reason"]:
        wrong["reason"] = "Say why it must be kept."
    if not said["reference"]:
        wrong["reference"] = "Give the reference of the order or request, so that it can be found."
    if until is not None and until <= now():
        wrong["until"] = "The end must lie in the future; leave it empty for a hold without one."
    if wrong:
        raise InvalidInput.of(wrong)


@transaction.atomic
def hold_release(*, hold: LegalHold, reason: str, actor: Actor) -> LegalHold:
    """End a hold, with a reason; erasures that waited for it go on by themselves.

    Raises NotAllowed, InvalidInput, and Conflict when it has ended already.
    """
    person = actor.require_person(Ability.HOLDS_MANAGE)
    reason = plain(reason)
    if not reason or len(reason) > LIMITS["reason"]:
        raise InvalidInput.of({"release_reason": "Say why it ends, in at most 1000 characters."})
    home = hold.placed_in
    files = _locked(home, hold.asset)
    locked = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if locked.released_at:
        raise Conflict("This hold has ended already.")
    digest, salt = commit_to(reason)
    locked.released_at, locked.released_by, locked.release_reason = now(), person, reason
    locked.salts = {**locked.salts, "release_reason": salt}
    locked.save(update_fields=["released_at", "released_by", "release_reason", "salts"])
    event_append(
        chain=case_chain(home.pk),
        name="hold.released",
        actor=actor.name,
        payload={"hold": str(locked.pk), "reason": digest},
    )
    _custody(files, CustodyAction.HOLD_RELEASED, case=home, actor=actor.name, hold=locked)
    transaction.on_commit(lambda: task_wake(TASK))
    return locked


def holds_sweep() -> int:
    """End the holds whose own end has passed; how many it were."""
    due = LegalHold.objects.filter(released_at=None, until__lte=now())
    return sum(_end(hold) for hold in list(due))


@transaction.atomic
def _end(hold: LegalHold) -> bool:
    home = hold.placed_in
    files = _locked(home, hold.asset)
    locked = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if locked.released_at or locked.until is None:
        return False
    locked.released_at, locked.release_reason = now(), "The end that was set for it came."
    locked.save(update_fields=["released_at", "release_reason"])
    event_append(
        chain=case_chain(home.pk),
        name="hold.ended",
        actor="system",
        payload={"hold": str(locked.pk), "until": locked.until.isoformat()},
    )
    _custody(files, CustodyAction.HOLD_RELEASED, case=home, actor="system", hold=locked)
    return True


def _locked(case: Case, asset: Asset | None) -> list[Asset]:
    """The case, then the files in order: whoever destroys takes the same locks."""
    Case.objects.select_for_update().get(pk=case.pk)
    wanted = {asset.pk} if asset else set(case.items.values_list("asset", flat=True))
    rows = Asset.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    return list(rows)


def _custody(
    files: list[Asset], action: CustodyAction, *, case: Case, actor: str, hold: LegalHold
) -> None:
    for asset in files:
        custody_record(
            asset=asset, action=action, actor=actor, case=case.pk, tool=f"legal hold {hold.pk}"
        )


def asset_veto(asset: Asset) -> None:
    """Raise UnderHold while a hold keeps a file."""
    if holds_on_asset(asset).exists():
        raise UnderHold


def report_veto(report: Report) -> None:
    """Raise UnderHold while a hold keeps the report's case."""
    if case_held(report.case_id):
        raise UnderHold


def case_veto(case: Case) -> None:
    """Raise UnderHold while a hold keeps a case: what it gathers stays together."""
    if case_held(case.pk):
        raise UnderHold(
            f"A legal hold keeps {case.label} as it is: its reports and files cannot go to another "
            "case until the hold is released."
        )


def uploader_veto(uploader: Uploader) -> None:
    """Raise UnderHold for the uploader of a case that is under one."""
    for case in Case.objects.filter(uploader=uploader):
        if case_held(case.pk):
            raise UnderHold


def export_veto(export: Export) -> None:
    """Raise UnderHold while a hold keeps the bundle's case."""
    if case_held(export.case_id):
        raise UnderHold
