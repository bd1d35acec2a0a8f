"""What would be sent to the DSA Transparency Database, what is not and why, what it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from probity.accounts.models import Person
from probity.cases.access import cases_seen, visible
from probity.notices.models import EntryState, TransparencyCall, TransparencyEntry
from probity.notices.transparency.build import Built
from probity.notices.transparency.sending import export_plan
from probity.web.language.later import later

SHOWN = 50
#: So many due decisions are built for a page at most; the command builds all of them.
BUILT = 500
OUTCOMES = {
    "stored": later("Stored"),
    "refused": later("Refused: something in the batch was not accepted"),
    "unknown": later("No usable answer"),
}


@dataclass(frozen=True)
class Ready:
    """A statement as it would be sent."""

    built: Built
    json: str


@dataclass(frozen=True)
class Call:
    """One call of the interface."""

    row: TransparencyCall
    outcome: str


@dataclass(frozen=True)
class DatabasePage:
    """The page."""

    ready: list[Ready]
    ready_count: int
    refused: list[Built]
    refused_count: int
    turned_down: list[TransparencyEntry]
    kept: int
    unsettled: int
    calls: list[Call]
    configured: bool
    cut: bool
    form: str = ""
    draft: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def database_page(
    person: Person, *, form: str = "", draft: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> DatabasePage:  # fmt: skip
    """Gather it."""
    plan = export_plan(limit=BUILT)
    ready, held = (_seen(person, rows) for rows in (plan.ready, plan.refused))
    entries = TransparencyEntry.objects.all()
    refused = entries.filter(state=EntryState.REFUSED).select_related("decision__case")
    return DatabasePage(
        ready=[
            Ready(row, json.dumps(row.body, ensure_ascii=False, indent=2)) for row in ready[:SHOWN]
        ],
        ready_count=len(plan.ready),
        refused=held[:SHOWN],
        refused_count=len(plan.refused),
        turned_down=list(refused.filter(visible(person, through="decision__case"))[:SHOWN]),
        kept=entries.filter(state__in=[EntryState.STORED, EntryState.EXISTING]).count(),
        unsettled=entries.filter(state=EntryState.SENDING).count(),
        calls=[
            Call(row, OUTCOMES.get(row.outcome, row.outcome))
            for row in TransparencyCall.objects.order_by("-at")[:10]
        ],
        configured=bool(settings.TRANSPARENCY_URL and settings.TRANSPARENCY_TOKEN),
        cut=len(plan.ready) + len(plan.refused) >= BUILT,
        form=form,
        draft=draft or {},
        errors=errors or {},
    )


def _seen(person: Person, rows: list[Built]) -> list[Built]:
    """Those whose case this person may see; the counts are of all."""
    seen = cases_seen(person, [row.decision.case_id for row in rows])
    return [row for row in rows if row.decision.case_id in seen]
