"""Two files that a match calls alike, laid over one another for a person's eye."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.cases.models import Case
from probity.core.errors import Conflict, NotFound
from probity.evidence.models import Asset, CustodyAction, Derivative
from probity.evidence.selectors import asset_bytes, derivative_latest
from probity.evidence.services import custody_record, derivative_keep
from probity.matching.models import Match, SignalKind
from probity.matching.pairs import pair_make

from .viewing import look_check, look_record

PRODUCER = "matching.aligned 1"


def other_of(match: Match) -> Asset | None:
    """The known file, where it is here at all."""
    return match.known or (match.entry.asset if match.entry else None)


def pair_find(match: Match) -> tuple[Derivative, Derivative] | None:
    """The pictures that were laid over one another before: the copy's and the known one's."""
    other = other_of(match)
    if other is None:
        return None
    copy = derivative_latest(match.asset, name=_name(match, "copy"))
    known = derivative_latest(other, name=_name(match, "known"))
    return (copy, known) if copy and known else None


def pair_reveal(
    *, case: Case, match: Match, actor: Actor, confirmed: bool = False
) -> tuple[Derivative, Derivative]:
    """Make the pictures unless that was done before, and record that a person chose to look.

    Raises Conflict where there is nothing to lay over, ExposureSpent, AssetSealed, NotFound, the
    media refusals.
    """
    actor.require_person(Ability.CASES_READ)
    other = other_of(match)
    own = set(case.items.values_list("asset_id", flat=True))
    if not own & {match.asset_id, match.known_id}:
        raise NotFound("This case has no such match.")
    if other is None or match.signal not in {SignalKind.PDQ, SignalKind.VIDEO}:
        raise Conflict("There are no two pictures to compare: only a hash is known.")
    look_check(case=case.pk, actor=actor, confirmed=confirmed)
    pair = pair_find(match) or _pair_keep(match, other)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        for derivative in pair:
            look_record(case=case.pk, derivative=derivative, actor=actor)
    return pair


def _pair_keep(match: Match, other: Asset) -> tuple[Derivative, Derivative]:
    with asset_bytes(match.asset) as path, asset_bytes(other) as known:
        pair = pair_make(match, path=path, known=known)
    with transaction.atomic():
        for asset in (match.asset, other):
            custody_record(
                asset=asset, action=CustodyAction.ANALYSED, actor="system", case=match.case,
                tool=PRODUCER,
            )  # fmt: skip
        size = (pair.width, pair.height)
        made = [
            derivative_keep(
                asset=asset, name=_name(match, side), media_type="image/jpeg", data=data,
                producer=PRODUCER, size=size,
            )
            for asset, side, data in (
                (match.asset, "copy", pair.copy),
                (other, "known", pair.known),
            )
        ]  # fmt: skip
    return made[0], made[1]


def _name(match: Match, side: str) -> str:
    return f"aligned-{match.pk.hex[:12]}-{side}"
