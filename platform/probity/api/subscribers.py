"""Who is told of alerts, for programs: asked first, asked again, dismissed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.alerts.models import Rhythm, Subscription, Via
from probity.alerts.selectors import subscription_find, watch_list_find
from probity.alerts.subscriptions import (
    subscription_ask,
    subscription_ask_again,
    subscription_dismiss,
)
from probity.outbox.models import Endpoint
from probity.outbox.selectors import endpoint_find

from .alerts import Text, list_whole
from .authentication import request_actor
from .base import ERRORS, View
from .bodies import object_of, text_of, uuid_of
from .shapes_people import WatchListWholeOut


class SubscriberIn(serializers.Serializer[Text]):
    """Who is asked; nothing but the question is sent before the address says yes."""

    email = serializers.EmailField()
    via = serializers.ChoiceField(choices=list(Via))
    rhythm = serializers.ChoiceField(choices=list(Rhythm))
    endpoint = serializers.UUIDField(required=False, help_text="for webhooks")


class Subscribers(View):
    """Who is told."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="subscription_ask",
        summary="Ask an address whether it wants a watch-list’s alerts",
        request=SubscriberIn,
        responses={201: WatchListWholeOut, **ERRORS},
    )
    def post(self, request: Request, list_id: UUID) -> Response:
        body = object_of(request, "email", "via", "rhythm", "endpoint")
        row = watch_list_find(list_id)
        subscription_ask(
            actor=request_actor(request), watch_list=row, email=text_of(body, "email"),
            via=text_of(body, "via"), rhythm=text_of(body, "rhythm"), endpoint=_endpoint(body),
        )  # fmt: skip
        return Response(list_whole(row), status=status.HTTP_201_CREATED)


class OneSubscriber(View):
    """One address."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="subscription_ask_again",
        summary="Send an address the question once more; the former link works no more",
        request=None,
        responses={204: None, **ERRORS},
    )
    def post(self, request: Request, list_id: UUID, subscription_id: UUID) -> Response:
        row = _found(list_id, subscription_id)
        subscription_ask_again(actor=request_actor(request), subscription=row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="subscription_end",
        summary="End alerts to an address, which is then forgotten",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, list_id: UUID, subscription_id: UUID) -> Response:
        row = _found(list_id, subscription_id)
        subscription_dismiss(actor=request_actor(request), subscription=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _found(list_id: UUID, subscription_id: UUID) -> Subscription:
    return subscription_find(watch_list=watch_list_find(list_id), subscription_id=subscription_id)


def _endpoint(body: dict[str, Any]) -> Endpoint | None:
    key = text_of(body, "endpoint", "")
    return endpoint_find(uuid_of(key, "endpoint")) if key else None
