"""Sealing: what may show a minor is opened by nobody. A seal that rests on an unproved word can be
lifted (see ``lifting``); one that somebody answers for stays for good."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import F

from probity.audit.services import case_chain, event_append
from probity.core.clock import now

from .lifting import lift_overtake
from .models import LIFTED_BY_ONE, UNPROVED, Asset, CustodyAction, Seal, SealCause
from .services import custody_record, derivatives_end, files_delete


@transaction.atomic
def asset_seal(*, asset: Asset, cause: SealCause, actor: str, case: UUID, why: str) -> Asset:
    """Seal an asset and destroy what was derived from it.

    On a sealed one only a firmer word is added: one that somebody answers for, or a category beside
    a mere tick. A word that somebody answers for overtakes a proposal to lift the seal.
    """
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    standing = set(locked.seals.filter(lifted_at=None).values_list("cause", flat=True))
    if locked.sealed and not _firmer(cause, standing):
        return locked
    if cause not in UNPROVED:
        lift_overtake(asset=locked, actor=actor, case=case)
    if not locked.sealed:  # first: a legal hold lets go of what shows a sealed file
        locked.sealed_at = now()
        locked.save(update_fields=["sealed_at"])
    doomed = derivatives_end(locked)
    Seal.objects.create(
        asset=locked, case=case, at=now(), actor=actor, cause=cause, destroyed=len(doomed)
    )
    custody_record(asset=locked, action=CustodyAction.SEALED, actor=actor, case=case)
    if doomed:
        custody_record(
            asset=locked, action=CustodyAction.DERIVATIVES_DESTROYED, actor=actor, case=case
        )
    event_append(
        chain=case_chain(case), name="asset.sealed", actor=actor,
        payload={"asset": locked.sha256, "why": why, "derivatives_destroyed": len(doomed)},
    )  # fmt: skip
    names = [row.storage_name for row in doomed]
    transaction.on_commit(lambda: files_delete(names))
    return locked


@transaction.atomic
def seal_passed_over(*, asset: Asset, actor: str, case: UUID) -> None:
    """Write down that somebody ticked again what a person had looked into: it seals nothing."""
    last = Seal.objects.filter(asset=asset).exclude(lifted_at=None).order_by("-lifted_at").first()
    if last is None:
        return
    Seal.objects.filter(pk=last.pk).update(asked_again=F("asked_again") + 1)
    event_append(
        chain=case_chain(case), name="asset.seal_passed_over", actor=actor,
        payload={"asset": asset.pk, "seal": str(last.pk)},
    )  # fmt: skip


def seal_was_lifted(sha256: str, cause: SealCause) -> bool:
    """Whether people have lifted a seal of this file that an unproved word of this cause would put
    on anew: a tick seals no more what anybody opened, a category what two opened."""
    lifted = Seal.objects.filter(asset=sha256, lifted_at__isnull=False)
    return (lifted if cause in LIFTED_BY_ONE else lifted.exclude(cause__in=LIFTED_BY_ONE)).exists()


def _firmer(cause: SealCause, standing: Collection[str]) -> bool:
    """Whether it adds something to the causes of a file that is sealed already."""
    if cause in UNPROVED:
        return cause == SealCause.CATEGORY and set(standing) <= set(LIFTED_BY_ONE)
    return cause not in standing


def seals_of(assets: Collection[str]) -> dict[str, list[Seal]]:
    """The seals of each of these files, those that were lifted too, the first one first."""
    found: dict[str, list[Seal]] = {}
    for seal in Seal.objects.filter(asset__in=assets).select_related("lifted_by").order_by("at"):
        found.setdefault(seal.asset_id, []).append(seal)
    return found
