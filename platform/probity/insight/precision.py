"""How often people agreed, in cases decided here, with a detector that spoke for manipulation.

It stands beside a detector's finding and in the figures. It enters no calibration: people saw the
finding before they answered, and which files come here is no fair sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.analysis.models import Finding, FindingKind
from probity.cases.models import CATEGORY_WORDS, Case, CaseState, Category
from probity.core.clock import now
from probity.core.shares import wilson
from probity.decisions.models import FactAnswer

from .figures import Chart, Figure, Series, Span, Value, share
from .flow import cases_real
from .outcomes import ASKED

#: From so many cases on it is told on the case page; fewer say next to nothing.
TOLD_FROM = 20
#: How far back the case page looks, how many of the latest answers, and how long it keeps them.
BACK = timedelta(days=365)
MOST = 5000
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Tally:
    """One detector in one category: cases in which it spoke for manipulation, and in how many of
    them a person answered that the media was made or changed."""

    spoke: int
    confirmed: int
    title: str = ""

    @property
    def sentence(self) -> str:
        """What the case page says; empty while there are too few."""
        bounds = wilson(self.confirmed, self.spoke)
        if self.spoke < TOLD_FROM or bounds is None:
            return ""
        low, high = (round(100 * bound) for bound in bounds)
        return gettext(
            "In {spoke} decided cases of this category here it spoke for "
            "manipulation; in {confirmed} of them people said so too (95 % interval "
            "{low} to {high} %)."
        ).format(spoke=self.spoke, confirmed=self.confirmed, low=low, high=high)


def tallies_of(category: str) -> Mapping[str, Tally]:
    """Each detector's tally in one category over the last year, kept for an hour."""
    key = f"precision:{category}"
    known: dict[str, tuple[int, int]] | None = cache.get(key)
    if known is None:
        cases = Case.objects.filter(
            category=category, demonstration="", state=CaseState.DECIDED,
            decided_at__gte=now() - BACK,
        ).order_by("-decided_at")  # fmt: skip
        found = _count(_answers(list(cases.values_list("pk", flat=True)[:MOST])))
        known = {producer: (row.spoke, row.confirmed) for producer, row in found.items()}
        cache.set(key, known, KEPT_SECONDS)
    return {producer: Tally(*row) for producer, row in known.items()}


def precision(person: Person | None, span: Span) -> Figure:
    """For cases decided in these days: each detector that spoke for manipulation, by category."""
    rows: list[list[Value]] = []
    lows, highs = [], []
    decided = cases_real(person).filter(decided_at__gte=span.begins, decided_at__lt=span.ends)
    for category in Category:
        cases = decided.filter(category=category).values_list("pk", flat=True)
        for _, row in sorted(_count(_answers(list(cases))).items()):
            low, high = wilson(row.confirmed, row.spoke) or (0.0, 1.0)
            rows.append(
                [row.title, CATEGORY_WORDS[category], row.spoke, row.confirmed,
                 share(row.confirmed, row.spoke), round(low, 3), round(high, 3)]
            )  # fmt: skip
            lows.append(low)
            highs.append(high)
    return Figure(
        key="precision",
        title=gettext("Detectors that spoke for manipulation"),
        says=gettext(
            "{sum} findings spoke for manipulation in decided cases where people "
            "said whether the media was made or changed."
        ).format(sum=sum(int(row[2] or 0) for row in rows)),
        columns=(
            gettext("Detector"),
            gettext("Category"),
            "n",
            gettext("People said so too"),
            gettext("Share"),
            gettext("from"),
            gettext("to"),
        ),
        rows=rows,
        chart=Chart(
            unit=gettext("share in which people said so too, with its 95 % interval"),
            labels=[f"{row[0]}: {row[1]}" for row in rows],
            counts=[int(row[2] or 0) for row in rows],
            series=[
                Series(gettext("Said so too"), [float(row[4] or 0) for row in rows], lows, highs)
            ],
            top=1.0,
        ),
        note=(
            gettext(
                "n counts cases. People saw the findings before they answered, so this "
                "is agreement "
                "and no error rate; it enters no calibration."
            )
        ),
    )


def _answers(cases: list[UUID]) -> dict[UUID, bool]:
    """What people last said of each case, true or false."""
    rows = (
        FactAnswer.objects.filter(case__in=cases, name=ASKED)
        .order_by("case", "-at")
        .distinct("case")
    )
    return {row.case_id: row.value for row in rows if isinstance(row.value, bool)}


def _count(said: Mapping[UUID, bool]) -> dict[str, Tally]:
    """Per detector, the cases with a file for which its latest finding spoke for manipulation."""
    latest = (
        _detected()
        .filter(asset__items__case__in=said)
        .order_by("asset__items__case", "asset", "producer", "-made_at")
        .distinct("asset__items__case", "asset", "producer")
    )
    titles: dict[str, str] = {}
    spoke: set[tuple[str, UUID]] = set()
    for producer, title, case, status, llr in latest.values_list(
        "producer", "title", "asset__items__case", "status", "llr"
    ):
        if status == "ok" and llr is not None and llr > 0:
            titles[producer] = title
            spoke.add((producer, case))
    all_of = Counter(producer for producer, _ in spoke)
    confirmed = Counter(producer for producer, case in spoke if said[case])
    return {
        producer: Tally(count, confirmed[producer], titles[producer])
        for producer, count in all_of.items()
    }


def _detected() -> QuerySet[Finding]:
    return Finding.objects.filter(kind=FindingKind.DETECTOR)
