"""For how long a category is kept: what we suggest and why, what an administrator set instead.

All days are counted after a case was decided or last reported; an undecided case never goes. DSA =
Reg. (EU) 2022/2065; complaints are open for six months, which 184 days always cover.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.cases.models import CATEGORY_WORDS, Category
from probity.core.clock import now
from probity.core.errors import InvalidInput

from .models import SEALED, Anchor, RetentionSchedule
from .texts import plain

DAYS_MOST = 36_500
COMPLAINTS = (
    "Complaints are open for six months after the decision (DSA art. 20(1)); 31 days are added for "
    "one that comes on the last day."
)


@dataclass(frozen=True)
class Schedule:
    """One category's time. ``set_by`` is empty while it is the default."""

    category: str
    words: str
    days: int
    anchor: Anchor
    why: str
    set_by: str = ""


FRAUD = (
    "Fraud is often reported to the police months later; a year leaves time for a preservation "
    "request, which is a legal hold."
)
LIMITATION = (
    "An action for defamation must begin within a year in many places (England: Limitation Act "
    "1980 s. 4A; California: Code Civ. Proc. § 340(c)); 31 days are added for notice of it."
)
PRESERVED = (
    "What a provider reports to the CyberTipline it preserves for one year (18 U.S.C. 2258A(h)(1), "
    "REPORT Act 2024). Counted for any case with a sealed file, where that is longer."
)
CONTESTED = (
    "Disputes about an election are over within a year, complaints (DSA art. 20) before that."
)

DEFAULTS: dict[str, tuple[int, str]] = {
    Category.INTIMATE: (215, COMPLAINTS + " Nobody gains from keeping intimate media longer."),
    Category.ELECTION: (365, CONTESTED),
    Category.IMPERSONATION: (365, FRAUD),
    Category.ADVERTISING: (215, COMPLAINTS),
    Category.DEFAMATION: (396, LIMITATION),
    Category.OTHER: (215, COMPLAINTS),
    SEALED: (365, PRESERVED),
}


def schedules() -> dict[str, Schedule]:
    """Every category's time as it stands now."""
    rows = RetentionSchedule.objects.select_related("set_by").order_by("set_at")
    latest = {row.category: row for row in rows}
    return {name: _schedule(name, latest.get(name)) for name in DEFAULTS}


def _schedule(name: str, row: RetentionSchedule | None) -> Schedule:
    words = "Sealed files" if name == SEALED else CATEGORY_WORDS[Category(name)]
    if row is None:
        days, why = DEFAULTS[name]
        return Schedule(name, words, days, Anchor.DECISION, why)
    return Schedule(name, words, row.days, Anchor(row.anchor), row.why, row.set_by.username)


def schedule_read(*, category: str, days: object, anchor: str, why: str = "–") -> Schedule:
    """A schedule as somebody typed it; raises InvalidInput with a sentence for each wrong field."""
    wrong: dict[str, str] = {}
    text = str(days).strip()
    if category not in DEFAULTS:
        wrong["category"] = f"Choose a category: {', '.join(DEFAULTS)}."
    if not text.isdecimal() or not 1 <= int(text[:6]) <= DAYS_MOST:
        wrong["days"] = f"Days are a whole number from 1 to {DAYS_MOST}."
    if anchor not in set(Anchor):
        wrong["anchor"] = f"Count from one of: {', '.join(Anchor)}."
    if not plain(why) or len(why) > 500:
        wrong["why"] = "Say why, with the law if there is one, in at most 500 characters."
    if wrong:
        raise InvalidInput.of(wrong)
    words = schedules()[category].words
    return Schedule(category, words, int(text), Anchor(anchor), plain(why))


@transaction.atomic
def schedule_set(
    *, category: str, days: object, anchor: str, why: str, actor: Actor
) -> RetentionSchedule:
    """Set a category's time from now on. Raises NotAllowed, InvalidInput."""
    person = actor.require_person(Ability.RETENTION_MANAGE)
    wanted = schedule_read(category=category, days=days, anchor=anchor, why=why)
    was = schedules()[category]
    row = RetentionSchedule.objects.create(
        category=category, days=wanted.days, anchor=wanted.anchor, why=wanted.why, set_by=person,
        set_at=now(),
    )  # fmt: skip
    event_append(
        chain=SYSTEM_CHAIN,
        name="retention.set",
        actor=actor.name,
        payload={
            "schedule": str(row.pk), "category": category, "was_days": was.days,
            "was_anchor": was.anchor, "days": row.days, "anchor": row.anchor,
        },
    )  # fmt: skip
    return row
