"""What a decision would bring about, before anybody takes it; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from probity.cases.models import Case
from probity.decisions.measures import Asked, measures_read
from probity.decisions.models import Action, Measure
from probity.decisions.second_person import Why, reasons_of
from probity.decisions.selectors import decision_current, evaluation_current, rules_by_id


@dataclass(frozen=True)
class Outlook:
    """The measures as they would be kept, what is in force now and would end, why a second person
    would have to agree, and for how many seconds the decision could be undone. ``grounded``: a
    rule that it rests on is a ground for restricting somebody (DSA art. 17(3)(d), (e))."""

    measures: list[Asked]
    lifted: list[Measure]
    second_person: list[Why]
    seconds: int
    grounded: bool


def decision_outlook(*, case: Case, measures: Iterable[Asked], rules: Sequence[str]) -> Outlook:
    """What these measures would bring about in a case; raises InvalidInput as deciding does."""
    asked = measures_read(measures, case_places=case.places)
    actions = [each.action for each in asked]
    evaluation = evaluation_current(case)
    known = rules_by_id(evaluation)
    whys = reasons_of(case=case, actions=actions, rules=rules, evaluation=evaluation)
    former = decision_current(case)
    running = former.measures.filter(over_at=None).exclude(action__in=actions) if former else ()
    return Outlook(
        measures=asked,
        lifted=[row for row in running if row.action != Action.NO_ACTION],
        second_person=whys,
        seconds=settings.UNDO_SECONDS,
        grounded=any(known[rule].get("ground") for rule in rules if rule in known),
    )
