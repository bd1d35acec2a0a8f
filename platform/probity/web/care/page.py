"""What the pages of care show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from probity.accounts.models import Person
from probity.care.counts import DayCounts, days_counted
from probity.care.models import SHARE_MIN, Break, CareRules, Preference, Severity
from probity.care.selectors import Day, break_of, day_of, preference_of, rules_now
from probity.cases.models import Category
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.language.tables import SEVERITY_WORDS as WORDS
from probity.workflow.declining import declined_by, uncovered


@dataclass(frozen=True)
class CategoryLine:
    """One category, and whether the person leaves it to others."""

    key: str
    words: str
    left: bool


@dataclass(frozen=True)
class WellbeingPage:
    """A person's own page."""

    day: Day
    rules: CareRules
    preference: Preference
    resting: Break | None
    breaks: list[Break]
    categories: list[CategoryLine]
    share_least: int = SHARE_MIN


@dataclass(frozen=True)
class BudgetField:
    """One severity's budget in the lead's form."""

    key: str
    words: str
    minutes: str
    error: str


@dataclass(frozen=True)
class LeadingPage:
    """What leads set and what they see."""

    rules: CareRules
    fields: list[BudgetField]
    days: list[DayCounts]
    uncovered: list[str]
    at_limit: str
    resources: str
    errors: Mapping[str, str] = field(default_factory=dict)


def wellbeing_page(person: Person) -> WellbeingPage:
    """Gather it."""
    left = declined_by(person)
    return WellbeingPage(
        day=day_of(person),
        rules=rules_now(),
        preference=preference_of(person),
        resting=break_of(person),
        breaks=list(person.breaks.exclude(ended_at=None)[:5]),
        categories=[CategoryLine(one, CATEGORY_WORDS[one], one in left) for one in Category],
    )


def leading_page(
    *, said: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> LeadingPage:
    """Gather it, with what was typed where that was wrong."""
    rules, typed, wrong = rules_now(), said or {}, errors or {}
    return LeadingPage(
        rules=rules,
        fields=[
            BudgetField(
                key=f"minutes_{one}",
                words=WORDS[one],
                minutes=typed.get(f"minutes_{one}", str(rules.seconds(one) // 60)),
                error=wrong.get(f"minutes_{one}", ""),
            )
            for one in Severity
        ],
        days=days_counted(),
        uncovered=[CATEGORY_WORDS[one] for one in uncovered()],
        at_limit=typed.get("at_limit", str(rules.at_limit)),
        resources=typed.get("resources", rules.resources),
        errors=wrong,
    )
