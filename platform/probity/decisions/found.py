"""What of decisions a search finds: reasons and statements by their words, and filters."""

from __future__ import annotations

from functools import cache
from itertools import product
from string import ascii_uppercase

from django.db.models import Exists, F, Func, OuterRef, Q, TextField, Value
from django.db.models.lookups import Regex

from probity.cases.models import Clock
from probity.core.errors import InvalidInput
from probity.search.errors import SearchRefused
from probity.search.fields import Asking, Field, field_register, one_of, person_named
from probity.search.sources import Source, source_register

from .law import places_check, places_meet
from .models import Action, Decision, DecisionState

REASON = source_register(
    Source(
        kind="decision",
        says="The reason of a decision",
        table="decisions_decision",
        text="concat_ws(' ', r.reason, array_to_string(r.rules, ' '))",
    )
)
STATEMENT = source_register(
    Source(
        kind="statement",
        says="The statement of reasons",
        table="decisions_statement",
        text="r.text",
    )
)
APPROVAL = source_register(
    Source(
        kind="approval",
        says="The second person's answer",
        table="decisions_approval",
        text="r.reason",
        case="(SELECT d.case_id FROM decisions_decision d WHERE d.id = r.decision_id)",
    )
)


@cache
def _members() -> tuple[str, ...]:
    """The countries that lie in the European Union, as the law's tree of places has them."""
    found = []
    for pair in product(ascii_uppercase, repeat=2):
        code = "".join(pair)
        try:
            known = places_check([code]) == [code]
        except InvalidInput:
            continue
        if known and code != "EU" and places_meet("EU", [code]):
            found.append(code)
    return tuple(found)


def _place(value: str, _: Asking) -> Q:
    """A place and all that lies in it: EU finds DE, US finds US-CA."""
    try:
        code = places_check([value])[0]
    except InvalidInput as refusal:
        raise SearchRefused.because(refusal.sentence)
    codes = "|".join(["EU", *_members()] if code == "EU" else [code]).replace("*", r"\*")
    joined = Func(F("places"), Value(" "), function="array_to_string", output_field=TextField())
    return Q(Regex(joined, Value(rf"(^| )({codes})(-|$| )")))


def _decisions(condition: Q) -> Q:
    return Q(Exists(Decision.objects.filter(condition, case=OuterRef("pk"))))


def _decided_by(value: str, asking: Asking) -> Q:
    return _decisions(Q(person=person_named("decided-by", value, asking)))


def _action(value: str, _: Asking) -> Q:
    action = one_of("action", value, list(Action))
    return _decisions(Q(measures__action=action, standing__state=DecisionState.EFFECTIVE))


def _decision(value: str, _: Asking) -> Q:
    return _decisions(Q(standing__state=one_of("decision", value, list(DecisionState))))


def _rule(value: str, _: Asking) -> Q:
    """A rule that a decision rests on, or whose clock runs or ran."""
    clocks = Clock.objects.filter(case=OuterRef("pk"), rule=value)
    return _decisions(Q(rules__contains=[value])) | Q(Exists(clocks))


for _field in (
    Field("place", "A place, and all that lies in it", "place:EU", _place),
    Field("decided-by", "Who decided it", "decided-by:me", _decided_by),
    Field("action", "What is in force", "action:remove", _action),
    Field("decision", "Where its decision stands", "decision:held", _decision),
    Field("rule", "A rule that was applied, or whose clock ran", "rule:us-take-it-down", _rule),
):
    field_register(_field)
