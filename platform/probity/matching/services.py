"""Writing down what was found alike, what people said to it, and who belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from probity.accounts.models import Person
from probity.audit.commitments import commit_to
from probity.audit.services import SYSTEM_CHAIN, case_chain, event_append
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.evidence.models import Asset

from .clusters import cluster_settle
from .lookup import Near
from .models import BankEntry, BankKind, Match, MatchAnswer

MOST_ASSETS = 50
"""So many other assets are written down for one asset at most, the nearest: the cluster holds the
rest together."""
WHY_MAX = 500
_SEARCHING = 0x6D617463


def search_alone() -> None:
    """Let searches and what they write follow one another, until the transaction ends: of two
    copies that come at once, the later one must see the earlier. Before any case is locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEARCHING])


@transaction.atomic
def matches_record(
    *, asset: Asset, near: Sequence[Near], case: UUID | None, retroactive: bool = False
) -> list[Match]:
    """Write down what is not yet known of an asset; return only the new rows."""
    assets = [each for each in near if each.asset][:MOST_ASSETS]
    entries = [each for each in near if each.entry]
    made = [
        match
        for each in (*assets, *entries)
        if (match := _match_make(asset, each, case=case, retroactive=retroactive))
    ]
    if any(match.known_id for match in made):
        cluster_settle(asset.pk)
    for match in made:
        if match.entry is not None:
            entry_park_if_flood(entry=match.entry)
    return made


def _match_make(asset: Asset, near: Near, *, case: UUID | None, retroactive: bool) -> Match | None:
    match, created = Match.objects.get_or_create(
        asset=asset,
        known_id=near.asset,
        entry=near.entry,
        signal=near.signal,
        defaults={
            "case": case,
            "distance": near.distance,
            "turn": near.turn,
            "at": near.at,
            "known_at": near.known_at,
            "seconds": near.seconds,
            "speed": near.speed,
            "retroactive": retroactive,
            "found_at": now(),
        },
    )
    if not created:
        return None
    event_append(
        chain=case_chain(case) if case else SYSTEM_CHAIN,
        name="match.found",
        actor="system",
        payload={
            "match": str(match.pk),
            "asset": asset.pk,
            "signal": match.signal,
            "distance": match.distance,
            "known": match.known_id,
            "entry": str(match.entry_id) if match.entry_id else None,
            "bank": str(match.entry.bank_id) if match.entry else None,
            "retroactive": retroactive,
        },
    )
    return match


@transaction.atomic
def match_answer(
    *, match: Match, accepted: bool, why: str, case: UUID, person: Person, actor: str
) -> MatchAnswer:
    """Record whether a match is a copy. The caller has locked the case. Raises InvalidInput."""
    if len(why) > WHY_MAX:
        raise InvalidInput.of({"why": f"The reason has at most {WHY_MAX} characters."})
    digest, salt = commit_to(why.strip()) if why.strip() else ("", "")
    answer = MatchAnswer.objects.create(
        match=match, accepted=accepted, why=why.strip(), why_salt=salt, case=case, person=person,
        at=now(),
    )  # fmt: skip
    event_append(
        chain=case_chain(case),
        name="match.answered",
        actor=actor,
        payload={"match": str(match.pk), "accepted": accepted, "why": digest},
    )
    cluster_settle(match.asset_id)
    if match.known_id:
        cluster_settle(match.known_id)
    return answer


@transaction.atomic
def entry_park_if_flood(*, entry: BankEntry) -> bool:
    """Park an entry that matched very much, of which no person confirmed anything, for somebody to
    look at; one that was let in again stays. True when it was parked now."""
    locked = BankEntry.objects.select_for_update().select_related("bank").get(pk=entry.pk)
    if locked.parked_at or locked.cleared_at or locked.bank.kind == BankKind.NEGATIVE:
        return False
    found = locked.matches.count()
    confirmed = MatchAnswer.objects.filter(match__entry=locked, accepted=True).exists()
    if found < settings.MATCH_FLOOD or confirmed:
        return False
    locked.parked_at = now()
    locked.save(update_fields=["parked_at"])
    event_append(
        chain=SYSTEM_CHAIN,
        name="bank.entry_parked",
        actor="system",
        payload={"bank": str(locked.bank_id), "entry": str(locked.pk), "matches": found},
    )
    return True
