"""Requests by people who are shown, and referrals to outside bodies, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.access import case_require, visible
from probity.cases.models import Report
from probity.cases.request_law import Filled, law_checks
from probity.cases.selectors import case_find
from probity.contests.models import Referral
from probity.contests.referring import referral_answer, referral_propose
from probity.contests.request_models import UpdateKind
from probity.contests.selectors import referral_find
from probity.contests.updates import Owed, requests_open
from probity.core.errors import InvalidInput, NotFound
from probity.workflow.referral_files import REFERRAL_STEPS
from probity.workflow.request_update import request_update

from .authentication import request_actor
from .banks import OBJECT
from .base import ERRORS, View
from .bodies import read
from .copies import AgreeIn
from .open_doors import OpenView
from .paging import PAGE, listed, listed_here
from .representations import moment
from .shapes_people import ReferralOut, ReferralsPage, RequestsPage, WrittenOut


class UpdateIn(serializers.Serializer[dict[str, object]]):
    """A written update."""

    kind = serializers.ChoiceField(choices=[k for k in UpdateKind if k != UpdateKind.CONFIRMED])
    text = serializers.CharField(max_length=5_000)


class RequestCheckIn(serializers.Serializer[dict[str, object]]):
    """A request as far as it is filled in."""

    category = serializers.CharField(default="", allow_blank=True)
    explanation = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    url = serializers.CharField(default="", allow_blank=True, max_length=2_000)
    depicted = serializers.BooleanField(default=None, allow_null=True)
    on_behalf = serializers.BooleanField(default=None, allow_null=True)
    no_consent = serializers.BooleanField(default=None, allow_null=True)
    good_faith = serializers.BooleanField(default=None, allow_null=True)
    resident = serializers.BooleanField(default=None, allow_null=True)
    has_account = serializers.BooleanField(default=None, allow_null=True)
    may_show_minor = serializers.BooleanField(default=False)
    email = serializers.CharField(default="", allow_blank=True)
    contact = serializers.CharField(default="", allow_blank=True)
    signature = serializers.CharField(default="", allow_blank=True)


class ReferralIn(serializers.Serializer[dict[str, object]]):
    """A proposal; ``summary`` goes into the document, ``reason`` stays here."""

    plugin = serializers.CharField(max_length=40)
    summary = serializers.CharField(max_length=2_000)
    reason = serializers.CharField(max_length=2_000)
    with_files = serializers.BooleanField(default=False)


class RequestCheck(OpenView):
    """Before anything is sent."""

    @extend_schema(
        operation_id="request_check", auth=[], request=RequestCheckIn,
        summary="What a request by the person shown still lacks, law by law; nothing is kept",
        responses={200: OBJECT, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        checks = law_checks(Filled(**read(RequestCheckIn, request)))
        return Response(
            {
                "laws": [
                    {
                        "law": one.key, "title": one.title, "valid": one.valid,
                        "gives": one.gives, "ruled_out": one.ruled_out or None,
                        "missing": {each.field: each.sentence for each in one.missing},
                    }
                    for one in checks
                ]
            }
        )  # fmt: skip


class Requests(View):
    """Requests by people who are shown."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="requests_list", parameters=PAGE,
        summary="Undecided requests by people who are shown",
        responses={200: RequestsPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = requests_open(request_actor(request).person)
        return listed_here(
            request, rows, key=lambda row: row.report.pk, name="requests", show=_owed_shown
        )


def _owed_shown(row: Owed) -> dict[str, Any]:
    return {
        "report": str(row.report.pk), "case": str(row.report.case_id),
        "on_behalf": row.report.on_behalf, "valid_at": moment(row.report.request_valid_at),
        "california": row.california, "next": row.next or None, "due_at": moment(row.due_at),
        "updates": len(row.written),
    }  # fmt: skip


class RequestUpdates(View):
    """Writing to them."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="request_update", summary="Write to whoever asked as the person shown",
        request=UpdateIn, responses={201: WrittenOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, report_id: UUID) -> Response:
        actor = request_actor(request)
        report = Report.objects.filter(visible(actor.person, through="case"), pk=report_id).first()
        if report is None:
            raise NotFound("There is no request with this id.")
        row = request_update(report=report, actor=actor, **read(UpdateIn, request))
        return Response({"id": str(row.pk), "at": moment(row.at)}, status=201)


class Referrals(View):
    """Referrals of a case."""

    ability = Ability.REFERRALS_SUBMIT

    @extend_schema(
        operation_id="referrals_list", parameters=PAGE,
        summary="A case's referrals",
        responses={200: ReferralsPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, case_id: UUID) -> Response:
        case_require(request_actor(request).person, case_id)
        rows = Referral.objects.filter(case=case_id).prefetch_related("steps")
        return listed(request, rows, by=("-proposed_at", "id"), name="referrals", show=_referral)

    @extend_schema(
        operation_id="referral_propose", summary="Propose to refer a case to an outside body",
        request=ReferralIn, responses={201: ReferralOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        actor, body = request_actor(request), read(ReferralIn, request)
        case_require(actor.person, case_id)
        row = referral_propose(
            case=case_find(case_id), name=body["plugin"], summary=body["summary"],
            reason=body["reason"], with_files=body["with_files"], actor=actor,
        )  # fmt: skip
        return Response(_referral(row), status=status.HTTP_201_CREATED)


class ReferralAnswer(View):
    """The second pair of eyes."""

    ability = Ability.REFERRALS_SUBMIT

    @extend_schema(
        operation_id="referral_answer", summary="Agree to somebody else's referral, or refuse it",
        request=AgreeIn, responses={200: ReferralOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, referral_id: UUID) -> Response:
        actor = request_actor(request)
        row = referral_answer(
            referral=referral_find(referral_id, person=actor.person),
            agree=read(AgreeIn, request)["agree"], actor=actor,
        )  # fmt: skip
        return Response(_referral(row))


class ReferralStepTake(View):
    """Calling the outside body."""

    ability = Ability.REFERRALS_SUBMIT

    @extend_schema(
        operation_id="referral_step", summary="Submit, send files, finish or retract a referral",
        request=None, responses={200: ReferralOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, referral_id: UUID, step: str) -> Response:
        actor = request_actor(request)
        take = REFERRAL_STEPS.get(step)
        if take is None:
            raise InvalidInput(f"Choose a step: {', '.join(REFERRAL_STEPS)}.")
        found = referral_find(referral_id, person=actor.person)
        return Response(_referral(take(referral=found, actor=actor)))


def _referral(row: Referral) -> dict[str, Any]:
    return {
        "id": str(row.pk), "case": str(row.case_id), "plugin": row.plugin, "state": row.state,
        "sha256": row.sha256, "with_files": row.with_files,
        "proposer": row.proposer.username, "second": row.second.username if row.second else None,
        "outside_id": row.outside_id or None,
        "keep_until": row.keep_until.isoformat() if row.keep_until else None,
        "steps": [
            {"name": one.name, "ok": one.ok, "status": one.status, "at": moment(one.at)}
            for one in row.steps.all()
        ],
    }  # fmt: skip
