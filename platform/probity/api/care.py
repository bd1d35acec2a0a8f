"""Looking after people, for programs: one's own day, what leads set, and counts without names."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.care.counts import DayCounts, days_counted
from probity.care.models import AtLimit, FirstStep, Severity
from probity.care.selectors import break_of, day_of, preference_of, rules_now
from probity.care.services import break_begin, break_end, preference_set, rules_set
from probity.cases.models import Category
from probity.workflow.declining import category_leave, category_return, declined_by

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed_here, page_out
from .representations import moment
from .shapes import day, number, shape, text, texts, when, whole

UsedOut = shape(
    "UsedOut", "One severity's budget of the day.", severity=text(), seconds=whole(),
    limit=whole(), share=number(),
)  # fmt: skip
OwnCareOut = shape(
    "OwnCareOut", "One's own day and what one prefers.", used=UsedOut(many=True),
    break_since=when(null=True), first_step=text(), share=whole(), left_to_others=texts(),
)  # fmt: skip
PreferenceIn = shape(
    "PreferenceIn", "The first step of a reveal, and one's own share of the budget in per cent.",
    first_step=serializers.ChoiceField(choices=list(FirstStep)), share=serializers.IntegerField(),
)  # fmt: skip
LeaveIn = shape(
    "LeaveIn", "A category that others should take; nobody asks why.",
    category=serializers.ChoiceField(choices=list(Category)),
)  # fmt: skip
DayCountsOut = shape(
    "DayCountsOut", "How many people; few are not counted out.", day=day(), looked=text(),
    near=text(), spent=text(), breaks=text(),
)  # fmt: skip
DayCountsPage = page_out("DayCountsPage", "days", DayCountsOut)
MINUTES = {one.name.lower(): one for one in Severity}
CareRulesIn = shape(
    "CareRulesIn", "What a day holds, in minutes by severity, and what happens at its end.",
    minutes=shape(
        "MinutesIn", "Minutes.", **{name: serializers.IntegerField() for name in MINUTES}
    )(),
    at_limit=serializers.ChoiceField(choices=list(AtLimit)),
    resources=serializers.CharField(allow_blank=True, default=""),
)  # fmt: skip
CareRulesOut = shape(
    "CareRulesOut", "What holds.", minutes=serializers.DictField(child=number()), at_limit=text(),
    resources=text(),
)  # fmt: skip


class OwnCare(View):
    """One's own day."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="care_own",
        summary="How much of one's day is used, and what one prefers",
        responses={200: OwnCareOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return Response(_own(request))

    @extend_schema(
        operation_id="care_prefer",
        summary="Choose one's first step of a reveal and a lower budget",
        request=PreferenceIn,
        responses={200: OwnCareOut, **ERRORS},
    )
    def put(self, request: Request) -> Response:
        preference_set(actor=request_actor(request), **read(PreferenceIn, request))
        return Response(_own(request))


class OwnBreak(View):
    """A break."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="care_break",
        summary="Take a break",
        request=None,
        responses={201: OwnCareOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        break_begin(actor=request_actor(request))
        return Response(_own(request), status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="care_break_end", summary="Come back", responses={200: OwnCareOut, **ERRORS}
    )
    def delete(self, request: Request) -> Response:
        break_end(actor=request_actor(request))
        return Response(_own(request))


class OwnCategories(View):
    """What one leaves to others."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="care_leave",
        summary="Leave a category to others",
        request=LeaveIn,
        responses={200: OwnCareOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        category_leave(actor=request_actor(request), category=read(LeaveIn, request)["category"])
        return Response(_own(request))


class OneOwnCategory(View):
    """Taking it again."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="care_return",
        summary="Take a category again",
        responses={200: OwnCareOut, **ERRORS},
    )
    def delete(self, request: Request, category: str) -> Response:
        category_return(actor=request_actor(request), category=category)
        return Response(_own(request))


class CareCounts(View):
    """What leads see."""

    ability = Ability.CARE_MANAGE

    @extend_schema(
        operation_id="care_counts",
        summary="How many people a day weighed on, of two weeks; nobody is named",
        parameters=PAGE,
        responses={200: DayCountsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = days_counted()
        return listed_here(request, rows, key=lambda row: row.day, name="days", show=_counted)


class CareRules(View):
    """What leads set."""

    ability = Ability.CARE_MANAGE

    @extend_schema(
        operation_id="care_rules",
        summary="What a day holds",
        responses={200: CareRulesOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response(_rules())

    @extend_schema(
        operation_id="care_rules_set",
        summary="Set what a day holds, and what happens at its end",
        request=CareRulesIn,
        responses={200: CareRulesOut, **ERRORS},
    )
    def put(self, request: Request) -> Response:
        body = read(CareRulesIn, request)
        minutes = {MINUTES[name]: value for name, value in body["minutes"].items()}
        rules_set(
            actor=request_actor(request), minutes=minutes, at_limit=body["at_limit"],
            resources=body["resources"],
        )  # fmt: skip
        return Response(_rules())


def _own(request: Request) -> dict[str, Any]:
    person = request_actor(request).require_self()
    rest, chosen = break_of(person), preference_of(person)
    return {
        "used": [
            {
                "severity": one.severity.name.lower(),
                "seconds": one.seconds,
                "limit": one.limit,
                "share": one.share,
            }
            for one in day_of(person).used
        ],
        "break_since": moment(rest.began_at) if rest else None,
        "first_step": chosen.first_step,
        "share": chosen.share,
        "left_to_others": sorted(declined_by(person)),
    }


def _rules() -> dict[str, Any]:
    rules = rules_now()
    return {
        "minutes": {name: rules.seconds(one) / 60 for name, one in MINUTES.items()},
        "at_limit": rules.at_limit,
        "resources": rules.resources,
    }


def _counted(row: DayCounts) -> dict[str, Any]:
    return {**asdict(row), "day": row.day.isoformat()}
