"""Known copies: computed once an asset, on the worker; a new hash looks back at what was here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from django.db import transaction

from probity.alerts.watching import matches_watch
from probity.analysis.models import FindingKind, Job
from probity.analysis.queue import lease_hold
from probity.analysis.statements import Statement
from probity.cases.models import Case, EvidenceItem
from probity.core.clock import now
from probity.evidence.models import Asset
from probity.evidence.probes import Probe
from probity.matching.lookup import content_find
from probity.matching.models import BankEntry, Match
from probity.matching.retroactive import assets_near
from probity.matching.selectors import match_sentence, matches_of
from probity.matching.services import matches_record, search_alone
from probity.matching.signals import (
    Asked,
    asked_of,
    signal_of_bytes,
    signals_keep,
    signals_known,
)

PRODUCER, VERSION = "matching", "1"
SAID_MOST = 20


def copies_say(
    job: Job, path: Path, *, probe: Probe, say: Callable[[Statement], None]
) -> list[Match]:
    """Compute what a job's asset is like unless that was done before, look for copies, and say what
    is known. Raises LeaseLost, AssetSealed."""
    begun = time.monotonic()
    if not signals_known(job.asset):
        asked = asked_of(path, probe=probe, sha256=job.asset_id)
        with transaction.atomic():
            search_alone()
            # a case is locked before its log, or two who work at once would wait for each other
            Case.objects.select_for_update().get(pk=job.case)
            lease_hold(job)
            signals_keep(asset=job.asset, asked=asked, case=job.case)
            made = matches_record(asset=job.asset, near=content_find(asked), case=job.case)
            matches_noted(case_id=job.case, matches=made)
    found = matches_of(job.asset)
    say(_statement(job.asset, found, milliseconds=(time.monotonic() - begun) * 1000))
    return found


@transaction.atomic
def sealed_match(*, asset: Asset, case: Case) -> list[Match]:
    """Look for the very bytes of a sealed asset, which nothing decodes. The case is locked."""
    signal_of_bytes(asset)
    near = content_find(Asked(sha256=asset.pk))
    made = matches_record(asset=asset, near=near, case=case.pk)
    matches_noted(case_id=case.pk, matches=made)
    return made


def _statement(asset: Asset, found: Sequence[Match], *, milliseconds: float) -> Statement:
    told = [match for match in found if match.entry is None or match.entry.bank.kind == "known"]
    sentence = "No copy of it is known here."
    if told:
        more = f" And {len(told) - 1} more." if len(told) > 1 else ""
        sentence = match_sentence(told[0]) + more
    return Statement(
        kind=FindingKind.MATCH,
        producer=PRODUCER,
        title="Known copies",
        version=VERSION,
        status="ok",
        sentence=sentence,
        input_sha256=asset.pk,
        duration_ms=milliseconds,
        details={"matches": [_told(match) for match in told[:SAID_MOST]], "count": len(told)},
    )


def _told(match: Match) -> dict[str, object]:
    return {
        "match": str(match.pk),
        "signal": match.signal,
        "distance": match.distance,
        "known": match.known_id,
        "bank": match.entry.bank.name if match.entry else None,
        "entry": str(match.entry_id) if match.entry_id else None,
        "turn": match.turn,
        "at": match.at,
        "known_at": match.known_at,
        "seconds": match.seconds,
        "sentence": match_sentence(match),
    }


def matches_noted(*, case_id: UUID | None, matches: list[Match]) -> None:
    """New matches were written in this transaction: tell whoever waits for such."""
    case = Case.objects.filter(pk=case_id).first() if case_id else None
    matches_watch(matches=matches, case=case)


def entries_match(*, most: int = 500) -> int:
    """Hold entries that are new in a bank against everything that was here before them; return how
    many were held. Several workers may be asked at once; they take turns."""
    done = 0
    while done < most and _entry_next():
        done += 1
    return done


@transaction.atomic
def _entry_next() -> bool:
    search_alone()
    waiting = BankEntry.objects.select_for_update(skip_locked=True, of=("self",))
    entry = waiting.filter(matched_at=None).select_related("bank").order_by("added_at").first()
    if entry is None:
        return False
    for sha256, near in assets_near(entry).items():
        asset = Asset.objects.get(pk=sha256)
        case_id = _case_of(asset)
        made = matches_record(asset=asset, near=near, case=case_id, retroactive=True)
        matches_noted(case_id=case_id, matches=made)
    entry.matched_at = now()
    entry.save(update_fields=["matched_at"])
    return True


def _case_of(asset: Asset) -> UUID | None:
    """The case that the asset came to last, its row locked before its log is written to."""
    item = EvidenceItem.objects.filter(asset=asset).order_by("-added_at").first()
    if item is None:
        return None
    Case.objects.select_for_update().get(pk=item.case_id)
    return item.case_id
