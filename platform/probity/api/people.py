"""People and what they may see, for programs that run an installation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.grants import grant_end, grants_in_force
from probity.accounts.models import EVERY_QUEUE, Grant, GrantKind, Person
from probity.accounts.people import person_enable, roles_set
from probity.accounts.roles import Ability, Role
from probity.accounts.second_factor import factors_of
from probity.accounts.services import person_create
from probity.accounts.sessions import sessions_end, sessions_open
from probity.core.errors import InvalidInput, NotFound
from probity.workflow.people import person_close, person_grant

from .authentication import request_actor
from .bodies import object_of, text_of, texts_of, truth_of
from .own import OBJECT, grant_shown
from .representations import moment
from .views import ERRORS, View

Text = dict[str, object]


class PersonIn(serializers.Serializer[Text]):
    """Somebody new."""

    username = serializers.CharField(max_length=60)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=list(Role)))
    queues = serializers.ListField(child=serializers.CharField(max_length=40), required=False)


class PersonChange(serializers.Serializer[Text]):
    """Other roles, or the account closed or opened; what is left out stays."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=list(Role)), required=False)
    active = serializers.BooleanField(required=False)


class GrantIn(serializers.Serializer[Text]):
    """A queue by its key (``*`` for every one), and a category or all."""

    queue = serializers.CharField(max_length=40)
    category = serializers.CharField(max_length=20, required=False, allow_blank=True)


class People(View):
    """Everybody."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="people_list",
        summary="Everybody, by name",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response({"people": [_shown(row) for row in Person.objects.order_by("username")]})

    @extend_schema(
        operation_id="person_create",
        summary="Give somebody an account; the answer holds their one-time password, once",
        request=PersonIn,
        responses={201: OBJECT, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body = object_of(request, "username", "roles", "queues")
        person, password = person_create(
            username=text_of(body, "username").strip(),
            roles=texts_of(body, "roles"),
            queues=texts_of(body, "queues", [EVERY_QUEUE]),
            actor=request_actor(request).name,
        )
        shown = {**_shown(person), "one_time_password": password}
        return Response(shown, status=status.HTTP_201_CREATED)


class OnePerson(View):
    """One person."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="person_read",
        summary="A person: roles, what they see, second factor, open sessions",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request, person_id: UUID) -> Response:  # noqa: ARG002
        return Response(_shown(_person(person_id)))

    @extend_schema(
        operation_id="person_change",
        summary="Change roles, close or open the account; closing gives back what they hold",
        request=PersonChange,
        responses={200: OBJECT, **ERRORS},
    )
    def patch(self, request: Request, person_id: UUID) -> Response:
        body, actor = object_of(request, "roles", "active"), request_actor(request)
        person = _person(person_id)
        if not body:
            raise InvalidInput("Send roles, active, or both.")
        if "roles" in body:
            roles_set(person=person, roles=texts_of(body, "roles"), actor=actor)
        if "active" in body and truth_of(body, "active"):
            person_enable(person=person, actor=actor)
        elif "active" in body:
            person_close(person=person, actor=actor)
        return Response(_shown(_person(person_id)))


class Grants(View):
    """What a person sees."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="person_grant",
        summary="Let a person see a queue, or one category of it",
        request=GrantIn,
        responses={201: OBJECT, **ERRORS},
    )
    def post(self, request: Request, person_id: UUID) -> Response:
        body = object_of(request, "queue", "category")
        grant = person_grant(
            person=_person(person_id),
            queue=text_of(body, "queue"),
            category=text_of(body, "category", ""),
            actor=request_actor(request),
        )
        return Response(grant_shown(grant), status=status.HTTP_201_CREATED)


class OneGrant(View):
    """One grant."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="person_grant_end",
        summary="Take a grant back",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, person_id: UUID, grant_id: UUID) -> Response:
        found = _person(person_id).grants.filter(pk=grant_id).first()
        if found is None:
            raise NotFound("This person has no such grant.")
        grant_end(grant=found, actor=request_actor(request).name)
        return Response(status=204)


class Sessions(View):
    """Where a person is signed in."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="person_sessions_end",
        summary="End every session of a person",
        responses={200: OBJECT, **ERRORS},
    )
    def delete(self, request: Request, person_id: UUID) -> Response:
        ended = sessions_end(
            person=_person(person_id),
            why="ended by an administrator",
            actor=request_actor(request).name,
        )
        return Response({"ended": ended})


class Exceptions(View):
    """Queues that people opened without a grant."""

    ability = Ability.ACCESS_OVERSEE

    @extend_schema(
        operation_id="exceptions_list",
        summary="Exceptions to access, the latest first, at most 200",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        rows = Grant.objects.filter(kind=GrantKind.EXCEPTION).order_by("-given_at")[:200]
        return Response(
            {
                "exceptions": [
                    {
                        **grant_shown(row),
                        "person": str(row.person_id),
                        "reason": row.reason,
                        "noticed_at": moment(row.noticed_at),
                    }
                    for row in rows
                ]
            }
        )


def _person(person_id: UUID) -> Person:
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound("There is nobody with this id.")
    return found


def _shown(person: Person) -> dict[str, Any]:
    factors = factors_of(person)
    return {
        "id": str(person.pk),
        "username": person.username,
        "roles": sorted(person.roles),
        "active": person.is_active,
        "sees": [grant_shown(grant) for grant in grants_in_force(person)],
        "second_factor": factors.any,
        "recovery_codes_left": factors.codes_left,
        "sessions": sessions_open(person).count(),
    }
