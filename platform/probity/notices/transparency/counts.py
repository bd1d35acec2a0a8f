"""Counts for the reports that DSA art. 15 and 24 ask of a platform: decisions, never people."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from probity.decisions.models import Decision
from probity.decisions.statements import grounds_of

from .build import decisions_due
from .mapping import mapping

HEAD = (
    "category", "ground", "measure", "source", "automated_decision", "decisions",
    "median_hours_from_first_report",
)  # fmt: skip


@dataclass(frozen=True)
class Count:
    """How many decisions share a row's first five columns, and how long the middle one took.

    A decision with several measures counts once in the row of each.
    """

    category: str
    ground: str
    measure: str
    source: str
    automation: str
    decisions: int
    median_hours: float | None


def decisions_counted(*, since: datetime, until: datetime) -> list[Count]:
    """Decisions that took effect in the period, grouped as ``Count`` is."""
    rows = decisions_due().filter(
        standing__effective_at__gte=since, standing__effective_at__lt=until
    )
    grouped: dict[tuple[str, ...], list[float | None]] = defaultdict(list)
    for decision in rows:
        for key in _keys(decision):
            grouped[key].append(_hours(decision))
    return [_count(key, hours) for key, hours in sorted(grouped.items())]


def counts_csv(counts: Iterable[Count]) -> str:
    """The counts as CSV with a head line; every cell is a word of ours or a number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for row in counts:
        middle = "" if row.median_hours is None else f"{row.median_hours:.1f}"
        writer.writerow(
            [row.category, row.ground, row.measure, row.source, row.automation, row.decisions,
             middle]
        )  # fmt: skip
    return out.getvalue()


def _keys(decision: Decision) -> list[tuple[str, ...]]:
    grounds = {row["ground"] for row in grounds_of(decision) if row["ground"]}
    ground = "illegal_content" if "illegal_content" in grounds else next(iter(grounds), "none")
    first = decision.case.reports.order_by("received_at").first()
    source = first.sender_kind if first else "none"
    automation = decision.automation.get("decision", "not_automated")
    return [
        (decision.case.category, ground, row.action, source, automation)
        for row in decision.measures.all()
        if row.action in mapping().measures
    ]


def _hours(decision: Decision) -> float | None:
    first = decision.case.reports.order_by("received_at").first()
    if first is None or decision.standing.effective_at is None:
        return None
    return (decision.standing.effective_at - first.received_at).total_seconds() / 3600


def _count(key: tuple[str, ...], hours: list[float | None]) -> Count:
    known = [value for value in hours if value is not None]
    category, ground, measure, source, automation = key
    return Count(
        category, ground, measure, source, automation, len(hours),
        median(known) if known else None,
    )  # fmt: skip
