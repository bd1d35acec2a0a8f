"""The bodies of deciding, for OpenAPI; and reading them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from probity.core.errors import InvalidInput
from probity.decisions.measures import ACCOUNT, ITEM, Asked
from probity.decisions.models import MEASURE_EVENTS, OUTCOMES, Action

from .bodies import object_of


class MeasureIn(serializers.Serializer[dict[str, object]]):
    """One action, about the item or the account, somewhere or everywhere, for days or for good."""

    action = serializers.ChoiceField(choices=list(Action))
    about = serializers.ChoiceField(choices=[ITEM, ACCOUNT], required=False)
    places = serializers.ListField(child=serializers.CharField(), required=False)
    days = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class DecisionIn(serializers.Serializer[dict[str, object]]):
    """What was decided and why: ``action`` is one measure with its plain scope, ``measures`` more.

    ``rules`` are ids from the case's evaluation; ``seen`` is the id of the evaluation that the
    decision was made from: when it is no longer the current one, nothing is decided.
    """

    action = serializers.ChoiceField(choices=list(Action), required=False)
    measures = MeasureIn(many=True, required=False)
    reason = serializers.CharField(max_length=10_000)
    rules = serializers.ListField(child=serializers.CharField(), required=False)
    seen = serializers.UUIDField(required=False)


class OutlookIn(serializers.Serializer[dict[str, object]]):
    """What somebody thinks of deciding."""

    measures = MeasureIn(many=True)
    rules = serializers.ListField(child=serializers.CharField(), default=list)


class SecondAnswerIn(serializers.Serializer[dict[str, object]]):
    """A second person's answer; a refusal needs a reason."""

    given = serializers.BooleanField()
    reason = serializers.CharField(max_length=10_000, default="", allow_blank=True)


class OutcomeIn(serializers.Serializer[dict[str, object]]):
    """What the host platform did about what it was told."""

    event = serializers.ChoiceField(choices=list(MEASURE_EVENTS))
    outcome = serializers.ChoiceField(choices=list(OUTCOMES))
    note = serializers.CharField(max_length=500, default="", allow_blank=True)


class SecondPersonIn(serializers.Serializer[dict[str, object]]):
    """Whether decisions about a subject need a second person from now on, and why."""

    subject = serializers.CharField(max_length=80)
    needed = serializers.BooleanField()
    because = serializers.CharField(max_length=300)


def asked_of(measures: Iterable[Mapping[str, Any]]) -> list[Asked]:
    """Measures as ``MeasureIn`` let them pass."""
    return [
        Asked(one["action"], one.get("about", ""), tuple(one.get("places", ())), one.get("days"))
        for one in measures
    ]


def decision_read(request: Request) -> dict[str, Any]:
    """What ``case_decide`` takes; raises InvalidInput with a sentence per member."""
    data = object_of(request, "action", "measures", "reason", "rules", "seen")
    wrong: dict[str, str] = {}
    action, measures = data.get("action", ""), data.get("measures", [])
    reason, rules = data.get("reason"), data.get("rules", [])
    if not isinstance(action, str):
        wrong["action"] = "“action” must be text."
    if not isinstance(reason, str):
        wrong["reason"] = "“reason” must be text."
    if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules):
        wrong["rules"] = "“rules” must be a list of rule ids."
    if not isinstance(measures, list):
        wrong["measures"] = "“measures” must be a list of objects, each with an “action”."
    elif action and measures:
        wrong["measures"] = "Name either “action” or “measures”, not both."
    seen = _id(data.get("seen"), wrong)
    if wrong:
        raise InvalidInput.of(wrong)
    return {
        "action": action,
        "measures": [_measure(each) for each in measures],
        "reason": str(reason).replace("\x00", ""),
        "rules": list(dict.fromkeys(rules)),
        "seen": seen,
    }


def _id(value: object, wrong: dict[str, str]) -> UUID | None:
    if value is None:
        return None
    try:
        return UUID(str(value))
    except ValueError:
        wrong["seen"] = "“seen” must be the id of an evaluation."
        return None


def _measure(given: object) -> Asked:
    if not isinstance(given, dict) or set(given) - {"action", "about", "places", "days"}:
        raise InvalidInput.of(
            {"measures": "A measure is an object with action, about, places and days."}
        )
    action, about = given.get("action"), given.get("about", "")
    places, days = given.get("places", []), given.get("days")
    if not isinstance(action, str) or not isinstance(about, str):
        raise InvalidInput.of({"measures": "“action” and “about” of a measure are text."})
    if not isinstance(places, list) or not all(isinstance(place, str) for place in places):
        raise InvalidInput.of({"measures": "“places” of a measure is a list of ISO 3166 codes."})
    if days is not None and (isinstance(days, bool) or not isinstance(days, int)):
        raise InvalidInput.of({"measures": "“days” of a measure is a whole number, or null."})
    return Asked(action=action, about=about, places=tuple(places), days=days)
