"""The decision form as it stands, and what would happen if it were sent now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from probity.cases.models import Case
from probity.core.errors import InvalidInput
from probity.decisions.measures import ACCOUNT, NAMES, measures_read
from probity.decisions.models import Action
from probity.decisions.second_person import reasons_of
from probity.decisions.selectors import decision_current, evaluation_current

from .actions_words import WHAT, Choice, choices, headline, scope_words
from .forms import DecisionForm


@dataclass(frozen=True)
class Draft:
    """The decision form as it stands; nothing chosen yet means the rules that apply."""

    actions: Collection[str] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    rules: Sequence[str] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chosen:
    """One action with what stands in its fields, and what is wrong there."""

    choice: Choice
    ticked: bool
    account: bool
    places: str
    days: str
    error: str


@dataclass(frozen=True)
class Step:
    """One thing that will happen."""

    name: str
    scope: str
    what: str


@dataclass(frozen=True)
class Preview:
    """What would happen: measures, what is lifted, who has to agree; or what is wrong."""

    steps: list[Step] = field(default_factory=list)
    lifted: str = ""
    second_person: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: int = 0


def chosen_of(draft: Draft, *, places: Sequence[str]) -> list[Chosen]:
    """Every action of the form; a restriction by place begins with the places of the case."""
    return [
        Chosen(
            choice=choice,
            ticked=choice.value in draft.actions,
            account=draft.fields.get(f"about_{choice.value}", choice.about[0]) == ACCOUNT,
            places=draft.fields.get(
                f"places_{choice.value}",
                ", ".join(places) if choice.value == Action.RESTRICT else "",
            ),
            days=draft.fields.get(f"days_{choice.value}", ""),
            error=" ".join(
                draft.errors[f"{name}_{choice.value}"]
                for name in ("about", "places", "days")
                if f"{name}_{choice.value}" in draft.errors
            ),
        )
        for choice in choices()
    ]


def preview_of(case: Case, form: DecisionForm) -> Preview:
    """What sending the form now would bring about; it writes nothing."""
    if not form.measures:
        return Preview()
    try:
        asked = measures_read(form.measures, case_places=case.places)
    except InvalidInput as refusal:
        return Preview(wrong=list(refusal.fields.values()) or [refusal.sentence])
    actions = [each.action for each in asked]
    whys = reasons_of(
        case=case, actions=actions, rules=form.rules, evaluation=evaluation_current(case)
    )
    former = decision_current(case)
    running = former.measures.filter(over_at=None).exclude(action__in=actions) if former else ()
    return Preview(
        steps=[
            Step(
                name=NAMES[Action(each.action)],
                scope=" · ".join(
                    scope_words(
                        action=each.action, about=each.about, places=each.places, days=each.days
                    )
                ),
                what=WHAT[Action(each.action)],
            )
            for each in asked
        ],
        lifted=headline(row for row in running if row.action != Action.NO_ACTION),
        second_person=[why.because for why in whys],
        seconds=settings.UNDO_SECONDS,
    )
