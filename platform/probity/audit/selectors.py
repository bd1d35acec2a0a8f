"""Reading chains, and proving them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from foundation import chain as links

from .models import AuditChain, AuditEvent, LogCheckpoint, LogLeaf
from .services import as_link
from .witness import heads_logged


def chain_events(chain: str, *, after: int = 0) -> Iterator[AuditEvent]:
    """The events of one chain, in order."""
    return AuditEvent.objects.filter(chain_id=chain, seq__gt=after).order_by("seq").iterator()


def chain_verify(chain: str, *, since: datetime | None = None) -> links.Verdict:
    """Walk one chain against its recorded head and every end that the signed log gave it.

    With ``since``, what a checkpoint before that moment vouched for is taken as checked.
    An append between reading head and events looks like a flaw, so a flaw is looked at again
    while the head is locked against appends.
    """
    start = _vouched(chain, since) if since else None
    verdict = _walk(chain, AuditChain.objects.filter(name=chain).first(), start)
    if verdict.intact:
        return verdict
    with transaction.atomic():
        locked = AuditChain.objects.select_for_update().filter(name=chain).first()
        return _walk(chain, locked, start)


def _walk(chain: str, recorded: AuditChain | None, start: links.Head | None) -> links.Verdict:
    head = links.Head(events=recorded.events, hash=recorded.head) if recorded else None
    events = chain_events(chain, after=start.events if start else 0)
    return links.verify(
        chain,
        (as_link(event) for event in events),
        head=head,
        checkpoints=heads_logged(chain),
        start=start,
    )


def _vouched(chain: str, since: datetime) -> links.Head | None:
    """The chain's last end in the log by that moment."""
    checkpoint = LogCheckpoint.objects.filter(at__lte=since).order_by("-size").first()
    if checkpoint is None:
        return None
    leaves = LogLeaf.objects.filter(chain=chain, index__lt=checkpoint.size)
    leaf = leaves.order_by("-index").first()
    return links.Head(events=leaf.events, hash=leaf.head) if leaf else None


def chain_names() -> list[str]:
    """Every chain with a head, an event or a statement in the log, system chains first."""
    heads = set(AuditChain.objects.values_list("name", flat=True))
    logged = set(LogLeaf.objects.values_list("chain", flat=True).distinct())
    orphans = set(AuditEvent.objects.values_list("chain_id", flat=True).distinct())
    return sorted(heads | logged | orphans, key=lambda name: (name.startswith("case:"), name))
