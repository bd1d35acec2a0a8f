"""What leads set of quality, for programs: golden cases, copies, differences, rates, people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import case_require
from probity.cases.selectors import case_find
from probity.decisions.models import Decision
from probity.quality.goldens import golden_enter, golden_mark, golden_retire
from probity.quality.models import Golden, SamplingRate, Trial
from probity.quality.people import Share, Standing, standings
from probity.quality.rulings import difference_rule
from probity.quality.sampling import rate_set
from probity.quality.selectors import (
    differences_open,
    golden_find,
    goldens,
    rates_now,
    trial_find,
    trials_open,
)
from probity.quality.trials import trial_withdraw

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed, listed_here
from .quality import share_shown
from .representations import moment
from .shapes_people import WrittenOut
from .shapes_quality import (
    DifferencesPage,
    GoldenIn,
    GoldenOut,
    GoldensPage,
    PeopleQualityPage,
    QualityRulingIn,
    RateIn,
    RateOut,
    RatesPage,
    TrialOut,
    TrialsPage,
)

TAKEN_BACK = "a lead took it back"


class Goldens(View):
    """Golden cases."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="goldens_list",
        summary="Golden cases in use, and how their copies were decided",
        parameters=PAGE,
        responses={200: GoldensPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = goldens(_person(request)).prefetch_related("trials")
        return listed(request, rows, by=("-at", "id"), name="goldens", show=_golden)

    @extend_schema(
        operation_id="golden_mark",
        summary="Mark a decided case as golden, with what is accepted as right and why",
        request=GoldenIn,
        responses={201: GoldenOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body, actor = read(GoldenIn, request), request_actor(request)
        case_require(actor.person, body["case"])
        row = golden_mark(
            case=case_find(body["case"]), actions=body["actions"], facts=body["facts"],
            why=body["why"], actor=actor,
        )  # fmt: skip
        return Response(_golden(row), status=status.HTTP_201_CREATED)


class OneGolden(View):
    """One of them."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="golden_retire",
        summary="Use a golden case no more; copies that wait still count",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, golden_id: UUID) -> Response:
        row = golden_find(golden_id, person=_person(request))
        golden_retire(golden=row, actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class GoldenCopies(View):
    """Copies of one golden case."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="golden_enter",
        summary="Put a copy of a golden case into its queue now",
        request=None,
        responses={201: TrialOut, **ERRORS},
    )
    def post(self, request: Request, golden_id: UUID) -> Response:
        row = golden_find(golden_id, person=_person(request))
        trial = golden_enter(golden=row, actor=request_actor(request))
        return Response(_trial(trial), status=status.HTTP_201_CREATED)


class QualityCopies(View):
    """Copies that wait."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="copies_waiting",
        summary="Copies that wait for an answer: not to be read by who takes cases there",
        parameters=PAGE,
        responses={200: TrialsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = trials_open(_person(request))
        return listed(request, rows, by=("made_at", "id"), name="copies", show=_trial)


class OneQualityCopy(View):
    """One of them."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="copy_withdraw",
        summary="Take a copy out of its queue that nobody decided",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, trial_id: UUID) -> Response:
        row = trial_find(trial_id, person=_person(request))
        trial_withdraw(trial=row, why=TAKEN_BACK, actor=request_actor(request).name)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Differences(View):
    """Second reviews that differ."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="differences_list",
        summary="Pairs of decisions that differ and wait for a lead; nobody is named",
        parameters=PAGE,
        responses={200: DifferencesPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        person = _person(request)
        rows = differences_open(person).prefetch_related(
            "source_decision__measures", "decision__measures"
        )
        return listed(
            request, rows, by=("answered_at", "id"), name="differences",
            show=lambda row: _difference(row, person),
        )  # fmt: skip


class DifferenceRuling(View):
    """A lead's word."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="difference_rule",
        summary="Say which of two decisions was right; never one's own",
        request=QualityRulingIn,
        responses={201: WrittenOut, **ERRORS},
    )
    def post(self, request: Request, trial_id: UUID) -> Response:
        row = trial_find(trial_id, person=_person(request))
        ruling = difference_rule(
            trial=row, actor=request_actor(request), **read(QualityRulingIn, request)
        )
        body = {"id": str(ruling.pk), "at": moment(ruling.at)}
        return Response(body, status=status.HTTP_201_CREATED)


class Rates(View):
    """How many decisions lead to a copy."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="rates_list",
        summary="How many decisions are looked at again, by queue and category",
        parameters=PAGE,
        responses={200: RatesPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return listed_here(request, rates_now(), key=lambda row: row.pk, name="rates", show=_rate)

    @extend_schema(
        operation_id="rate_set",
        summary="Set how many of a thousand decisions lead to a copy, from now on",
        request=RateIn,
        responses={201: RateOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        row = rate_set(actor=request_actor(request), **read(RateIn, request))
        return Response(_rate(row), status=status.HTTP_201_CREATED)


class PeopleQuality(View):
    """By person, for leads alone."""

    ability = Ability.QUALITY_MANAGE

    @extend_schema(
        operation_id="quality_people",
        summary="How each person's golden copies and second reviews went, over what one sees",
        parameters=PAGE,
        responses={200: PeopleQualityPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = standings(_person(request))
        return listed_here(
            request, rows, key=lambda row: row.person.pk, name="people", show=_standing
        )


def _person(request: Request) -> Person:
    return request_actor(request).require_person(Ability.QUALITY_MANAGE)


def _golden(row: Golden) -> dict[str, Any]:
    copies = list(row.trials.all())
    answered = [copy for copy in copies if copy.answered_at]
    return {
        "id": str(row.pk),
        "case": str(row.source_id),
        "number": row.source.label,
        "queue": row.source.queue.key,
        "actions": row.actions,
        "facts": row.facts,
        "why": row.why,
        "at": moment(row.at),
        "copies": share_shown(Share(sum(bool(one.agrees) for one in answered), len(answered))),
        "waits": any(not one.answered_at and not one.withdrawn_at for one in copies),
    }


def _trial(row: Trial) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "case": str(row.case_id),
        "number": row.case.label,
        "source": str(row.source_id),
        "source_number": row.source.label,
        "made_at": moment(row.made_at),
    }


def _difference(row: Trial, person: Person) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "case": str(row.source_id),
        "number": row.source.label,
        "first": _decided(row.source_decision),
        "second": _decided(row.decision) if row.decision else None,
        "own": person.pk in {row.decider_id, row.person_id},
        "answered_at": moment(row.answered_at),
    }


def _decided(row: Decision) -> dict[str, Any]:
    return {"actions": [one.action for one in row.measures.all()], "rules": row.rules}


def _rate(row: SamplingRate) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "queue": row.queue.key if row.queue else None,
        "category": row.category or None,
        "per_mille": row.per_mille,
        "because": row.because,
        "at": moment(row.at),
    }


def _standing(row: Standing) -> dict[str, Any]:
    return {
        "person": row.person.username,
        "golden": share_shown(row.golden),
        "second_reviews": share_shown(row.agreed),
        "stood": share_shown(row.stood),
    }
