"""People and what they may see, for programs that run an installation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.grants import grant_end, grants_in_force
from probity.accounts.models import EVERY_QUEUE, Person
from probity.accounts.people import person_enable, roles_set, sign_on_set
from probity.accounts.roles import Ability, Role
from probity.accounts.second_factor import factors_of
from probity.accounts.services import person_create
from probity.accounts.sessions import sessions_open
from probity.core.errors import InvalidInput, NotFound
from probity.workflow.people import person_close, person_grant

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import object_of, text_of, texts_of, truth_of
from .own import grant_shown
from .paging import PAGE, listed
from .shapes_people import (
    GrantOut,
    PeoplePage,
    PersonCreatedOut,
    PersonOut,
)

Text = dict[str, object]


class PersonIn(serializers.Serializer[Text]):
    """Somebody new."""

    username = serializers.CharField(max_length=60)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=list(Role)))
    queues = serializers.ListField(child=serializers.CharField(max_length=40), required=False)


class PersonChange(serializers.Serializer[Text]):
    """Other roles, the name at the sign-in service, or the account closed or opened; what is left
    out stays."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=list(Role)), required=False)
    sign_on_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
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
        parameters=PAGE,
        summary="Everybody, by name",
        responses={200: PeoplePage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return listed(request, Person.objects.all(), by=("username",), name="people", show=_shown)

    @extend_schema(
        operation_id="person_create",
        summary="Give somebody an account; the answer holds their one-time password, once",
        request=PersonIn,
        responses={201: PersonCreatedOut, **ERRORS},
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
        responses={200: PersonOut, **ERRORS},
    )
    def get(self, request: Request, person_id: UUID) -> Response:  # noqa: ARG002
        return Response(_shown(person_of(person_id)))

    @extend_schema(
        operation_id="person_change",
        summary="Change roles or sign-on, close or open the account; closing gives back cases",
        request=PersonChange,
        responses={200: PersonOut, **ERRORS},
    )
    def patch(self, request: Request, person_id: UUID) -> Response:
        body = object_of(request, "roles", "sign_on_name", "active")
        person, actor = person_of(person_id), request_actor(request)
        if not body:
            raise InvalidInput("Send roles, sign_on_name or active.")
        if "roles" in body:
            roles_set(person=person, roles=texts_of(body, "roles"), actor=actor)
        if "sign_on_name" in body:
            sign_on_set(person=person, name=text_of(body, "sign_on_name"), actor=actor)
        if "active" in body and truth_of(body, "active"):
            person_enable(person=person, actor=actor)
        elif "active" in body:
            person_close(person=person, actor=actor)
        return Response(_shown(person_of(person_id)))


class Grants(View):
    """What a person sees."""

    ability = Ability.PEOPLE_MANAGE

    @extend_schema(
        operation_id="person_grant",
        summary="Let a person see a queue, or one category of it",
        request=GrantIn,
        responses={201: GrantOut, **ERRORS},
    )
    def post(self, request: Request, person_id: UUID) -> Response:
        body = object_of(request, "queue", "category")
        grant = person_grant(
            person=person_of(person_id),
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
        found = person_of(person_id).grants.filter(pk=grant_id).first()
        if found is None:
            raise NotFound("This person has no such grant.")
        grant_end(grant=found, actor=request_actor(request).name)
        return Response(status=204)


def person_of(person_id: UUID) -> Person:
    """A person by id; raises NotFound."""
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
        "sign_on_name": person.sign_on_name,
        "sees": [grant_shown(grant) for grant in grants_in_force(person)],
        "second_factor": factors.any,
        "recovery_codes_left": factors.codes_left,
        "sessions": sessions_open(person).count(),
    }
