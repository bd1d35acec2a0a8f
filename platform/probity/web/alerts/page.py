"""What the pages of alerts and watch-lists show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.alerts.models import (
    BY_BANK,
    BY_TERM,
    Alert,
    Level,
    Outcome,
    Rhythm,
    Subscription,
    Via,
    WatchKind,
    WatchList,
    WatchTerm,
)
from probity.alerts.selectors import alerts_list, watch_lists_all
from probity.cases.models import Case
from probity.matching.models import BankEntry, SignalKind
from probity.outbox.models import Endpoint
from probity.web.language.later import later

MOST = 100
KIND_WORDS = {
    WatchKind.CONTENT: (later("Known content"), later("Copies of what you hold the hash of.")),
    WatchKind.NAME: (
        later("Names in reports"),
        later("Reports that mention a name, in words or address."),
    ),
    WatchKind.SIGNER: (
        later("Claims to be us"),
        later("Files that carry your name as signer, unvouched for."),
    ),
    WatchKind.SEAL: (
        later("Our seal, altered"),
        later("Files with this house’s own seal that were changed."),
    ),
    WatchKind.LIKENESS: (
        later("A protected person"),
        later("Reports that name them, and copies of known content. No face is ever compared."),
    ),
}
SIGNAL_WORDS = {
    SignalKind.SHA256: later("SHA-256, the very same bytes"),
    SignalKind.MD5: later("MD5, the very same bytes"),
    SignalKind.PDQ: later("PDQ, pictures that look alike"),
    SignalKind.VIDEO: later("PDQ of a film’s picture"),
    SignalKind.SOUND: later("Sound"),
}
TYPED = (SignalKind.SHA256, SignalKind.MD5, SignalKind.PDQ, SignalKind.VIDEO)
LEVEL_WORDS = {
    Level.CERTAIN: later("Certain"),
    Level.LIKELY: later("Likely"),
    Level.POSSIBLE: later("Possible"),
}
LEVEL_ICONS = {Level.CERTAIN: "warn", Level.LIKELY: "warn", Level.POSSIBLE: "unknown"}
OUTCOME_WORDS = {Outcome.USEFUL: later("Useful"), Outcome.FALSE_ALARM: later("False alarm")}
RHYTHM_WORDS = {Rhythm.IMMEDIATE: later("At once"), Rhythm.DAILY: later("Once a day")}
VIA_WORDS = {Via.MAIL: "E-mail", Via.WEBHOOK: later("Webhook")}


@dataclass(frozen=True)
class AlertLine:
    """One alert in the list."""

    alert: Alert
    case: Case | None = None

    @property
    def level(self) -> str:
        """How sure it is."""
        return LEVEL_WORDS[Level(self.alert.level)]

    @property
    def icon(self) -> str:
        """Its drawing."""
        return "ok" if self.alert.outcome else LEVEL_ICONS[Level(self.alert.level)]

    @property
    def outcome(self) -> str:
        """What a person said of it."""
        return OUTCOME_WORDS[Outcome(self.alert.outcome)] if self.alert.outcome else ""


@dataclass(frozen=True)
class AlertsPage:
    """Alerts, the newest first."""

    lines: list[AlertLine]
    show: str
    watch_list: WatchList | None
    open_count: int
    all_count: int


@dataclass(frozen=True)
class AlertPage:
    """One alert: found, sure, to do, and who heard of it."""

    line: AlertLine
    told: int
    waiting: int
    asset_sealed: bool = False


@dataclass(frozen=True)
class ListLine:
    """One watch-list in the list of them."""

    watch_list: WatchList

    @property
    def words(self) -> str:
        """What it watches for."""
        return KIND_WORDS[WatchKind(self.watch_list.kind)][0]


@dataclass(frozen=True)
class ListsPage:
    """All lists, and the form for another."""

    lines: list[ListLine]
    kinds: list[tuple[str, str, str]]
    kept: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subscriber:
    """One address that was asked, or said yes."""

    row: Subscription

    @property
    def words(self) -> str:
        """How, when, and whether it has said yes."""
        how = VIA_WORDS[Via(self.row.via)].lower()
        if self.row.endpoint is not None:
            how = gettext("webhook to {name}").format(name=self.row.endpoint.name)
        return f"{RHYTHM_WORDS[Rhythm(self.row.rhythm)].lower()}, {how}"


@dataclass(frozen=True)
class ListPage:
    """One list: what stands on it and who is told."""

    line: ListLine
    terms: list[WatchTerm]
    entries: list[BankEntry]
    subscribers: list[Subscriber]
    alerts: list[AlertLine]
    endpoints: list[Endpoint]
    kept: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_term(self) -> bool:
        """Whether names stand on it."""
        return WatchKind(self.line.watch_list.kind) in BY_TERM

    @property
    def by_bank(self) -> bool:
        """Whether hashes stand on it."""
        return WatchKind(self.line.watch_list.kind) in BY_BANK

    @property
    def signer(self) -> bool:
        """Whether its names are those of signers."""
        return self.line.watch_list.kind == WatchKind.SIGNER

    @property
    def signals(self) -> list[tuple[str, str]]:
        """The kinds of hash that can be typed in."""
        return [(kind.value, SIGNAL_WORDS[kind]) for kind in TYPED]

    @property
    def rhythms(self) -> list[tuple[str, str]]:
        """When to tell."""
        return [(rhythm.value, words) for rhythm, words in RHYTHM_WORDS.items()]


def alerts_page(*, person: Person, show: str, watch_list: WatchList | None) -> AlertsPage:
    """Gather alerts this person may see; ``show`` is ``open`` or everything."""
    rows = alerts_list(person=person, watch_list=watch_list, show=show)[:MOST]
    every = alerts_list(person=person, watch_list=watch_list)
    return AlertsPage(
        lines=_lines(list(rows)),
        show=show,
        watch_list=watch_list,
        open_count=every.filter(outcome="").count(),
        all_count=every.count(),
    )


def alert_page(alert: Alert) -> AlertPage:
    """Gather one."""
    return AlertPage(
        line=_lines([alert])[0],
        told=alert.notices.exclude(told_at=None).count(),
        waiting=alert.notices.filter(told_at=None).count(),
    )


def lists_page(
    *, kept: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> ListsPage:
    """Gather all lists."""
    return ListsPage(
        lines=[ListLine(row) for row in watch_lists_all()],
        kinds=[(kind.value, *words) for kind, words in KIND_WORDS.items()],
        kept=kept or {},
        errors=errors or {},
    )


def list_page(
    watch_list: WatchList, *, person: Person, kept: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> ListPage:  # fmt: skip
    """Gather one list."""
    entries = (
        list(watch_list.bank.entries.filter(removed_at=None)[:MOST]) if watch_list.bank else []
    )
    subscribers = watch_list.subscriptions.filter(ended_at=None).select_related("endpoint")
    return ListPage(
        line=ListLine(watch_list),
        terms=list(watch_list.terms.filter(removed_at=None)),
        entries=entries,
        subscribers=[Subscriber(row) for row in subscribers],
        alerts=_lines(list(alerts_list(person=person, watch_list=watch_list)[:10])),
        endpoints=list(Endpoint.objects.filter(disabled_at=None)),
        kept=kept or {},
        errors=errors or {},
    )


def _lines(alerts: list[Alert]) -> list[AlertLine]:
    cases = Case.objects.in_bulk([alert.case for alert in alerts if alert.case])
    return [AlertLine(alert, cases.get(alert.case) if alert.case else None) for alert in alerts]
