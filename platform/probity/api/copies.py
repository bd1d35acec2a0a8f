"""A case's known copies, for programs: what is alike, what people said, carrying a decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.selectors import case_find
from probity.matching.models import Carry, CopySearch
from probity.matching.selectors import carries_of, carry_find, match_find, searches_of
from probity.workflow.case_carry import carry_agree, carry_propose, carry_refuse
from probity.workflow.case_copies import CopyCase, cases_alike, copies_search, copy_answer

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed_here, page_of_list
from .representations import moment
from .shapes_people import CarriesPage, CarryOut, CopiesPage, CopyAnswerOut, CopySearchOut


class CopyAnswerIn(serializers.Serializer[dict[str, object]]):
    """Whether a match is a copy."""

    accepted = serializers.BooleanField()
    why = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CarryIn(serializers.Serializer[dict[str, object]]):
    """The cases to carry the decision to; those left out are recorded as left out."""

    cases = serializers.ListField(child=serializers.UUIDField(), allow_empty=False)


class AgreeIn(serializers.Serializer[dict[str, object]]):
    """The second person's word."""

    agree = serializers.BooleanField()


class Copies(View):
    """Other cases with the same file or a copy of it."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="copies_list", parameters=PAGE,
        summary="Known copies of a case's files, and who looked when",
        responses={200: CopiesPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, case_id: UUID) -> Response:
        case = case_find(case_id)
        rows = cases_alike(case, person=request_actor(request).person)
        found, cursor = page_of_list(request, rows, key=lambda each: str(each.case.pk))
        searches = [_search(row) for row in searches_of(case.pk)]
        return Response(
            {"copies": [_copy(each) for each in found], "searches": searches, "next": cursor}
        )

    @extend_schema(
        operation_id="copies_search", summary="Look for copies now, and record the effort",
        request=None, responses={201: CopySearchOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        search = copies_search(case=case_find(case_id), actor=request_actor(request))
        return Response(_search(search), status=status.HTTP_201_CREATED)


class Answer(View):
    """What a person says to a match."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="match_answer", summary="Say whether a match is a copy", request=CopyAnswerIn,
        responses={201: CopyAnswerOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID, match_id: UUID) -> Response:
        answer = copy_answer(
            case=case_find(case_id), match=match_find(match_id), actor=request_actor(request),
            **read(CopyAnswerIn, request),
        )  # fmt: skip
        body = {"match": str(match_id), "accepted": answer.accepted, "at": moment(answer.at)}
        return Response(body, status=status.HTTP_201_CREATED)


class Carries(View):
    """Carrying a decision to copies."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="carries_list", parameters=PAGE,
        summary="What was carried from a case",
        responses={200: CarriesPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = carries_of(case_id)
        return listed_here(request, rows, key=lambda row: row.pk, name="carries", show=_carry)

    @extend_schema(
        operation_id="carry_propose",
        summary="Carry the decision in force to copies; it waits where a second person must agree",
        request=CarryIn, responses={201: CarryOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        carry = carry_propose(
            case=case_find(case_id), chosen=read(CarryIn, request)["cases"],
            actor=request_actor(request),
        )  # fmt: skip
        return Response(_carry(carry), status=status.HTTP_201_CREATED)


class OneCarry(View):
    """The second pair of eyes."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="carry_settle", summary="Agree to a proposal of somebody else, or refuse it",
        request=AgreeIn, responses={200: CarryOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, carry_id: UUID) -> Response:
        settle = carry_agree if read(AgreeIn, request)["agree"] else carry_refuse
        return Response(_carry(settle(carry=carry_find(carry_id), actor=request_actor(request))))


def _copy(each: CopyCase) -> dict[str, Any]:
    return {
        "case": str(each.case.pk),
        "number": each.case.label,
        "state": each.case.state,
        "asset": each.asset,
        "identical": each.identical,
        "distance": each.distance,
        "why": each.why,
        "match": str(each.match.pk) if each.match else None,
        "accepted": each.accepted,
    }


def _search(row: CopySearch) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "at": moment(row.at),
        "radius": row.radius,
        "compared": row.compared,
        "identical": row.identical,
        "near": row.near,
        "milliseconds": row.milliseconds,
    }


def _carry(row: Carry) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "action": row.action,
        "four_eyes": row.four_eyes,
        "outcome": row.outcome or "waiting",
        "proposed_at": moment(row.proposed_at),
        "targets": [
            {
                "case": str(target.case),
                "chosen": target.chosen,
                "identical": target.identical,
                "distance": target.distance,
                "decision": str(target.decision) if target.decision else None,
                "trouble": target.trouble,
            }
            for target in row.targets.order_by("case")
        ],
    }
