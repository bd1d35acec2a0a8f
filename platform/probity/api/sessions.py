"""Where people are signed in, and queues that they opened without a grant, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.grants import exception_notice, grant_end
from probity.accounts.models import Grant, GrantKind, PersonSession
from probity.accounts.roles import Ability
from probity.accounts.sessions import session_end, sessions_end, sessions_open
from probity.core.errors import NotFound
from probity.workflow.break_glass import queue_open_by_exception

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .own import grant_shown
from .paging import PAGE, listed, page_out
from .people import person_of
from .representations import moment
from .shapes import ident, shape, text, when
from .shapes_people import ExceptionsPage, GrantOut, SessionsEndedOut

BY_ADMINISTRATOR = "ended by an administrator"
SessionOut = shape(
    "SessionOut", "Where somebody is signed in.", id=ident(), began_at=when(), seen_at=when(),
    browser=text(), way=text(),
)  # fmt: skip
SessionsPage = page_out("SessionsPage", "sessions", SessionOut)
OpenIn = shape(
    "OpenIn", "Which queue one has to see, why, and for how many hours.",
    queue=serializers.CharField(max_length=40),
    reason=serializers.CharField(max_length=1_000),
    hours=serializers.IntegerField(min_value=1),
)  # fmt: skip


class Sessions(View):
    """Where a person is signed in."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="person_sessions",
        summary="Where a person is signed in now, the latest seen first",
        parameters=PAGE,
        responses={200: SessionsPage, **ERRORS},
    )
    def get(self, request: Request, person_id: UUID) -> Response:
        rows = sessions_open(person_of(person_id))
        return listed(request, rows, by=("-seen_at", "id"), name="sessions", show=_session)

    @extend_schema(
        operation_id="person_sessions_end",
        summary="End every session of a person",
        responses={200: SessionsEndedOut, **ERRORS},
    )
    def delete(self, request: Request, person_id: UUID) -> Response:
        ended = sessions_end(
            person=person_of(person_id),
            why=BY_ADMINISTRATOR,
            actor=request_actor(request).name,
        )
        return Response({"ended": ended})


class OneSession(View):
    """One of them."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="person_session_end",
        summary="End one session of a person; the others go on",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, person_id: UUID, session_id: UUID) -> Response:
        found = sessions_open(person_of(person_id)).filter(pk=session_id).first()
        if found is None:
            raise NotFound("This person has no such session, or it has ended already.")
        session_end(session=found, why=BY_ADMINISTRATOR, actor=request_actor(request).name)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Exceptions(View):
    """Queues that people opened without a grant."""

    ability = Ability.ACCESS_OVERSEE

    @extend_schema(
        operation_id="exceptions_list",
        parameters=PAGE,
        summary="Exceptions to access, the latest first",
        responses={200: ExceptionsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = Grant.objects.filter(kind=GrantKind.EXCEPTION)
        return listed(
            request, rows, by=("-given_at", "id"), name="exceptions", show=_exception_shown
        )


class ExceptionNotice(View):
    """Taking notice."""

    ability = Ability.ACCESS_OVERSEE

    @extend_schema(
        operation_id="exception_notice",
        summary="Take notice of what somebody else opened without a grant",
        request=None,
        responses={204: None, **ERRORS},
    )
    def post(self, request: Request, grant_id: UUID) -> Response:
        found = Grant.objects.filter(pk=grant_id).first()
        if found is None:
            raise NotFound("There is no such exception.")
        exception_notice(grant=found, actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnExceptions(View):
    """Breaking the glass."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="exception_take",
        summary="See a queue for some hours without a grant: recorded, and leads are told",
        request=OpenIn,
        responses={201: GrantOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        grant = queue_open_by_exception(actor=request_actor(request), **read(OpenIn, request))
        return Response(grant_shown(grant), status=status.HTTP_201_CREATED)


class OneOwnException(View):
    """Closing it again."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="exception_end",
        summary="Close before its time what one opened without a grant",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, grant_id: UUID) -> Response:
        actor = request_actor(request)
        own = Grant.objects.filter(person=actor.require_self(), kind=GrantKind.EXCEPTION)
        found = own.filter(pk=grant_id).first()
        if found is None:
            raise NotFound("You have no such exception.")
        grant_end(grant=found, actor=actor.name)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _exception_shown(row: Grant) -> dict[str, Any]:
    return {
        **grant_shown(row),
        "person": str(row.person_id),
        "reason": row.reason,
        "noticed_at": moment(row.noticed_at),
    }


def _session(row: PersonSession) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "began_at": moment(row.began_at),
        "seen_at": moment(row.seen_at),
        "browser": row.browser,
        "way": row.way,
    }
