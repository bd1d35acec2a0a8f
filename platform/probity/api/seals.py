"""Seals, for programs: put on for good, lifted alone or by two."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import cases_visible
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import InvalidInput
from probity.evidence.models import Asset, LiftOutcome, SealLift
from probity.workflow.sealing import evidence_seal, evidence_unseal, evidence_unseal_answer

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed, page_out
from .representations import moment
from .shapes import ident, idents, shape, text, when


class UnsealIn(serializers.Serializer[dict[str, object]]):
    """Why a seal is lifted."""

    reason = serializers.CharField(max_length=2_000)


class UnsealAnswerIn(serializers.Serializer[dict[str, object]]):
    """A second person's answer; a refusal needs a reason, except of one's own proposal."""

    agree = serializers.BooleanField()
    reason = serializers.CharField(max_length=2_000, default="", allow_blank=True)


LiftOut = shape(
    "LiftOut",
    "A proposal to lift a seal, answered in any of the “cases” that hold the file and that you may "
    "see; “outcome” is null while it waits.",
    id=ident(), asset=text(), cases=idents(), person=text(), at=when(),
    outcome=serializers.ChoiceField(choices=list(LiftOutcome), allow_null=True),
    settled_by=text(null=True), settled_at=when(null=True),
)  # fmt: skip
LiftsPage = page_out("LiftsPage", "lifts", LiftOut)


class Seal(View):
    """Assets that may show a minor."""

    ability = Ability.ASSETS_SEAL

    @extend_schema(
        operation_id="asset_seal",
        summary="Seal an asset for good: hash only from then on",
        request=None,
        responses={204: None, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, sha256: str) -> Response:
        case = case_find(case_id)
        evidence_seal(case=case, asset=_asset_of(case, sha256), actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Unseal(View):
    """Seals that rest on an unproved word."""

    ability = Ability.SEALS_LIFT

    @extend_schema(
        operation_id="asset_unseal",
        summary="Lift a seal that rests on strangers' ticks (204), or propose to lift another that "
        "nobody answers for (202): it stays until a second person agrees",
        request=UnsealIn,
        responses={202: LiftOut, 204: None, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, sha256: str) -> Response:
        case, said = case_find(case_id), read(UnsealIn, request)
        asset, actor = _asset_of(case, sha256), request_actor(request)
        lift = evidence_unseal(case=case, asset=asset, reason=said["reason"], actor=actor)
        if lift is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(lift_shown(lift, actor.person), status=status.HTTP_202_ACCEPTED)


class UnsealAnswer(View):
    """The second person for a seal."""

    ability = Ability.SEALS_LIFT

    @extend_schema(
        operation_id="asset_unseal_answer",
        summary="Agree to lift a seal, or refuse with a reason; who proposed it takes it back",
        request=UnsealAnswerIn,
        responses={200: LiftOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, sha256: str) -> Response:
        case, said = case_find(case_id), read(UnsealAnswerIn, request)
        asset, actor = _asset_of(case, sha256), request_actor(request)
        lift = evidence_unseal_answer(case=case, asset=asset, actor=actor, **said)
        return Response(lift_shown(lift, actor.person))


class SealLifts(View):
    """What waits for a second person."""

    ability = Ability.SEALS_LIFT

    @extend_schema(
        operation_id="seal_lifts",
        parameters=PAGE,
        summary="Proposals to lift a seal that wait for a second person, the oldest first",
        responses={200: LiftsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        person = request_actor(request).person
        seen = Asset.objects.filter(items__case__in=cases_visible(person))
        rows = SealLift.objects.filter(outcome="", asset__in=seen).select_related("person")
        return listed(
            request, rows, by=("at", "id"), name="lifts", show=lambda row: lift_shown(row, person)
        )


def lift_shown(lift: SealLift, person: Person | None) -> dict[str, Any]:
    """A proposal as a program of this person reads it; its words are among the case's notes."""
    cases = cases_visible(person).filter(items__asset=lift.asset_id).order_by("opened_at")
    return {
        "id": str(lift.pk),
        "asset": lift.asset_id,
        "cases": [str(key) for key in cases.values_list("pk", flat=True)],
        "person": lift.person.username,
        "at": moment(lift.at),
        "outcome": lift.outcome or None,
        "settled_by": lift.settled_by.username if lift.settled_by else None,
        "settled_at": moment(lift.settled_at),
    }


def _asset_of(case: Case, sha256: str) -> Asset:
    item = case.items.select_related("asset").filter(asset_id=sha256).first()
    if item is None:
        raise InvalidInput("This case has no asset with this SHA-256.")
    return item.asset
