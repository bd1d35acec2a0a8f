"""Notices, for programs: what was told, who may not be told, the words, the public database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.access import case_require, cases_seen
from probity.cases.selectors import case_find
from probity.core.addresses import whole_address
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.decisions.selectors import decision_find
from probity.notices.editing import kind_read, text_preview, text_restore, text_save
from probity.notices.holds import notice_hold_end, notice_hold_place
from probity.notices.kinds import SHAPES
from probity.notices.languages import NAMES
from probity.notices.models import HoldGround, Notice, NoticeHold, Party
from probity.notices.selectors import hold_find, notices_of, text_current
from probity.notices.services import page_open
from probity.notices.transparency.build import Built
from probity.notices.transparency.counts import decisions_counted
from probity.notices.transparency.facts import public_facts_write
from probity.notices.transparency.sending import export_plan

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import moment_of, number_of, object_of, text_of
from .paging import PAGE, listed, listed_here
from .representations import moment
from .shapes_record import (
    AddressOut,
    NoticeHoldOut,
    NoticePreviewOut,
    NoticesPage,
    NoticesSentOut,
    NoticeTextOut,
    NoticeTextsPage,
)

OBJECT = {"type": "object", "additionalProperties": True}
MOST = 200
YEAR = timedelta(days=365)
DAYS = [OpenApiParameter("since", date), OpenApiParameter("until", date)]


class NoticeHoldIn(serializers.Serializer[dict[str, object]]):
    """Who may not be told (``to`` empty: nobody may), and what forbids it."""

    to = serializers.ChoiceField(choices=["", *Party], allow_blank=True)
    ground = serializers.ChoiceField(choices=list(HoldGround))
    reason = serializers.CharField(max_length=1000)
    reference = serializers.CharField(max_length=200)
    until = serializers.DateTimeField(required=False, allow_null=True)


class NoticeHoldEndIn(serializers.Serializer[dict[str, object]]):
    """Why it ends."""

    reason = serializers.CharField(max_length=1000)


class NoticeTextIn(serializers.Serializer[dict[str, object]]):
    """The words; ``seen`` is the number of the version they were written from."""

    subject = serializers.CharField(max_length=150, allow_blank=True)
    body = serializers.CharField(max_length=20_000)
    seen = serializers.IntegerField(required=False)


class PublicFactsIn(serializers.Serializer[dict[str, object]]):
    """What the public database is told of the facts, and when the content was posted."""

    facts = serializers.CharField(max_length=5000)
    content_date = serializers.DateField(required=False, allow_null=True)


class CaseNotices(View):
    """What a case told anybody."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="case_notices_list",
        parameters=PAGE,
        summary="Notices of a case: to whom, how, and the exact words without secret addresses",
        responses={200: NoticesPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = notices_of(case_find(case_id))
        return listed(request, rows, by=("at", "id"), name="notices", show=notice_shown)


class CaseNoticeHolds(View):
    """Who may not be told."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="notice_hold_place",
        summary="Tell somebody nothing about a case until the hold ends",
        request=NoticeHoldIn,
        responses={201: NoticeHoldOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "to", "ground", "reason", "reference", "until")
        hold = notice_hold_place(
            case=case_find(case_id), to=text_of(body, "to"), ground=text_of(body, "ground"),
            reason=text_of(body, "reason"), reference=text_of(body, "reference"),
            until=moment_of(text_of(body, "until"), "until") if body.get("until") else None,
            actor=request_actor(request),
        )  # fmt: skip
        return Response(hold_shown(hold), status=status.HTTP_201_CREATED)


class CaseNoticeHoldEnd(View):
    """The end of a hold on telling."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="notice_hold_end",
        summary="End a hold on telling; what it held back is sent now",
        request=NoticeHoldEndIn,
        responses={200: NoticesSentOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, hold_id: UUID) -> Response:
        body = object_of(request, "reason")
        hold = hold_find(case_find(case_id), hold_id)
        sent = notice_hold_end(
            hold=hold, reason=text_of(body, "reason"), actor=request_actor(request)
        )
        return Response({"sent": [notice_shown(row) for row in sent]})


class UploaderAddress(View):
    """The uploader's private page."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="uploader_address",
        summary="The uploader's private address, to be passed on where no mail is known",
        request=None,
        responses={200: AddressOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        _, token = page_open(case=case_find(case_id))
        path = reverse("uploader-page", args=[token])
        return Response({"address": whole_address(request, path)})


class NoticeTexts(View):
    """The words of notices."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="notice_texts_list",
        parameters=PAGE,
        summary="The words in use of every kind of notice in every language",
        responses={200: NoticeTextsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        texts = [(kind, language) for kind in SHAPES for language in NAMES]
        return listed_here(
            request, texts, key="/".join, name="texts", show=lambda named: text_shown(*named)
        )


class NoticeText(View):
    """One kind in one language."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="notice_text_save",
        summary="Change the words of a kind of notice; they count from the next notice on",
        request=NoticeTextIn,
        responses={200: NoticeTextOut, **ERRORS},
    )
    def put(self, request: Request, kind: str, language: str) -> Response:
        body = object_of(request, "subject", "body", "seen")
        text_save(
            kind=kind, language=language, subject=text_of(body, "subject", ""),
            body=text_of(body, "body"), actor=request_actor(request),
            seen=number_of(body, "seen") if "seen" in body else None,
        )  # fmt: skip
        return Response(text_shown(kind, language))

    @extend_schema(
        operation_id="notice_text_restore",
        summary="Use the words that come with the product again",
        responses={200: NoticeTextOut, **ERRORS},
    )
    def delete(self, request: Request, kind: str, language: str) -> Response:
        text_restore(kind=kind, language=language, actor=request_actor(request))
        return Response(text_shown(kind, language))


class NoticePreview(View):
    """Words with a made-up case."""

    ability = Ability.NOTICES_MANAGE
    keeps = False

    @extend_schema(
        operation_id="notice_text_preview",
        summary="Look at words filled with a made-up case, without saving them",
        request=NoticeTextIn,
        responses={200: NoticePreviewOut, **ERRORS},
    )
    def post(self, request: Request, kind: str, language: str) -> Response:
        body = object_of(request, "subject", "body")
        shown = text_preview(
            kind=kind, language=language, subject=text_of(body, "subject", ""),
            body=text_of(body, "body"),
        )  # fmt: skip
        return Response({"subject": shown.subject, "body": shown.body})


class Transparency(View):
    """What the DSA Transparency Database would get."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="transparency_plan",
        summary="Statements that would be sent to the DSA Transparency Database, and what is not",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        plan = export_plan(limit=MOST)
        rows = [*plan.ready, *plan.refused]
        seen = cases_seen(request_actor(request).person, [row.decision.case_id for row in rows])
        return Response(
            {
                "ready": [built_shown(row) for row in plan.ready if row.decision.case_id in seen],
                "refused": [
                    built_shown(row) for row in plan.refused if row.decision.case_id in seen
                ],
            }
        )


class TransparencyCounts(View):
    """Counts for the transparency reports."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="transparency_counts",
        summary="Restricting decisions by category, ground, measure, source and automation",
        parameters=DAYS,
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        until = _day(request, "until") or now().date() + timedelta(days=1)
        since = _day(request, "since") or until - YEAR
        rows = decisions_counted(since=_begins(since), until=_begins(until))
        counts = [vars(row) for row in rows]
        return Response({"since": since.isoformat(), "until": until.isoformat(), "counts": counts})


class TransparencyFacts(View):
    """Facts for the public."""

    ability = Ability.NOTICES_MANAGE

    @extend_schema(
        operation_id="public_facts_write",
        summary="Say what the public database is told of the facts in place of the reason",
        request=PublicFactsIn,
        responses={201: OBJECT, **ERRORS},
    )
    def post(self, request: Request, decision_id: UUID) -> Response:
        body, actor = object_of(request, "facts", "content_date"), request_actor(request)
        decision = decision_find(decision_id)
        case_require(actor.person, decision.case_id)
        row = public_facts_write(
            decision=decision, facts=text_of(body, "facts"), actor=actor,
            content_date=_date(body.get("content_date"), "content_date"),
        )  # fmt: skip
        shown = {"facts": row.facts, "content_date": row.content_date, "at": moment(row.at)}
        return Response(shown, status=status.HTTP_201_CREATED)


def notice_shown(row: Notice) -> dict[str, Any]:
    """A notice; the secret address in its words is left out."""
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "to": row.to,
        "report": str(row.report_id) if row.report_id else None,
        "decision": str(row.decision_id) if row.decision_id else None,
        "way": row.way,
        "why": row.why,
        "language": row.language,
        "subject": row.subject,
        "text": row.text_shown,
        "digest": row.digest,
        "message": str(row.message_id) if row.message_id else None,
        "at": moment(row.at),
        "forgotten_at": moment(row.forgotten_at),
    }


def hold_shown(row: NoticeHold) -> dict[str, Any]:
    """A hold on telling."""
    return {
        "id": str(row.pk),
        "to": row.to,
        "ground": row.ground,
        "reason": row.reason,
        "reference": row.reference,
        "placed_at": moment(row.placed_at),
        "until": moment(row.until),
        "ended_at": moment(row.ended_at),
    }


def text_shown(kind: str, language: str) -> dict[str, Any]:
    """The words in use, and what they may and must have."""
    chosen = kind_read(kind, language)
    text, row = text_current(chosen, language)
    return {
        "kind": kind,
        "language": language,
        "title": SHAPES[chosen].title,
        "subject": text.subject,
        "body": text.body,
        "number": row.number if row else 0,
        "shipped": row is None or row.shipped,
        "must": sorted(SHAPES[chosen].must),
        "may": sorted(SHAPES[chosen].may),
    }


def built_shown(row: Built) -> dict[str, Any]:
    """A statement for the public database."""
    return {
        "decision": str(row.decision.pk),
        "case": row.decision.case.label,
        "puid": row.puid,
        "statement": row.body,
        "problems": row.problems,
        "remarks": row.remarks,
    }


def _day(request: Request, name: str) -> date | None:
    return _date(request.query_params.get(name) or None, name)


def _date(said: object, name: str) -> date | None:
    if said is None:
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise InvalidInput.of({name: f"“{name}” is a day written as YYYY-MM-DD."}) from None


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
