"""Reading misuse: for whom something counts, and suspensions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from probity.core.clock import now
from probity.core.errors import NotFound

from .misuse import counted, warning_of
from .misuse_models import Manifest, MisuseWarning, Suspension
from .party import PartyOf


@dataclass(frozen=True)
class Standing:
    """A party, how much counts within the window, its warning, its latest suspension."""

    party: PartyOf
    count: int
    warning: MisuseWarning | None
    suspension: Suspension | None

    @property
    def name(self) -> str:
        """How pages call it; a reporter is never named."""
        if self.party.uploader is not None:
            return f"Account {self.party.uploader.reference or '(erased)'}"
        if self.party.sender is not None:
            return self.party.sender.name
        return "Somebody who reported"

    @property
    def may_warn(self) -> bool:
        """Whether enough counts, and no warning stands."""
        return self.count >= settings.MISUSE_LEAST and self.warning is None

    @property
    def may_propose(self) -> bool:
        """Whether something came after the warning, and no suspension is under way."""
        running = self.suspension and self.suspension.state in {"proposed", "in_force"}
        warned = self.warning is not None
        return warned and not running and self.since_warning > 0

    @property
    def since_warning(self) -> int:
        """How much came after the warning."""
        if self.warning is None:
            return 0
        return counted(self.party).filter(at__gt=self.warning.at).count()


def standing_of(party: PartyOf) -> Standing:
    """Where a party stands now."""
    return Standing(
        party=party,
        count=counted(party).count(),
        warning=warning_of(party),
        suspension=Suspension.objects.filter(party.matching).order_by("-proposed_at").first(),
    )


def standings() -> list[Standing]:
    """Every party for which something counts now, most first; a reporter's address once."""
    since = now() - timedelta(days=settings.MISUSE_WINDOW_DAYS)
    rows = Manifest.objects.filter(withdrawn_at=None, at__gte=since).select_related(
        "uploader", "sender", "reporter__contact", "reporter__sender"
    )
    parties: dict[str, PartyOf] = {}
    for row in rows:
        party = PartyOf(uploader=row.uploader, sender=row.sender, reporter=row.reporter)
        parties.setdefault(_once(party), party)
    return sorted(map(standing_of, parties.values()), key=lambda each: -each.count)


def suspensions() -> QuerySet[Suspension]:
    """Proposed and in force first, then the latest."""
    rows = Suspension.objects.select_related("uploader", "sender", "proposer", "second", "warning")
    return rows.order_by("ended_at", "-proposed_at")


def suspension_find(suspension_id: UUID) -> Suspension:
    """A suspension by id; raises NotFound."""
    found = suspensions().filter(pk=suspension_id).first()
    if found is None:
        raise NotFound("There is no suspension with this id.")
    return found


def party_of(row: Suspension) -> PartyOf:
    """Whom a suspension concerns."""
    return PartyOf(uploader=row.uploader, sender=row.sender, reporter=row.reporter)


def _once(party: PartyOf) -> str:
    contact = getattr(party.reporter, "contact", None)
    return f"address:{contact.email.lower()}" if contact else party.told
