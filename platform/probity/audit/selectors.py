"""Reading chains, and proving them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import transaction

from foundation import chain as links

from .models import AuditChain, AuditEvent
from .services import as_link


def chain_events(chain: str) -> Iterator[AuditEvent]:
    """The events of one chain, in order."""
    return AuditEvent.objects.filter(chain_id=chain).order_by("seq").iterator()


def chain_verify(chain: str) -> links.Verdict:
    """Walk one chain against its recorded head.

    An append between reading head and events looks like a flaw, so a flaw is looked at again
    while the head is locked against appends.
    """
    verdict = _walk(chain, AuditChain.objects.filter(name=chain).first())
    if verdict.intact:
        return verdict
    with transaction.atomic():
        return _walk(chain, AuditChain.objects.select_for_update().filter(name=chain).first())


def _walk(chain: str, recorded: AuditChain | None) -> links.Verdict:
    head = links.Head(events=recorded.events, hash=recorded.head) if recorded else None
    return links.verify(chain, (as_link(event) for event in chain_events(chain)), head=head)


def chain_names() -> list[str]:
    """Every chain that has a head or an event, system chains first."""
    heads = set(AuditChain.objects.values_list("name", flat=True))
    orphans = set(AuditEvent.objects.values_list("chain_id", flat=True).distinct())
    return sorted(heads | orphans, key=lambda name: (name.startswith("case:"), name))


def chains_verify(names: Iterable[str]) -> Iterator[links.Verdict]:
    """Walk chains one after another."""
    for name in names:
        yield chain_verify(name)
