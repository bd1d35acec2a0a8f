"""Endpoints and deliveries, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput
from probity.outbox.endpoints import (
    endpoint_change,
    endpoint_disable,
    endpoint_enable,
    endpoint_make,
    endpoint_rotate,
    endpoint_test,
)
from probity.outbox.models import Endpoint, Message, MessageState
from probity.outbox.selectors import (
    endpoint_find,
    message_find,
    messages_list,
)
from probity.outbox.services import message_redeliver

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import number_of, object_of, text_of, texts_of, truth_of
from .paging import PAGE, listed
from .representations import moment
from .shapes_record import (
    EndpointOut,
    EndpointSecretOut,
    EndpointsPage,
    MessageOut,
    MessagesPage,
    MessageWholeOut,
)


class EndpointIn(serializers.Serializer[dict[str, object]]):
    """Where webhooks go and which kinds; ``enabled`` switches an existing one off or on."""

    name = serializers.CharField(max_length=80)
    url = serializers.URLField(max_length=500)
    kinds = serializers.ListField(child=serializers.CharField())


class EndpointChangeIn(serializers.Serializer[dict[str, object]]):
    """What to change; what is left out stays. ``why`` goes with ``enabled: false``."""

    name = serializers.CharField(max_length=80, required=False)
    url = serializers.URLField(max_length=500, required=False)
    kinds = serializers.ListField(child=serializers.CharField(), required=False)
    enabled = serializers.BooleanField(required=False)
    why = serializers.CharField(max_length=200, required=False)


class RotateIn(serializers.Serializer[dict[str, object]]):
    """For how many hours the former secret signs too."""

    hours = serializers.IntegerField(min_value=0, max_value=168)


class Endpoints(View):
    """Where webhooks go."""

    ability = Ability.OUTBOX_MANAGE

    @extend_schema(
        operation_id="endpoints_list",
        parameters=PAGE,
        summary="The webhook endpoints",
        responses={200: EndpointsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = Endpoint.objects.all()
        return listed(request, rows, by=("name", "id"), name="endpoints", show=endpoint_shown)

    @extend_schema(
        operation_id="endpoint_make",
        summary="Add a webhook endpoint; its secret is in the answer and nowhere after",
        request=EndpointIn,
        responses={201: EndpointSecretOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body = object_of(request, "name", "url", "kinds")
        row, secret = endpoint_make(
            actor=request_actor(request), name=text_of(body, "name"), url=text_of(body, "url"),
            subscribed=texts_of(body, "kinds"),
        )  # fmt: skip
        shown = {**endpoint_shown(row), "secret": secret}
        return Response(shown, status=status.HTTP_201_CREATED)


class OneEndpoint(View):
    """One endpoint."""

    ability = Ability.OUTBOX_MANAGE

    @extend_schema(
        operation_id="endpoint_read",
        summary="A webhook endpoint",
        responses={200: EndpointOut, **ERRORS},
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        return Response(endpoint_shown(endpoint_find(endpoint_id)))

    @extend_schema(
        operation_id="endpoint_change",
        summary="Change a webhook endpoint, or switch it off or on",
        request=EndpointChangeIn,
        responses={200: EndpointOut, **ERRORS},
    )
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        body = object_of(request, "name", "url", "kinds", "enabled", "why")
        row, actor = endpoint_find(endpoint_id), request_actor(request)
        if {"name", "url", "kinds"} & set(body):
            row = endpoint_change(
                actor=actor, endpoint=row, name=text_of(body, "name", row.name),
                url=text_of(body, "url", row.url), subscribed=texts_of(body, "kinds", row.kinds),
            )  # fmt: skip
        if "enabled" in body:
            if truth_of(body, "enabled"):
                row = endpoint_enable(actor=actor, endpoint=row)
            else:
                row = endpoint_disable(actor=actor, endpoint=row, why=text_of(body, "why", ""))
        return Response(endpoint_shown(row))


class EndpointSecret(View):
    """A new secret."""

    ability = Ability.OUTBOX_MANAGE

    @extend_schema(
        operation_id="endpoint_rotate",
        summary="Give a webhook endpoint a new secret; the former one signs too for some hours",
        request=RotateIn,
        responses={200: EndpointSecretOut, **ERRORS},
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        body = object_of(request, "hours")
        row, secret = endpoint_rotate(
            actor=request_actor(request), endpoint=endpoint_find(endpoint_id),
            hours=number_of(body, "hours"),
        )  # fmt: skip
        return Response({**endpoint_shown(row), "secret": secret})


class EndpointTest(View):
    """A test message."""

    ability = Ability.OUTBOX_MANAGE

    @extend_schema(
        operation_id="endpoint_test",
        summary="Send a test to a webhook endpoint",
        request=None,
        responses={202: MessageOut, **ERRORS},
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        message = endpoint_test(actor=request_actor(request), endpoint=endpoint_find(endpoint_id))
        return Response(message_shown(message), status=status.HTTP_202_ACCEPTED)


class Messages(View):
    """What leaves."""

    ability = Ability.OUTBOX_MANAGE

    @extend_schema(
        operation_id="messages_list",
        summary="Mail and webhooks, the newest first; state dead lists the dead letters",
        parameters=[
            *PAGE,
            OpenApiParameter("state", str, enum=list(MessageState)),
            OpenApiParameter("endpoint", UUID),
        ],
        responses={200: MessagesPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        state = request.query_params.get("state", "")
        if state and state not in set(MessageState):
            raise InvalidInput.of({"state": f"Choose one of {', '.join(MessageState)}."})
        rows = messages_list(state=state, endpoint=_endpoint(request))
        return listed(request, rows, by=("-queued_at", "id"), name="messages", show=message_shown)


class OneMessage(View):
    """One message."""

    ability = Ability.OUTBOX_MANAGE

    @extend_schema(
        operation_id="message_read",
        summary="A message with every attempt to deliver it and what came back",
        responses={200: MessageWholeOut, **ERRORS},
    )
    def get(self, request: Request, message_id: UUID) -> Response:  # noqa: ARG002
        row = message_find(message_id)
        tries = [
            {
                "number": one.number,
                "made_at": moment(one.made_at),
                "duration_ms": one.duration_ms,
                "delivered": one.delivered,
                "status": one.status,
                "answer": one.answer,
                "error": one.error,
            }
            for one in row.tries.all()
        ]
        return Response({**message_shown(row), "tries": tries})


class Redelivery(View):
    """Sending again."""

    ability = Ability.OUTBOX_MANAGE

    @extend_schema(
        operation_id="message_redeliver",
        summary="Send a finished message again, with the same id and the same words",
        request=None,
        responses={202: MessageOut, **ERRORS},
    )
    def post(self, request: Request, message_id: UUID) -> Response:
        row = message_redeliver(message=message_find(message_id), actor=request_actor(request))
        return Response(message_shown(row), status=status.HTTP_202_ACCEPTED)


def endpoint_shown(row: Endpoint) -> dict[str, Any]:
    """An endpoint without its secret."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "url": row.url,
        "kinds": row.kinds,
        "enabled": row.disabled_at is None,
        "disabled_why": row.disabled_why,
        "failures": row.failures,
        "former_secret_until": moment(row.former_until),
        "made_at": moment(row.made_at),
    }


def message_shown(row: Message) -> dict[str, Any]:
    """A message without its words and without a mail's recipient."""
    return {
        "id": str(row.pk),
        "webhook_id": f"msg_{row.pk.hex}" if row.endpoint_id else None,
        "channel": row.channel,
        "kind": row.kind,
        "endpoint": str(row.endpoint_id) if row.endpoint_id else None,
        "state": row.state,
        "attempts": row.attempts,
        "sha256": row.sha256,
        "queued_at": moment(row.queued_at),
        "next_at": moment(row.next_at) if row.state == MessageState.WAITING else None,
        "ended_at": moment(row.ended_at),
        "error": row.error,
    }


def _endpoint(request: Request) -> Endpoint | None:
    key = request.query_params.get("endpoint", "")
    if not key:
        return None
    try:
        return endpoint_find(UUID(key))
    except ValueError:
        raise InvalidInput.of({"endpoint": "“endpoint” must be the id of an endpoint."}) from None
