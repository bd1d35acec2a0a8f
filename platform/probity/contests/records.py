"""How reliable reports were, from what became of them: by organisation (DSA art. 22) and by sender.

A record informs; it decides nothing. Nobody is heard less because of it (see ``workflow``: what is
taken in never asks here), and below a least number nothing is said at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from probity.cases.models import Report
from probity.core.shares import wilson
from probity.decisions.models import Action, Decision
from probity.decisions.selectors import decisions_current
from probity.parties.models import Sender

from .models import AppealRuling, Manifest
from .words import Misuse, Outcome

#: So many reports have to be decided before a share says anything.
LEAST = 5


@dataclass(frozen=True)
class Record:
    """What became of somebody's reports. ``low`` and ``high`` bound the share that was acted on
    (Wilson, 95 %); None below LEAST. ``mean_hours`` is from report to the decision in force."""

    received: int
    decided: int
    acted: int
    unfounded: int
    reversed: int
    mean_hours: float | None
    low: float | None
    high: float | None

    @property
    def enough(self) -> bool:
        """Whether there is enough to say anything."""
        return self.decided >= LEAST

    @property
    def share(self) -> float | None:
        """The share that was acted on."""
        return self.acted / self.decided if self.enough else None

    @property
    def sentence(self) -> str:
        """The record as people read it."""
        if self.received == 0:
            return "No report yet."
        if self.low is None or self.high is None:
            return (
                f"{self.decided} of at least {LEAST} reports are decided: too few to say anything."
            )
        return (
            f"{self.acted} of {self.decided} reports were acted on; with so many, the true share "
            f"lies between {round(self.low * 100)} % and {round(self.high * 100)} % (95 %)."
        )


def record_of_sender(sender: Sender, *, since: datetime | None = None) -> Record:
    """An organisation's record."""
    return record_of(_since(Report.objects.filter(sender=sender), since))


def record_of_reporter(report: Report) -> Record | None:
    """The record of whoever sent this report: their organisation's, or that of all reports with the
    same address. None where the report left none: then nobody is known."""
    if report.sender is not None:
        return record_of_sender(report.sender)
    contact = getattr(report, "contact", None)
    if contact is None or not contact.email:
        return None
    return record_of(Report.objects.filter(sender=None, contact__email__iexact=contact.email))


def record_of(reports: QuerySet[Report]) -> Record:
    """Count outcomes: what is in force now counts, so a reversal on appeal counts as reversed."""
    rows = list(reports.filter(case__demonstration="").select_related("case"))
    force = decisions_current({row.case for row in rows})
    decided = [(row, force[row.case_id]) for row in rows if row.case_id in force]
    acted = sum(decision.action != Action.NO_ACTION for _, decision in decided)
    bounds = wilson(acted, len(decided)) if len(decided) >= LEAST else None
    low, high = bounds or (None, None)
    return Record(
        received=len(rows),
        decided=len(decided),
        acted=acted,
        unfounded=Manifest.objects.filter(
            kind=Misuse.UNFOUNDED_NOTICE, withdrawn_at=None, subject__in=[row.pk for row in rows]
        ).count(),
        reversed=_reversed({row.case_id for row in rows}),
        mean_hours=_mean(decided),
        low=low,
        high=high,
    )


CSV_HEAD = (
    "name", "kind", "areas", "awarded by", "awarded on", "ended on", "received", "decided",
    "acted on", "manifestly unfounded", "reversed on appeal", "mean hours to decision",
    "share acted on", "low", "high",
)  # fmt: skip


def record_lines(
    senders: Iterable[Sender], *, since: datetime | None = None
) -> list[tuple[Sender, Record]]:
    """Every organisation with its record."""
    return [(sender, record_of_sender(sender, since=since)) for sender in senders]


def csv_line(sender: Sender, record: Record) -> list[object]:
    """One line of the export, as ``CSV_HEAD`` names it."""
    numbers: Mapping[str, object] = {
        "received": record.received, "decided": record.decided, "acted": record.acted,
        "unfounded": record.unfounded, "reversed": record.reversed,
        "hours": _rounded(record.mean_hours, 1), "share": _rounded(record.share, 3),
        "low": _rounded(record.low, 3), "high": _rounded(record.high, 3),
    }  # fmt: skip
    texts = [
        sender.name, sender.kind, " ".join(sender.areas), sender.award_authority,
        sender.awarded_on.isoformat(), sender.ended_on.isoformat() if sender.ended_on else "",
    ]  # fmt: skip
    return [*texts, *numbers.values()]


def _since(rows: QuerySet[Report], since: datetime | None) -> QuerySet[Report]:
    return rows.filter(received_at__gte=since) if since else rows


def _mean(decided: list[tuple[Report, Decision]]) -> float | None:
    waits = [max(decision.at - row.received_at, timedelta()) for row, decision in decided]
    return sum(waits, timedelta()) / len(waits) / timedelta(hours=1) if waits else None


def _reversed(cases: set[UUID]) -> int:
    rulings = AppealRuling.objects.filter(~Q(outcome=Outcome.UPHELD), fell_at=None)
    closed = rulings.filter(appeal__case__in=cases, appeal__state="closed")
    return closed.values("appeal__case").distinct().count()


def _rounded(value: float | None, places: int) -> object:
    return "" if value is None else round(value, places)
