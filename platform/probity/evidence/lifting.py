"""Lifting a seal that nobody answers for: by one person where a stranger's tick is all there is, by
two everywhere else. One proposes, another agrees or refuses; until then the file stays sealed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from probity.accounts.models import Person
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, NotAllowed, NotFound
from probity.core.inner import inner

from .models import LIFTED_BY_ONE, Asset, CustodyAction, LiftOutcome, Seal, SealLift
from .services import custody_record

OWN = "Somebody else has to look at this: you proposed it yourself."


def lifted_by_one(seals: Collection[Seal]) -> bool:
    """Whether one person alone may lift these standing seals."""
    return bool(seals) and all(seal.cause in LIFTED_BY_ONE for seal in seals)


@transaction.atomic
def asset_unseal(*, asset: Asset, person: Person, actor: str, case: UUID) -> Asset:
    """Lift, alone, a seal that rests on nothing but strangers' ticks; the caller has the file
    looked at anew. Raises Conflict for one that is not sealed, that somebody answers for, or that
    takes two people."""
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    standing = _liftable(locked)
    if not lifted_by_one(standing):
        raise Conflict("This seal is lifted by two people: one proposes it, another agrees.")
    return _open(locked, standing, person=person, actor=actor, case=case, moment=now(), lift=None)


@transaction.atomic
def lift_propose(*, asset: Asset, person: Person, actor: str, case: UUID, note: UUID) -> SealLift:
    """Propose to lift what seals an asset; nothing changes until somebody else agrees.

    ``note`` holds the reason. Raises Conflict for one that is not sealed, that somebody answers
    for, or that is proposed already.
    """
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    _liftable(locked)
    if SealLift.objects.filter(asset=locked, outcome="").exists():
        raise Conflict("Somebody already proposed to lift this seal; a second person settles it.")
    lift = SealLift.objects.create(asset=locked, case=case, person=person, note=note, at=now())
    event_append(
        chain=case_chain(case), name="asset.lift_proposed", actor=actor,
        payload={"asset": locked.pk, "lift": str(lift.pk), "note": str(note)},
    )  # fmt: skip
    return lift


@transaction.atomic
def lift_settle(
    *, asset: Asset, agree: bool, person: Person, actor: str, case: UUID, note: UUID | None = None
) -> SealLift:
    """Agree, which lifts the seal, or refuse; whoever proposed can only take it back.

    ``note`` holds what was said to it; a refusal has one. Raises NotFound where nobody proposed,
    NotAllowed for the one who did and agrees, Conflict for what is no longer sealed.
    """
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    lift = SealLift.objects.select_for_update().filter(asset=locked, outcome="").first()
    if lift is None:
        raise NotFound("Nobody proposed to lift this seal, or somebody settled it already.")
    own = lift.person_id == person.pk
    if own and agree:
        raise NotAllowed(OWN)
    refused = LiftOutcome.WITHDRAWN if own else LiftOutcome.REFUSED
    moment = now()
    lift.settled_by, lift.settled_note = person, note
    _settle(lift, LiftOutcome.AGREED if agree else refused, moment, actor=actor, case=case)
    if agree:
        standing = _liftable(locked)
        _open(locked, standing, person=person, actor=actor, case=case, moment=moment, lift=lift)
    return lift


@inner
def lift_overtake(*, asset: Asset, actor: str, case: UUID) -> None:
    """End a proposal about a locked asset that somebody answers for from now on."""
    for lift in SealLift.objects.select_for_update().filter(asset=asset, outcome=""):
        _settle(lift, LiftOutcome.OVERTAKEN, now(), actor=actor, case=case)


def lifts_open(assets: Collection[str]) -> dict[str, SealLift]:
    """The proposals that wait for a second person, by asset."""
    rows = SealLift.objects.filter(asset__in=assets, outcome="").select_related("person")
    return {row.asset_id: row for row in rows}


def _settle(
    lift: SealLift, outcome: LiftOutcome, moment: datetime, *, actor: str, case: UUID
) -> None:
    lift.outcome, lift.settled_at = outcome, moment
    lift.save(update_fields=["outcome", "settled_at", "settled_by", "settled_note"])
    note = str(lift.settled_note) if lift.settled_note else None
    event_append(
        chain=case_chain(case), name="asset.lift_settled", actor=actor,
        payload={
            "asset": lift.asset_id, "lift": str(lift.pk), "outcome": str(outcome), "note": note,
        },
    )  # fmt: skip


def _liftable(asset: Asset) -> list[Seal]:
    """The standing seals of a locked asset, when nobody answers for any of them."""
    standing = list(asset.seals.filter(lifted_at=None))
    if not asset.sealed:
        raise Conflict("This file is not sealed.")
    if not standing or any(seal.proved for seal in standing):
        raise Conflict(
            "Somebody answers for this seal: it stays for good. Only a seal that rests on the "
            "unproved word of a reporter can be lifted."
        )
    return standing


def _open(
    asset: Asset, seals: Collection[Seal], *, person: Person, actor: str, case: UUID,
    moment: datetime, lift: SealLift | None,
) -> Asset:  # fmt: skip
    keys = [seal.pk for seal in seals]
    Seal.objects.filter(pk__in=keys).update(lifted_at=moment, lifted_by=person)
    asset.sealed_at = None
    asset.save(update_fields=["sealed_at"])
    custody_record(asset=asset, action=CustodyAction.SEAL_LIFTED, actor=actor, case=case)
    event_append(
        chain=case_chain(case), name="asset.unsealed", actor=actor,
        payload={
            "asset": asset.sha256, "seals": [str(key) for key in keys],
            "lift": str(lift.pk) if lift else None,
        },
    )  # fmt: skip
    return asset
