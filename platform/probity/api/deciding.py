"""Deciding, for programs: measures, the undo window, the second person, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.access import case_require, visible
from probity.cases.selectors import case_find
from probity.decisions.models import Decision, DecisionState
from probity.decisions.outcomes import deliveries_of, measure_find, outcome_record
from probity.decisions.second_person import second_person_rule, table_lines
from probity.decisions.selectors import decision_find, decisions_of
from probity.workflow.case_decide import case_decide
from probity.workflow.decision_effect import (
    decision_agree,
    decision_refuse,
    decision_take_back,
)
from probity.workflow.decision_outlook import decision_outlook

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .deciding_bodies import (
    DecisionIn,
    OutcomeIn,
    OutlookIn,
    SecondAnswerIn,
    SecondPersonIn,
    asked_of,
    decision_read,
)
from .paging import PAGE, listed, listed_here
from .representations import decision_shown, measure_told, moment
from .shapes_work import (
    DecisionOut,
    DecisionsPage,
    OutcomeOut,
    OutlookOut,
    SubjectSetOut,
    SubjectsPage,
)


class Decisions(View):
    """What people decided in a case."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_decide",
        summary="Decide a case; it takes effect after its undo window, or a second person's yes",
        request=DecisionIn,
        responses={201: DecisionOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        body = decision_read(request)
        decision = case_decide(case=case_find(case_id), actor=request_actor(request), **body)
        return Response(decision_whole(decision), status=status.HTTP_201_CREATED)


class DecisionPreview(View):
    """Before anything is decided."""

    ability = Ability.CASES_WORK
    keeps = False

    @extend_schema(
        operation_id="decision_preview",
        summary="What measures would bring about, what they would end, and who has to agree",
        request=OutlookIn,
        responses={200: OutlookOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        body = read(OutlookIn, request)
        outlook = decision_outlook(
            case=case_find(case_id), measures=asked_of(body["measures"]), rules=body["rules"]
        )
        return Response(
            {
                "measures": [
                    {"action": one.action, "scope": one.scope, "days": one.days}
                    for one in outlook.measures
                ],
                "lifted": [row.action for row in outlook.lifted],
                "second_person": [why.to_dict() for why in outlook.second_person],
                "undo_seconds": outlook.seconds,
            }
        )


class CaseDecisions(View):
    """The decisions of a case with their measures."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="case_decisions",
        parameters=PAGE,
        summary="Every decision of a case, with what came of its measures",
        responses={200: DecisionsPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = decisions_of(case_find(case_id))
        return listed_here(
            request, rows, key=lambda row: row.pk, name="decisions", show=decision_whole
        )


class OneDecision(View):
    """One decision."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="decision_read",
        summary="A decision, where it stands, and what came of its measures",
        responses={200: DecisionOut, **ERRORS},
    )
    def get(self, request: Request, decision_id: UUID) -> Response:  # noqa: ARG002
        return Response(decision_whole(decision_find(decision_id)))


class DecisionUndo(View):
    """Taking a decision back."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="decision_undo",
        summary="Undo a decision before it takes effect: by who decided, or who agreed",
        request=None,
        responses={200: DecisionOut, **ERRORS},
    )
    def post(self, request: Request, decision_id: UUID) -> Response:
        decision = decision_find(decision_id)
        return Response(
            decision_whole(decision_take_back(decision=decision, actor=request_actor(request)))
        )


class DecisionAnswer(View):
    """The second person."""

    ability = Ability.DECISIONS_APPROVE

    @extend_schema(
        operation_id="decision_answer",
        summary="Agree to a decision that waits for a second person, or refuse it with a reason",
        request=SecondAnswerIn,
        responses={200: DecisionOut, **ERRORS},
    )
    def post(self, request: Request, decision_id: UUID) -> Response:
        body = read(SecondAnswerIn, request)
        decision, actor = decision_find(decision_id), request_actor(request)
        if body["given"]:
            settled = decision_agree(decision=decision, actor=actor)
        else:
            settled = decision_refuse(decision=decision, reason=body["reason"], actor=actor)
        return Response(decision_whole(settled))


class DecisionsHeld(View):
    """What waits for a second person."""

    ability = Ability.DECISIONS_APPROVE

    @extend_schema(
        operation_id="decisions_held",
        parameters=PAGE,
        summary="Decisions that wait for a second person, the oldest first",
        responses={200: DecisionsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = Decision.objects.filter(
            visible(request_actor(request).person, through="case"),
            standing__state=DecisionState.HELD,
        ).select_related("case", "person", "standing")
        found = rows.prefetch_related("measures")
        return listed(request, found, by=("at", "id"), name="decisions", show=decision_whole)


class MeasureOutcomes(View):
    """What the host platform did about a measure."""

    ability = Ability.MEASURES_REPORT

    @extend_schema(
        operation_id="measure_outcome",
        summary="Say what came of a measure; saying the same again changes nothing",
        request=OutcomeIn,
        responses={200: OutcomeOut, **ERRORS},
    )
    def post(self, request: Request, measure_id: UUID) -> Response:
        body, actor = read(OutcomeIn, request), request_actor(request)
        case_require(actor.person, measure_find(measure_id).decision.case_id)
        row = outcome_record(reference=measure_id, actor=actor, **body)
        return Response(
            {
                "id": str(row.pk),
                "measure": str(measure_id),
                "event": row.event,
                "outcome": row.outcome,
                "note": row.note,
                "at": moment(row.at),
            }
        )


class SecondPerson(View):
    """The operator's table of what needs a second person."""

    ability = Ability.SECOND_PERSON_SET

    @extend_schema(
        operation_id="second_person_table",
        parameters=PAGE,
        summary="What needs a second person, and everything that could",
        responses={200: SubjectsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return listed_here(
            request, table_lines(), key=lambda line: line.subject, name="subjects", show=vars
        )

    @extend_schema(
        operation_id="second_person_set",
        summary="Say whether decisions about a subject need a second person from now on",
        request=SecondPersonIn,
        responses={200: SubjectSetOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        row = second_person_rule(actor=request_actor(request), **read(SecondPersonIn, request))
        return Response(
            {"subject": row.subject, "needed": row.needed, "because": row.because,
             "at": moment(row.at)}
        )  # fmt: skip


def decision_whole(decision: Decision) -> dict[str, Any]:
    """A decision with what came of each measure."""
    measures = list(decision.measures.all())
    deliveries = deliveries_of(measures)
    return {
        **decision_shown(decision),
        "measures": [measure_told(row, deliveries.get(row.pk)) for row in measures],
    }
