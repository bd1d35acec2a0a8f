"""What is due to go today, and destroying it: case by case, thing by thing, whenever stopped."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, QuerySet

from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, CaseState
from probity.core.clock import now
from probity.evidence.models import Asset
from probity.evidence.services import asset_files_purge, bundles_delete

from .errors import UnderHold
from .forgetting import asset_let_go, cases_needing, export_forget, report_forget
from .models import SEALED, Anchor, CaseCleared
from .notes import case_notes_forget
from .schedules import Schedule, schedules
from .selectors import cases_held

logger = logging.getLogger(__name__)
WHY = "retention"


@dataclass(frozen=True)
class Due:
    """A case whose time is over: by which schedule, since when, and whether a hold keeps it."""

    case: Case
    schedule: Schedule
    since: datetime
    due_at: datetime
    held: bool


@dataclass
class Cleared:
    """What a run did."""

    cases: int = 0
    files: int = 0
    reports: int = 0
    bundles: int = 0
    left_to_others: int = 0
    held: int = 0
    failed: list[str] = field(default_factory=list)


def cases_due(
    *, times: Mapping[str, Schedule] | None = None, most: int | None = None
) -> list[Due]:  # fmt: skip
    """Decided cases whose time is over now, the longest overdue first."""
    chosen = schedules() if times is None else times
    found = [due for name in chosen if name != SEALED for due in _due_of(chosen[name], chosen)]
    found.sort(key=lambda due: due.due_at)
    return found[:most]


def _due_of(schedule: Schedule, chosen: Mapping[str, Schedule]) -> list[Due]:
    moment = now()
    rows = list(_decided(schedule, moment))
    sealed = _with_sealed(rows)
    held = cases_held([case.pk for case in rows])
    found = []
    for case in rows:
        days = max(schedule.days, chosen[SEALED].days) if case.pk in sealed else schedule.days
        since: datetime = case.counted  # type: ignore[attr-defined]
        due_at = since + timedelta(days=days)
        if due_at <= moment:
            found.append(Due(case, schedule, since, due_at, case.pk in held))
    return found


def _decided(schedule: Schedule, moment: datetime) -> QuerySet[Case]:
    """``counted``: the last decision, or the last report."""
    last = moment - timedelta(days=schedule.days)
    rows = Case.objects.filter(
        category=schedule.category, state=CaseState.DECIDED, removed_at=None, cleared=None
    )
    if schedule.anchor == Anchor.DECISION:
        return rows.filter(decided_at__lte=last).annotate(counted=F("decided_at"))
    return rows.annotate(counted=Max("reports__received_at")).filter(counted__lte=last)


def _with_sealed(rows: list[Case]) -> set[object]:
    sealed = Asset.objects.filter(items__case__in=rows, sealed_at__isnull=False)
    return set(sealed.values_list("items__case", flat=True))


def retention_run(*, most: int | None = None) -> Cleared:
    """Destroy what is due; a case that fails is told and tried again the next night."""
    done = Cleared()
    for due in cases_due(most=most):
        if due.held:
            done.held += 1
            continue
        try:
            _clear(due, done)
        except UnderHold:
            done.held += 1
        except Exception:
            logger.exception("Case %s is not cleared; it is tried again.", due.case.pk)
            done.failed.append(due.case.label)
    return done


def _clear(due: Due, done: Cleared) -> None:
    case, others = due.case, 0
    case_notes_forget(case=case, actor="system", why=WHY)
    files = [item.asset for item in case.items.select_related("asset")]
    for asset in files:
        kept = asset_let_go(case=case, asset=asset, actor="system", why=WHY)
        others += bool(kept)
        asset.refresh_from_db()
        asset_files_purge(asset)
    reports = list(case.reports.all())
    for report in reports:
        report_forget(report=report, actor="system", why=WHY, beyond=False)
    bundles = list(case.exports.filter(destroyed_at=None))
    for export in bundles:
        export_forget(export=export, actor="system", why=WHY)
    for export in case.exports.exclude(destroyed_at=None):
        bundles_delete(export.storage_folder)
    counted = {"files": len(files) - others, "reports": len(reports), "bundles": len(bundles)}
    _written(due, counted | {"left_to_others": others})
    done.cases += 1
    done.files += counted["files"]
    done.reports += counted["reports"]
    done.bundles += counted["bundles"]
    done.left_to_others += others


@transaction.atomic
def _written(due: Due, counted: Mapping[str, int]) -> None:
    case = Case.objects.select_for_update().get(pk=due.case.pk)
    schedule = due.schedule
    _, fresh = CaseCleared.objects.get_or_create(
        case=case,
        defaults={
            "at": now(), "days": schedule.days, "anchor": schedule.anchor, "since": due.since,
        },
    )  # fmt: skip
    if not fresh:
        return
    event_append(
        chain=case_chain(case.pk), name="retention.cleared", actor="system",
        payload={
            "days": schedule.days, "anchor": schedule.anchor, "since": due.since.isoformat(),
            **counted,
        },
    )  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What would go today under some times: cases, files and their bytes, files others keep."""

    cases: list[Due]
    held: list[Due]
    files: int
    bytes: int
    left_to_others: int


def retention_preview(times: Mapping[str, Schedule] | None = None) -> Preview:
    """Look without touching anything."""
    due = cases_due(times=times)
    free = [one for one in due if not one.held]
    going: dict[str, int] = {}
    others = 0
    for one in free:
        for item in one.case.items.select_related("asset"):
            if item.asset.destroyed_at:
                continue
            if cases_needing(item.asset, besides=one.case).exists():
                others += 1
            else:
                going[item.asset_id] = item.asset.bytes
    held = [one for one in due if one.held]
    return Preview(free, held, len(going), sum(going.values()), others)
