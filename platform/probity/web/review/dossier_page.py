"""The whole history of a case, and whether it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_events, chain_verify
from probity.audit.services import case_chain
from probity.cases.models import Case, CaseState, Category
from probity.core.clock import now
from probity.decisions.selectors import decision_current
from probity.evidence.models import Asset
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.triage.decided import Decided, decided
from probity.web.triage.queue_page import STATE_WORDS

from .custody_page import CustodyOf, custody_page
from .kinds import kinds_of, shown
from .log_words import log_words
from .replay import Entry, actor_words, entry


@dataclass(frozen=True)
class DossierPage:
    """A case for a legal reviewer."""

    case: Case
    category: str
    state: str
    in_force: Decided | None
    assets: list[Asset]
    entries: list[Entry]
    intact: bool
    sentence: str
    head: str
    read_at: datetime
    log: str
    kinds: list[tuple[str, str, int, bool]]
    custody: list[CustodyOf]

    @property
    def differing(self) -> list[Entry]:
        """Entries whose stored rows are no longer what the log vouches for."""
        return [row for row in self.entries if row.check and row.check.good is False]

    @property
    def sound(self) -> bool:
        """Whether the chain is intact and every row it vouches for is unchanged."""
        return self.intact and not self.differing


def dossier_page(case: Case, *, show: str = "") -> DossierPage:
    """Walk the chain, tell it, check it. ``show`` narrows what is listed to one kind of event."""
    chain = case_chain(case.pk)
    verdict = chain_verify(chain)
    name_of = cache(actor_words)
    decision = decision_current(case)
    entries = [
        _tell(event, who=name_of(event.actor), broken=event.seq == verdict.place)
        for event in chain_events(chain)
    ]
    return DossierPage(
        case=case,
        category=CATEGORY_WORDS[Category(case.category)],
        state=STATE_WORDS[CaseState(case.state)],
        in_force=decided(decision) if decision else None,
        assets=[item.asset for item in case.items.select_related("asset")],
        entries=[row for row in entries if shown(row, show)],
        intact=verdict.intact,
        sentence=_plain(verdict.sentence, chain),
        head=verdict.head.hash if verdict.head else "",
        read_at=now(),
        log=log_words(chain),
        kinds=kinds_of(entries, show),
        custody=[custody_page(item.asset, name_of) for item in case.items.select_related("asset")],
    )


def _tell(event: AuditEvent, *, who: str, broken: bool) -> Entry:
    """An altered payload may be missing what the telling needs: then it is shown bare."""
    try:
        return entry(event, who=who, broken=broken)
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError):
        what = gettext("An unreadable event called “{name}”.").format(name=event.name)
        return Entry(event.seq, event.at, who, what, event.name, event.hash, broken=broken)


def _plain(sentence: str, chain: str) -> str:
    """The verdict without the chain's name, which is the case's own."""
    plain = sentence.replace(f"Chain {chain}: ", "").replace(f"Chain {chain}, ", "")
    return plain[:1].upper() + plain[1:]
