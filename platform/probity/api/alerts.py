"""Alerts and watch-lists, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.alerts.lists import (
    hash_add,
    hash_remove,
    term_add,
    term_remove,
    watch_list_make,
    watch_list_pause,
)
from probity.alerts.models import (
    Alert,
    Outcome,
    Subscription,
    WatchKind,
    WatchList,
)
from probity.alerts.raising import alert_close
from probity.alerts.selectors import (
    alert_find,
    alerts_list,
    watch_list_find,
    watch_lists_all,
)
from probity.core.errors import InvalidInput
from probity.matching.models import SignalKind

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import object_of, text_of, texts_of, truth_of, uuid_of
from .paging import PAGE, filters_only, listed
from .representations import moment
from .shapes_people import AlertOut, AlertsPage, WatchListOut, WatchListsPage, WatchListWholeOut

MOST = 200
Text = dict[str, object]


class WatchListIn(serializers.Serializer[Text]):
    """What to watch for, and why."""

    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=list(WatchKind))
    why = serializers.CharField(max_length=500)


class WatchListChangeIn(serializers.Serializer[Text]):
    """Pause it, or take it up again."""

    paused = serializers.BooleanField()


class TermIn(serializers.Serializer[Text]):
    """A name; ``own`` are SHA-256 of certificates that may carry it."""

    text = serializers.CharField(max_length=120)
    own = serializers.ListField(child=serializers.CharField(), required=False)


class WatchHashIn(serializers.Serializer[Text]):
    """A hash in hexadecimal, and why it belongs there."""

    kind = serializers.ChoiceField(choices=list(SignalKind))
    value = serializers.CharField()
    label = serializers.CharField(max_length=200, required=False)  # type: ignore[assignment]
    why = serializers.CharField(max_length=500)


class AlertAnswerIn(serializers.Serializer[Text]):
    """What an alert was worth."""

    outcome = serializers.ChoiceField(choices=list(Outcome))


class Alerts(View):
    """What watch-lists found."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="alerts_list",
        summary="Alerts, the newest first; show=open for those nobody has answered",
        parameters=[
            *PAGE,
            OpenApiParameter("show", str, enum=["open", "all"]),
            OpenApiParameter("watch_list", UUID),
        ],
        responses={200: AlertsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        filters_only(request, "show", "watch_list")
        key, show = (request.query_params.get(name, "") for name in ("watch_list", "show"))
        if show not in {"", "open", "all"}:
            raise InvalidInput.of({"show": "“show” is one of open, all."})
        watch_list = watch_list_find(uuid_of(key, "watch_list")) if key else None
        rows = alerts_list(
            person=request_actor(request).person, watch_list=watch_list, show=show
        )  # fmt: skip
        return listed(request, rows, by=("-raised_at", "id"), name="alerts", show=alert_shown)


class OneAlert(View):
    """One alert."""

    ability = Ability.CASES_READ
    writes = Ability.CASES_WORK

    @extend_schema(
        operation_id="alert_read",
        summary="An alert: what was found, how sure that is, what can be done",
        responses={200: AlertOut, **ERRORS},
    )
    def get(self, request: Request, alert_id: UUID) -> Response:  # noqa: ARG002
        return Response(alert_shown(alert_find(alert_id)))

    @extend_schema(
        operation_id="alert_close",
        summary="Say what an alert was worth (needs cases:work)",
        request=AlertAnswerIn,
        responses={200: AlertOut, **ERRORS},
    )
    def post(self, request: Request, alert_id: UUID) -> Response:
        body = object_of(request, "outcome")
        row = alert_close(
            actor=request_actor(request), alert=alert_find(alert_id),
            outcome=text_of(body, "outcome"),
        )  # fmt: skip
        return Response(alert_shown(row))


class WatchLists(View):
    """What is watched for."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="watch_lists_list",
        parameters=PAGE,
        summary="The watch-lists",
        responses={200: WatchListsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = watch_lists_all()
        return listed(request, rows, by=("name", "id"), name="watch_lists", show=list_shown)

    @extend_schema(
        operation_id="watch_list_make",
        summary="Make a watch-list",
        request=WatchListIn,
        responses={201: WatchListOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body = object_of(request, "name", "kind", "why")
        given = {name: text_of(body, name) for name in ("name", "kind", "why")}
        row = watch_list_make(actor=request_actor(request), **given)
        return Response(list_shown(row), status=status.HTTP_201_CREATED)


class OneWatchList(View):
    """One list."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="watch_list_read",
        summary="A watch-list: what stands on it and who is told",
        responses={200: WatchListWholeOut, **ERRORS},
    )
    def get(self, request: Request, list_id: UUID) -> Response:  # noqa: ARG002
        return Response(list_whole(watch_list_find(list_id)))

    @extend_schema(
        operation_id="watch_list_change",
        summary="Pause a watch-list, or take it up again",
        request=WatchListChangeIn,
        responses={200: WatchListWholeOut, **ERRORS},
    )
    def patch(self, request: Request, list_id: UUID) -> Response:
        body = object_of(request, "paused")
        row = watch_list_pause(
            actor=request_actor(request), watch_list=watch_list_find(list_id),
            paused=truth_of(body, "paused"),
        )  # fmt: skip
        return Response(list_whole(row))


class Terms(View):
    """Names on a list."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="watch_term_add",
        summary="Put a name on a watch-list",
        request=TermIn,
        responses={201: WatchListWholeOut, **ERRORS},
    )
    def post(self, request: Request, list_id: UUID) -> Response:
        body, row = object_of(request, "text", "own"), watch_list_find(list_id)
        term_add(
            actor=request_actor(request), watch_list=row, text=text_of(body, "text"),
            own=texts_of(body, "own", []),
        )  # fmt: skip
        return Response(list_whole(row), status=status.HTTP_201_CREATED)


class OneTerm(View):
    """One name."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="watch_term_remove",
        summary="Take a name off a watch-list and erase it",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, list_id: UUID, term_id: UUID) -> Response:
        term_remove(
            actor=request_actor(request), watch_list=watch_list_find(list_id), term_id=term_id
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class Hashes(View):
    """Hashes on a list."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="watch_hash_add",
        summary="Put a hash on a watch-list; what is here already is held against it soon",
        request=WatchHashIn,
        responses={201: WatchListWholeOut, **ERRORS},
    )
    def post(self, request: Request, list_id: UUID) -> Response:
        body, row = object_of(request, "kind", "value", "label", "why"), watch_list_find(list_id)
        hash_add(
            actor=request_actor(request), watch_list=row, kind=text_of(body, "kind"),
            value=text_of(body, "value"), label=text_of(body, "label", ""),
            why=text_of(body, "why"),
        )  # fmt: skip
        return Response(list_whole(row), status=status.HTTP_201_CREATED)


class OneHash(View):
    """One hash."""

    ability = Ability.ALERTS_MANAGE

    @extend_schema(
        operation_id="watch_hash_remove",
        summary="Take a hash off a watch-list",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, list_id: UUID, entry_id: UUID) -> Response:
        hash_remove(
            actor=request_actor(request), watch_list=watch_list_find(list_id),
            entry_id=entry_id, why="",
        )  # fmt: skip
        return Response(status=status.HTTP_204_NO_CONTENT)


def alert_shown(row: Alert) -> dict[str, Any]:
    """A whole alert; whoever may read it is signed in."""
    return {
        "id": str(row.pk),
        "watch_list": {"id": str(row.watch_list_id), "name": row.watch_list.name},
        "kind": row.watch_list.kind,
        "level": row.level,
        "found": row.found,
        "sure": row.sure,
        "what_to_do": row.to_do,
        "withheld": row.withheld,
        "case": str(row.case) if row.case else None,
        "asset": row.asset or None,
        "raised_at": moment(row.raised_at),
        "outcome": row.outcome or None,
    }


def list_shown(row: WatchList) -> dict[str, Any]:
    """A list without what stands on it."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "kind": row.kind,
        "why": row.why,
        "paused": row.paused_at is not None,
        "made_at": moment(row.made_at),
    }


def list_whole(row: WatchList) -> dict[str, Any]:
    """A list with names, hashes and subscribers."""
    entries = row.bank.entries.filter(removed_at=None)[:MOST] if row.bank else []
    return {
        **list_shown(row),
        "names": [
            {"id": str(term.pk), "text": term.text, "own": term.own}
            for term in row.terms.filter(removed_at=None)
        ],
        "hashes": [
            {"id": str(entry.pk), "label": entry.label, "why": entry.why} for entry in entries
        ],
        "subscribers": [_subscriber(one) for one in row.subscriptions.filter(ended_at=None)],
    }


def _subscriber(row: Subscription) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "email": row.email,
        "via": row.via,
        "rhythm": row.rhythm,
        "confirmed_at": moment(row.confirmed_at),
    }
