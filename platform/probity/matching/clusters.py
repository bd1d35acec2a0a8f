"""Copies of one thing held together: all assets that matches lead to, but for those that a person
said are no copies."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from probity.core.clock import now

from .models import Cluster, ClusterMember, Match, SignalKind
from .selectors import answer_of

MOST = 5000
"""A walk ends here; a larger campaign stands as several."""
SURE_BITS = 20
"""Pictures so near hold together without a person's word; farther ones wait for it."""


@transaction.atomic
def cluster_settle(sha256: str) -> Cluster | None:
    """Put an asset and all that belongs with it into one cluster, and whatever no longer does out
    of it. None for an asset that stands alone."""
    together = _together(sha256)
    members = ClusterMember.objects.select_for_update().select_related("cluster")
    before = {row.asset_id: row for row in members.filter(asset__in=together)}
    own = before.get(sha256)
    if own is not None:
        _left_behind(own.cluster, together)
    if len(together) < 2:
        ClusterMember.objects.filter(asset=sha256).delete()
        return None
    clusters = {row.cluster for row in before.values()}
    cluster = min(clusters, key=lambda each: (each.opened_at, each.pk), default=None)
    cluster = cluster or Cluster.objects.create(opened_at=now())
    for asset in sorted(together):
        row = before.get(asset)
        if row is None:
            ClusterMember.objects.create(cluster=cluster, asset_id=asset, joined_at=now())
        elif row.cluster_id != cluster.pk:
            row.cluster = cluster
            row.save(update_fields=["cluster"])
    return cluster


def _left_behind(cluster: Cluster, together: set[str]) -> None:
    """What no longer belongs gets clusters of its own, found in the same way."""
    rest = ClusterMember.objects.filter(cluster=cluster).exclude(asset__in=together)
    names = list(rest.values_list("asset_id", flat=True))
    if not names:
        return
    rest.delete()
    for name in names:
        if not ClusterMember.objects.filter(asset=name).exists():
            cluster_settle(name)


def _together(sha256: str) -> set[str]:
    found, edge = {sha256}, {sha256}
    while edge and len(found) < MOST:
        rows = Match.objects.filter(Q(asset__in=edge) | Q(known__in=edge), entry=None)
        following = set()
        for match in rows.prefetch_related("answers"):
            if _holds(match):
                following |= {match.asset_id, str(match.known_id)}
        edge = following - found
        found |= edge
    return found


def _holds(match: Match) -> bool:
    answer = answer_of(match)
    if answer is not None:
        return answer.accepted
    return match.signal == SignalKind.SOUND or match.distance <= SURE_BITS
