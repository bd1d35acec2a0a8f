"""What leads set, for programs: routing rules and weights, each with a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.order_preview import order_preview
from probity.cases.prioritising import weights_check, weights_now, weights_set
from probity.cases.priority import WEIGHT_WORDS
from probity.cases.routing import Line, routing_preview, rules_now
from probity.cases.routing_rules import line_check, rules_digest, rules_set
from probity.core.errors import InvalidInput

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import Body, number_of, object_of, text_of, texts_of
from .queue_bodies import RulesIn, WeightsIn
from .shapes_work import OrderPreviewOut, RoutingPreviewOut, RulesOut, WeightsOut

LISTS = ("categories", "places", "languages", "severities", "sender_kinds")
RULES_MOST = 500


class Routing(View):
    """The rules."""

    ability = Ability.QUEUES_MANAGE

    @extend_schema(
        operation_id="routing_read", summary="The routing rules, the first one first",
        responses={200: RulesOut, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response(_rules_shown())

    @extend_schema(
        operation_id="routing_set",
        summary="Put other routing rules in use, for whatever comes from now on",
        description="`digest` is that of the rules that the change was made from.",
        request=RulesIn,
        responses={200: RulesOut, **ERRORS},
    )
    def put(self, request: Request) -> Response:
        body = object_of(request, "rules", "digest")
        seen = text_of(body, "digest") if "digest" in body else None
        rules_set(lines=_lines(body), seen=seen, actor=request_actor(request))
        return Response(_rules_shown())


class RoutingPreview(View):
    """What rules would do."""

    ability = Ability.QUEUES_MANAGE
    keeps = False

    @extend_schema(
        operation_id="routing_preview", summary="What rules would do with today's backlog",
        request=RulesIn, responses={200: RoutingPreviewOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        lines = [line_check(line) for line in _lines(object_of(request, "rules"))]
        found = routing_preview(lines)
        return Response(
            {
                "looked_at": found.looked_at,
                "moved": found.moved,
                "by_hand": found.by_hand,
                "more": found.more,
                "moves": [asdict(move) for move in found.moves],
            }
        )


class PriorityWeights(View):
    """The weights."""

    ability = Ability.QUEUES_MANAGE

    @extend_schema(
        operation_id="priority_read", summary="What counts how much",
        responses={200: WeightsOut, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response(_weights_shown())

    @extend_schema(
        operation_id="priority_set", summary="Put other weights in use", request=WeightsIn,
        responses={200: WeightsOut, **ERRORS},
    )  # fmt: skip
    def put(self, request: Request) -> Response:
        body = object_of(request, "weights", "reason", "number")
        weights_set(
            values=_weights(body), reason=text_of(body, "reason", ""),
            seen=number_of(body, "number") if "number" in body else None,
            actor=request_actor(request),
        )  # fmt: skip
        return Response(_weights_shown())


class PriorityPreview(View):
    """The order that weights would give."""

    ability = Ability.QUEUES_MANAGE
    keeps = False

    @extend_schema(
        operation_id="priority_preview", summary="The order that weights would give today",
        request=WeightsIn, responses={200: OrderPreviewOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        found = order_preview(weights_check(_weights(object_of(request, "weights"))))
        return Response(
            {
                "looked_at": found.looked_at,
                "changed": found.changed,
                "more": found.more,
                "first": [
                    {
                        "case": str(line.case.pk),
                        "number": line.case.label,
                        "was": line.was,
                        "becomes": line.becomes,
                        "points_were": line.points_were,
                        "points": line.priority.points,
                        "why": [reason.to_dict() for reason in line.priority.reasons],
                    }
                    for line in found.first
                ],
            }
        )


def _rules_shown() -> dict[str, object]:
    return {"rules": [asdict(line) for line in rules_now()], "digest": rules_digest()}


def _weights_shown() -> dict[str, object]:
    current = weights_now()
    words = {name: str(said) for name, said in WEIGHT_WORDS.items()}
    return {"number": current.number, "weights": dict(current.values), "words": words}


def _lines(body: Body) -> list[Line]:
    rules = body.get("rules")
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise InvalidInput.of({"rules": "“rules” must be a list of rules."})
    if len(rules) > RULES_MOST:
        raise InvalidInput.of({"rules": f"At most {RULES_MOST} rules can be looked at."})
    return [_line(rule) for rule in rules]


def _line(rule: Mapping[str, Any]) -> Line:
    unknown = sorted(set(rule) - {"title", "queue", *LISTS})
    if unknown:
        raise InvalidInput.of({name: f"A rule has no field “{name}”." for name in unknown})
    lists = {name: texts_of(rule, name, []) for name in LISTS}
    return Line(title=text_of(rule, "title"), queue=text_of(rule, "queue"), **lists)


def _weights(body: Body) -> dict[str, object]:
    weights = body.get("weights")
    if not isinstance(weights, dict):
        raise InvalidInput.of({"weights": "“weights” must be an object of whole numbers."})
    return {**weights_now().values, **weights}
