"""A case's known copies: saying whether a match is one, and looking for all there are."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import case_chain, event_append
from probity.cases.access import cases_seen
from probity.cases.claims import claim_require
from probity.cases.models import TRIAL, Case, EvidenceItem
from probity.core.clock import now
from probity.core.errors import NotFound
from probity.evidence.models import Asset
from probity.matching.index import default_radius
from probity.matching.lookup import content_find
from probity.matching.models import NEAR, CopySearch, Match, MatchAnswer, Signal
from probity.matching.selectors import Copy, copies_of, match_sentence
from probity.matching.services import match_answer, matches_record
from probity.matching.signals import asked_stored
from probity.quality.selectors import trial_source

from .case_match import matches_noted


@dataclass(frozen=True, kw_only=True)
class CopyCase:
    """Another case with a copy: which file, how alike, and why; ``accepted`` by a person or not."""

    case: Case
    asset: str
    identical: bool
    distance: int
    why: str
    match: Match | None = None
    accepted: bool | None = None


@transaction.atomic
def copy_answer(*, case: Case, match: Match, accepted: bool, why: str, actor: Actor) -> MatchAnswer:
    """Say that a match is a copy, or that it is none. The case is claimed for the actor when nobody
    holds it. Raises Conflict, InvalidInput, NotAllowed, NotFound."""
    person = actor.require_person(Ability.CASES_WORK)
    claim_require(case=case, actor=actor)
    if not _assets(case) & {match.asset_id, match.known_id}:
        raise NotFound("This case has no such match.")
    return match_answer(
        match=match, accepted=accepted, why=why, case=case.pk, person=person, actor=actor.name
    )


def cases_alike(case: Case, *, person: Person | None = None) -> list[CopyCase]:
    """Other cases with the very same file or a copy of it, the nearest first, one line a case.

    Those that ``person`` may not see are left out; None stands for the system, which sees all.
    """
    own = _assets(case)
    found = _identical(own, case)
    copies = {copy.asset: copy for copy in copies_of(own)}
    for item in _items(set(copies), case):
        found.setdefault(item.case_id, _alike(item, copies[item.asset_id]))
    kept = _seen(person, found)
    return sorted(kept, key=lambda each: (not each.identical, each.distance))


def cases_identical(
    case: Case, *, assets: Collection[str], person: Person | None = None
) -> list[CopyCase]:
    """Other cases with one of these files of the case itself, as ``cases_alike`` tells of them."""
    return _seen(person, _identical(assets, case))


def _identical(assets: Collection[str], case: Case) -> dict[UUID, CopyCase]:
    return {
        item.case_id: CopyCase(
            case=item.case, asset=item.asset_id, identical=True, distance=0,
            why="It holds the very same file.",
        )
        for item in _items(assets, case)
    }  # fmt: skip


def _seen(person: Person | None, found: Mapping[UUID, CopyCase]) -> list[CopyCase]:
    seen = cases_seen(person, found)
    return [each for each in found.values() if each.case.pk in seen]


def _alike(item: EvidenceItem, copy: Copy) -> CopyCase:
    return CopyCase(
        case=item.case, asset=item.asset_id, identical=copy.match.identical,
        distance=copy.match.distance, why=match_sentence(copy.match), match=copy.match,
        accepted=copy.accepted,
    )  # fmt: skip


@transaction.atomic
def copies_search(*, case: Case, actor: Actor) -> CopySearch:
    """Look for the known copies of a case's files in everything that is here, now, and write down
    the effort: how much was compared, within which radius, what was found, by whom and when."""
    actor.require(Ability.CASES_WORK)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    begun = time.monotonic()
    for asset in Asset.objects.filter(pk__in=_assets(locked)):
        near = content_find(asked_stored(asset))
        made = matches_record(asset=asset, near=near, case=locked.pk)
        matches_noted(case_id=locked.pk, matches=made)
    alike = cases_alike(locked)
    search = CopySearch.objects.create(
        case=locked.pk, person=actor.person, at=now(), radius=default_radius(),
        compared=Signal.objects.filter(kind__in=NEAR).count(),
        identical=sum(each.identical for each in alike),
        near=sum(not each.identical for each in alike),
        milliseconds=round((time.monotonic() - begun) * 1000),
    )  # fmt: skip
    event_append(
        chain=case_chain(locked.pk),
        name="copies.searched",
        actor=actor.name,
        payload={
            "search": str(search.pk),
            "radius": search.radius,
            "compared": search.compared,
            "identical": search.identical,
            "near": search.near,
        },
    )
    return search


def _assets(case: Case) -> set[str]:
    return set(case.items.values_list("asset_id", flat=True))


def _items(assets: Collection[str], case: Case) -> list[EvidenceItem]:
    rows = EvidenceItem.objects.filter(asset__in=assets).exclude(case=case)
    rows = rows.exclude(case__demonstration__startswith=TRIAL)
    if case.is_trial:
        rows = rows.exclude(case=trial_source(case))
    return list(rows.select_related("case").order_by("added_at"))
