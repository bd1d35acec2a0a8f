"""Reading matches, banks and clusters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from probity.core.errors import NotFound
from probity.evidence.models import Asset

from .lookup import signals_find
from .models import (
    Bank,
    BankEntry,
    BankKind,
    Carry,
    Cluster,
    ClusterMember,
    CopySearch,
    Match,
    MatchAnswer,
)
from .words import match_sentence

__all__ = [
    "answer_of", "bank_find", "banks_list", "carries_of", "carry_find", "cluster_find",
    "cluster_of", "copies_of", "entries_parked", "entry_find", "match_find", "match_sentence",
    "matches_for_entry", "matches_of", "matches_touching", "searches_of", "signals_find",
]  # fmt: skip


def matches_of(asset: Asset) -> list[Match]:
    """What an asset was found to be like, the nearest first."""
    return list(asset.matches.select_related("entry__bank", "known"))


def matches_touching(assets: Collection[str]) -> list[Match]:
    """Matches on either side of these assets, watch-lists left out, the nearest first."""
    rows = Match.objects.filter(Q(asset__in=assets) | Q(known__in=assets))
    rows = rows.exclude(entry__bank__kind=BankKind.WATCH)
    return list(rows.select_related("entry__bank", "known", "asset").prefetch_related("answers"))


def matches_for_entry(entry: BankEntry) -> list[Match]:
    """Everything that a bank's entry matched, the latest first."""
    return list(entry.matches.select_related("asset", "entry__bank").order_by("-found_at"))


def match_find(match_id: UUID) -> Match:
    """A match by id; raises NotFound."""
    rows = Match.objects.select_related("asset", "known", "entry__bank", "entry__asset")
    found = rows.filter(pk=match_id).first()
    if found is None:
        raise NotFound("There is no match with this id.")
    return found


def answer_of(match: Match) -> MatchAnswer | None:
    """What was last said to a match."""
    return max(match.answers.all(), key=lambda answer: answer.at, default=None)


def banks_list(kind: BankKind | None = None) -> QuerySet[Bank]:
    """Open banks by label, each with how many entries are in use and how many are parked."""
    rows = Bank.objects.filter(closed_at=None)
    if kind is not None:
        rows = rows.filter(kind=kind)
    used = Q(entries__removed_at=None, entries__parked_at=None)
    parked = Q(entries__removed_at=None, entries__parked_at__isnull=False)
    return rows.annotate(used=Count("entries", filter=used), parked=Count("entries", filter=parked))


def bank_find(name: str) -> Bank:
    """A bank by its name; raises NotFound."""
    found = Bank.objects.filter(name=name).first()
    if found is None:
        raise NotFound("There is no bank with this name.")
    return found


def entry_find(entry_id: UUID) -> BankEntry:
    """An entry by id; raises NotFound."""
    found = BankEntry.objects.select_related("bank", "asset").filter(pk=entry_id).first()
    if found is None:
        raise NotFound("There is no such entry in any bank.")
    return found


def entries_parked() -> QuerySet[BankEntry]:
    """Entries that wait for a person, the latest first, each with how much it matched."""
    rows = BankEntry.objects.filter(parked_at__isnull=False, removed_at=None)
    rows = rows.annotate(found=Count("matches")).select_related("bank")
    return rows.order_by("-parked_at")


def cluster_of(asset: Asset) -> Cluster | None:
    """The cluster of copies that an asset belongs to."""
    row = ClusterMember.objects.select_related("cluster").filter(asset=asset).first()
    return row.cluster if row else None


def cluster_find(cluster_id: UUID) -> Cluster:
    """A cluster by id; raises NotFound."""
    found = Cluster.objects.filter(pk=cluster_id).first()
    if found is None:
        raise NotFound("There is no such campaign. It may have been joined with another one.")
    return found


@dataclass(frozen=True)
class Copy:
    """A known copy of one of some assets, and the match that says so."""

    asset: str
    match: Match
    accepted: bool | None


def copies_of(assets: Collection[str]) -> list[Copy]:
    """Other assets found alike, the nearest first, one match each; those that a person said are no
    copies are left out."""
    found: dict[str, Copy] = {}
    for match in matches_touching(assets):
        other = match.known_id if match.asset_id in assets else match.asset_id
        if other is None or other in assets:
            continue
        answer = answer_of(match)
        accepted = answer.accepted if answer else None
        if accepted is not False and other not in found:
            found[other] = Copy(other, match, accepted)
    return list(found.values())


def searches_of(case_id: UUID) -> list[CopySearch]:
    """When the copies of a case's files were looked for, the latest first."""
    rows = CopySearch.objects.filter(case=case_id).select_related("person")
    return list(rows.order_by("-at"))


def carries_of(case_id: UUID) -> list[Carry]:
    """What people asked to carry from a case, the latest first."""
    rows = Carry.objects.filter(case=case_id).select_related("proposer", "second")
    return list(rows.prefetch_related("targets").order_by("-proposed_at"))


def carry_find(carry_id: UUID) -> Carry:
    """A carry by id; raises NotFound."""
    found = Carry.objects.select_related("proposer", "second").filter(pk=carry_id).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    return found
