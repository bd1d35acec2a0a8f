"""How urgent a case is: points, each with its reason in words. Pure: signals in, reasons out.

The clock counts in steps, so that a case's points change at known moments only; in between, cases
of equal points are ordered by their deadline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .models import CATEGORY_WORDS, Category, SenderKind, Severity

#: The most points of one kind, and the least: beyond it a slip of the pen is likelier.
WEIGHT_MAX = 1_000
DEMONSTRATION = -100_000
DOUBLINGS_MAX = 6
DAYS_MAX = 14
DAY = timedelta(days=1)

#: From which time left on a clock counts how much: the weight's name, hours left.
STEPS = (("within_2h", 2), ("within_8h", 8), ("within_24h", 24), ("within_72h", 72))

DEFAULTS: Mapping[str, int] = {
    "late": 120,
    "within_2h": 100,
    "within_8h": 80,
    "within_24h": 55,
    "within_72h": 30,
    "later": 10,
    "own_target_percent": 50,
    "placeless_percent": 50,
    "harm_critical": 70,
    "harm_high": 45,
    "harm_medium": 20,
    "harm_low": 5,
    "reports_doubling": 6,
    "spread_doubling": 5,
    "trusted_flagger": 30,
    "authority": 40,
    "escalated": 50,
    "waiting_day": 2,
}

WEIGHT_WORDS: Mapping[str, str] = {
    "late": "A deadline has passed",
    "within_2h": "Less than 2 hours are left",
    "within_8h": "Less than 8 hours are left",
    "within_24h": "Less than 24 hours are left",
    "within_72h": "Less than 72 hours are left",
    "later": "More time is left",
    "own_target_percent": "A target of our own counts for this share of a legal deadline (percent)",
    "placeless_percent": "A possible deadline of a place that nobody named counts for (percent)",
    "harm_critical": "A file is sealed because it may show a minor",
    "harm_high": "Grave harm: intimate imagery, elections",
    "harm_medium": "Harm: impersonation, fraud, defamation",
    "harm_low": "Other harm",
    "reports_doubling": "Each doubling of the number of reports",
    "spread_doubling": "Each doubling of the number of known places and copies",
    "trusted_flagger": "A trusted flagger reported it",
    "authority": "An authority reported it",
    "escalated": "It was escalated",
    "waiting_day": f"Each day of waiting, {DAYS_MAX} days at most",
}

SEVERITY: Mapping[str, Severity] = {
    Category.INTIMATE: Severity.HIGH,
    Category.ELECTION: Severity.HIGH,
    Category.IMPERSONATION: Severity.MEDIUM,
    Category.ADVERTISING: Severity.MEDIUM,
    Category.DEFAMATION: Severity.MEDIUM,
    Category.OTHER: Severity.LOW,
}


@dataclass(frozen=True)
class Ticking:
    """A running clock. ``own``: a target of our own, not the law's. ``placeless``: of a rule that
    may yet apply, in a case of which nobody has said what place it is about."""

    due_at: datetime
    started_at: datetime
    title: str = ""
    own: bool = False
    placeless: bool = False


@dataclass(frozen=True)
class Signals:
    """What is known of a case that bears on its urgency. ``spread``: known places and copies.

    Of several clocks the one that counts most is told; the others add nothing.
    """

    category: str
    opened_at: datetime
    sealed: bool = False
    clocks: tuple[Ticking, ...] = ()
    reports: int = 1
    spread: int = 0
    sender_kinds: frozenset[str] = field(default_factory=frozenset)
    escalated: bool = False
    demonstration: bool = False

    @property
    def severity(self) -> Severity:
        """How grave the harm is if the report is right."""
        return Severity.CRITICAL if self.sealed else SEVERITY.get(self.category, Severity.LOW)


@dataclass(frozen=True)
class Reason:
    """One line of the sum: its kind, its points, a few words and a whole sentence."""

    code: str
    points: int
    short: str
    sentence: str

    def to_dict(self) -> dict[str, object]:
        """JSON-plain."""
        return dict(vars(self))


@dataclass(frozen=True)
class Priority:
    """The sum, its reasons with the heaviest first, and when it changes by itself."""

    points: int
    reasons: list[Reason]
    next_at: datetime | None


def priority_of(signals: Signals, *, weights: Mapping[str, int], at: datetime) -> Priority:
    """Points of a case at a moment under given weights (every key of ``DEFAULTS``)."""
    if signals.demonstration:
        shown = "A demonstration: every real case goes before it."
        reason = Reason("demonstration", DEMONSTRATION, "demonstration", shown)
        return Priority(DEMONSTRATION, [reason], None)
    reasons = [reason for reason in _reasons(signals, weights, at) if reason.points]
    reasons.sort(key=lambda reason: -reason.points)
    moments = [moment for moment in _moments(signals) if moment > at]
    return Priority(sum(reason.points for reason in reasons), reasons, min(moments, default=None))


def _reasons(signals: Signals, weights: Mapping[str, int], at: datetime) -> Iterator[Reason]:
    ticking = [_clock(clock, weights, at) for clock in sorted(signals.clocks, key=_due)]
    if ticking:
        yield max(ticking, key=lambda reason: reason.points)
    yield _harm(signals, weights)
    for kind, words, sentence in (
        (SenderKind.AUTHORITY, "authority", "An authority reported it."),
        (SenderKind.TRUSTED_FLAGGER, "trusted flagger", "A trusted flagger reported it."),
    ):
        if kind in signals.sender_kinds:
            yield Reason(kind, weights[kind], words, sentence)
            break
    doublings = _doublings(signals.reports)
    many = f"{signals.reports} reports"
    yield Reason("reports", doublings * weights["reports_doubling"], many, f"{many} came in.")
    spread = _doublings(signals.spread)
    seen = f"{signals.spread} known places and copies"
    yield Reason("spread", spread * weights["spread_doubling"], seen, f"It has {seen}.")
    if signals.escalated:
        yield Reason("escalated", weights["escalated"], "escalated", "Somebody escalated it.")
    days = min(DAYS_MAX, (at - signals.opened_at) // DAY)
    waited = f"waiting for {days} {'day' if days == 1 else 'days'}"
    yield Reason("waiting", days * weights["waiting_day"], waited, f"It is {waited}.")


def _clock(clock: Ticking, weights: Mapping[str, int], at: datetime) -> Reason:
    left = clock.due_at - at
    name = "late" if left <= timedelta(0) else "later"
    for step, hours in STEPS:
        if name != "late" and left <= timedelta(hours=hours):
            name = step
            break
    points, whose = weights[name], "legal deadline"
    span = f"{hours_words(clock.due_at - clock.started_at)} clock"
    if clock.own:
        points, whose = points * weights["own_target_percent"] // 100, "target of our own"
    elif clock.placeless:
        points = points * weights["placeless_percent"] // 100
        whose, span = "possible deadline, as no place was named", f"possible {span}"
    told = {
        "late": f"A {whose} has passed: {clock.title}.",
        "later": f"A {whose} is more than 72 hours away: {clock.title}.",
    }
    near = f"{WEIGHT_WORDS[name]} of a {whose}: {clock.title}."
    return Reason("clock", points, span, told.get(name, near))


def _due(clock: Ticking) -> datetime:
    return clock.due_at


def _harm(signals: Signals, weights: Mapping[str, int]) -> Reason:
    severity = signals.severity
    points = weights[f"harm_{severity}"]
    if severity == Severity.CRITICAL:
        return Reason("harm", points, "may show a minor", "A file may show a minor; it is sealed.")
    words = CATEGORY_WORDS[Category(signals.category)].lower()
    return Reason("harm", points, words, f"What is reported: {words}.")


def _moments(signals: Signals) -> Iterator[datetime]:
    for clock in signals.clocks:
        yield clock.due_at
        for _, hours in STEPS:
            yield clock.due_at - timedelta(hours=hours)
    for day in range(1, DAYS_MAX + 1):
        yield signals.opened_at + day * DAY


def _doublings(count: int) -> int:
    return min(DOUBLINGS_MAX, max(0, count).bit_length() - 1) if count > 0 else 0


def hours_words(span: timedelta) -> str:
    """A length of time as one says it of a clock: 48 h, 14 d, 30 min."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours <= 96 else f"{round(hours / 24)} d"


def why_line(reasons: list[dict[str, object]], *, since: datetime | None, at: datetime) -> str:
    """The kept reasons in one line: "48 h clock at 31 h; intimate imagery; 14 reports".

    ``since`` is when the nearest clock began.
    """
    words = []
    for reason in reasons:
        said = str(reason["short"])
        if reason["code"] == "clock" and since:
            said = f"{said} at {hours_words(at - since)}"
        words.append(said)
    return "; ".join(words)
