"""The decision form as it stands, and what would happen if it were sent now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from probity.cases.models import Case
from probity.core.errors import InvalidInput
from probity.decisions.measures import ACCOUNT
from probity.decisions.models import Action
from probity.notices.wording import TOLD
from probity.web.language.said import said, said_of
from probity.web.language.tables import MEASURE_NAMES as NAMES
from probity.workflow.decision_outlook import decision_outlook

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
    """What would happen: measures, what is lifted, who has to agree; or what is wrong.

    ``groundless``: the uploader would be told of a restriction, and of no ground for it.
    """

    steps: list[Step] = field(default_factory=list)
    lifted: str = ""
    second_person: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: int = 0
    groundless: bool = False


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
        outlook = decision_outlook(case=case, measures=form.measures, rules=form.rules)
    except InvalidInput as refusal:
        return Preview(wrong=list(said_of(refusal.fields).values()) or [said(refusal.sentence)])
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
            for each in outlook.measures
        ],
        lifted=headline(outlook.lifted),
        second_person=[said(why.because) for why in outlook.second_person],
        seconds=outlook.seconds,
        groundless=not outlook.grounded and any(each.action in TOLD for each in outlook.measures),
    )
