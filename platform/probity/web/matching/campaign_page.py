"""A campaign: all copies of one thing, when they came, how they differ, what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.cases.models import Case, CaseState, Category, EvidenceItem
from probity.decisions.models import Action
from probity.decisions.selectors import decision_current
from probity.evidence.models import Asset, Derivative
from probity.evidence.selectors import derivatives_concealed
from probity.matching.models import Cluster, Match
from probity.web.language.tables import CATEGORY_WORDS, TURNS
from probity.web.triage.actions_words import ACTION_WORDS
from probity.web.triage.queue_page import STATE_WORDS
from probity.web.words import plural, size

DAYS_MOST = 60


@dataclass(frozen=True)
class CopyCase:
    """One case that a copy came to."""

    case: Case
    category: str
    reports: int
    outcome: str


@dataclass(frozen=True)
class Variant:
    """One file: how it differs from the first, and the cases it came to. Never who reported it."""

    asset: Asset
    first_at: datetime
    facts: str
    differs: str
    cases: list[CopyCase]
    concealed: Derivative | None

    @property
    def reports(self) -> int:
        """How many reports there were of it."""
        return sum(each.reports for each in self.cases)


@dataclass(frozen=True)
class Day:
    """How many reports came on a day."""

    day: date
    count: int


@dataclass(frozen=True)
class Bar:
    """A day as a bar of the picture, in its units."""

    x: int
    y: int
    width: int
    height: int
    words: str


@dataclass(frozen=True)
class CampaignPage:
    """The page."""

    cluster: Cluster
    variants: list[Variant]
    days: list[Day]
    outcomes: list[tuple[str, int]]

    @property
    def cases(self) -> int:
        """How many cases."""
        return len({each.case.pk for variant in self.variants for each in variant.cases})

    @property
    def reports(self) -> int:
        """How many reports."""
        found = {each.case.pk: each.reports for v in self.variants for each in v.cases}
        return sum(found.values())

    @property
    def width(self) -> int:
        """Units across the picture: at least two weeks' worth, so that few bars stay slim."""
        span = (self.days[-1].day - self.days[0].day).days + 1 if self.days else 1
        return 10 * max(14, span)

    @property
    def bars(self) -> list[Bar]:
        """The days as bars, 60 units high for the busiest."""
        most = max((day.count for day in self.days), default=1)
        bars = []
        for day in self.days:
            high = max(3, round(60 * day.count / most))
            x = 10 * (day.day - self.days[0].day).days
            words = f"{day.day:%Y-%m-%d}: {plural(day.count, 'report', 'reports')}"
            bars.append(Bar(x, 68 - high, 8, high, words))
        return bars

    @property
    def first(self) -> datetime | None:
        """When the first copy came."""
        return self.variants[0].first_at if self.variants else None


def campaign_page(cluster: Cluster, *, person: Person) -> CampaignPage:
    """Gather it, without the files and cases this person may not see."""
    assets = [row.asset for row in cluster.members.select_related("asset")]
    items: dict[str, list[EvidenceItem]] = {}
    seen = visible(person, through="case")
    for item in EvidenceItem.objects.filter(seen, asset__in=assets).select_related("case"):
        items.setdefault(item.asset_id, []).append(item)
    if seen:
        assets = [asset for asset in assets if asset.pk in items]
    assets.sort(key=lambda asset: asset.received_at)
    blurred = derivatives_concealed([asset.pk for asset in assets])
    variants = [
        Variant(
            asset=asset,
            first_at=asset.received_at,
            facts=f"{asset.media_type or 'not opened'}, {size(asset.bytes)}",
            differs=_differs(asset, assets[0]),
            cases=[_case(item.case) for item in items.get(asset.pk, [])],
            concealed=blurred.get(asset.pk),
        )
        for asset in assets
    ]
    cases = {each.case.pk: each for variant in variants for each in variant.cases}
    outcomes = Counter(each.outcome for each in cases.values())
    return CampaignPage(cluster, variants, _days(list(cases.values())), outcomes.most_common())


def _case(case: Case) -> CopyCase:
    decision = decision_current(case) if case.state == CaseState.DECIDED else None
    outcome = ACTION_WORDS[Action(decision.action)] if decision else STATE_WORDS[_state(case)]
    return CopyCase(
        case=case,
        category=CATEGORY_WORDS[Category(case.category)],
        reports=case.reports.count(),
        outcome=outcome,
    )


def _state(case: Case) -> CaseState:
    return CaseState(case.state)


def _differs(asset: Asset, first: Asset) -> str:
    if asset.pk == first.pk:
        return gettext("The first one that came.")
    match = Match.objects.filter(asset=asset, entry=None).order_by("distance").first()
    if match is None:
        return gettext("Held together through another copy.")
    turned = f", {TURNS[match.turn]}" if match.turn else ""
    if match.signal == "sound":
        return gettext("Sounds alike, {value:.0f} % of the bits differ.").format(
            value=match.distance / 10
        )
    return gettext("{distance} of 256 bits from the copy nearest to it{turned}.").format(
        distance=match.distance, turned=turned
    )


def _days(cases: list[CopyCase]) -> list[Day]:
    counts: Counter[date] = Counter(
        report.received_at.date() for each in cases for report in each.case.reports.all()
    )
    return [Day(day, counts[day]) for day in sorted(counts)[-DAYS_MOST:]]
