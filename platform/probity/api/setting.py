"""Queues and kept searches, for programs that set an installation up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.bundles.counsel import DAYS_MOST, LABEL_MAX
from probity.bundles.models import CounselLink
from probity.cases.access import queues_visible
from probity.cases.models import TargetKind
from probity.cases.queues import queue_add, queue_change, targets_set
from probity.cases.selectors import case_find
from probity.core.addresses import whole_address
from probity.core.errors import NotFound
from probity.search.models import NAME_MAX, QUERY_MAX, SavedView
from probity.search.selectors import view_find, views_of
from probity.search.services import view_remove, view_save
from probity.workflow.counsel import counsel_dismiss, counsel_invite

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed, page_out
from .queues import queue_of, queue_shown
from .representations import moment
from .shapes import ident, more, shape, text, truth, when
from .shapes_work import QueueOut, QueuesPage

QueueSetIn = shape(
    "QueueSetIn",
    "A queue; “minutes” by kind of target, null for none; “pauses”: the time to the decision "
    "stands still while a case waits for somebody.",
    title=serializers.CharField(max_length=80),
    order=serializers.IntegerField(min_value=0, max_value=10_000, default=100),
    minutes=serializers.DictField(
        child=serializers.IntegerField(allow_null=True, min_value=1), required=False
    ),
    pauses=serializers.BooleanField(default=False),
)
SavedSearchIn = shape(
    "SavedSearchIn",
    "A search under a name; “shared” with everybody who reads cases, “pinned” among the tabs.",
    name=serializers.CharField(max_length=NAME_MAX),
    query=serializers.CharField(max_length=QUERY_MAX, allow_blank=True),
    shared=serializers.BooleanField(default=False),
    pinned=serializers.BooleanField(default=False),
)
SavedSearchOut = shape(
    "SavedSearchOut", "A kept search.", id=ident(), name=text(), query=text(), shared=truth(),
    pinned=truth(), own=truth(), saved_at=when(),
)  # fmt: skip
SavedSearchesPage = page_out("SavedSearchesPage", "views", SavedSearchOut)
CounselIn = shape(
    "CounselIn",
    "For whom an address is, and for how many days.",
    label=serializers.CharField(max_length=LABEL_MAX),
    days=serializers.IntegerField(min_value=1, max_value=DAYS_MOST),
)
CounselOut = shape(
    "CounselOut", "An address for outside counsel.", id=ident(), label=text(), made_at=when(),
    expires_at=when(), revoked_at=when(null=True),
)  # fmt: skip
CounselMadeOut = more(
    CounselOut, "CounselMadeOut", "The same with its secret address, shown this once.",
    address=text(),
)  # fmt: skip
CounselPage = page_out("CounselPage", "links", CounselOut)


class Queues(View):
    """The queues that one sees."""

    ability = Ability.CASES_READ
    writes = Ability.QUEUES_MANAGE

    @extend_schema(
        operation_id="queues_list",
        summary="Queues and their targets in minutes",
        parameters=PAGE,
        responses={200: QueuesPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = queues_visible(request_actor(request).person).prefetch_related("targets")
        return listed(request, rows, by=("order", "title", "id"), name="queues", show=queue_shown)

    @extend_schema(
        operation_id="queue_add",
        summary="Make a queue with its targets",
        request=QueueSetIn,
        responses={201: QueueOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body, actor = read(QueueSetIn, request), request_actor(request)
        queue = queue_add(title=body["title"], order=body["order"], actor=actor)
        targets_set(queue=queue, minutes=_minutes(body), pauses=body["pauses"], actor=actor)
        return Response(queue_shown(queue), status=status.HTTP_201_CREATED)


class OneQueue(View):
    """One queue."""

    ability = Ability.QUEUES_MANAGE

    @extend_schema(
        operation_id="queue_change",
        summary="Rename or move a queue and set its targets; its key stays",
        request=QueueSetIn,
        responses={200: QueueOut, **ERRORS},
    )
    def put(self, request: Request, name: str) -> Response:
        body, actor = read(QueueSetIn, request), request_actor(request)
        queue = queue_change(
            queue=queue_of(request, name), title=body["title"], order=body["order"], actor=actor
        )
        targets_set(queue=queue, minutes=_minutes(body), pauses=body["pauses"], actor=actor)
        return Response(queue_shown(queue))


class SavedSearches(View):
    """Kept searches."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="views_list",
        summary="One's own searches and those shared with everybody",
        parameters=PAGE,
        responses={200: SavedSearchesPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        person = request_actor(request).require_self()
        return listed(
            request, views_of(person), by=("name", "id"), name="views",
            show=lambda row: _view(row, person.pk),
        )  # fmt: skip

    @extend_schema(
        operation_id="view_save",
        summary="Keep a search under a name; one's own of that name is replaced",
        request=SavedSearchIn,
        responses={201: SavedSearchOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        actor = request_actor(request)
        row = view_save(actor=actor, **read(SavedSearchIn, request))
        return Response(_view(row, actor.require_self().pk), status=status.HTTP_201_CREATED)


class OneSavedSearch(View):
    """One of them."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="view_remove", summary="Remove a kept search", responses={204: None, **ERRORS}
    )
    def delete(self, request: Request, view_id: UUID) -> Response:
        actor = request_actor(request)
        view_remove(view=view_find(view_id=view_id, person=actor.require_self()), actor=actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Counsel(View):
    """Addresses for outside counsel."""

    ability = Ability.BUNDLES_EXPORT

    @extend_schema(
        operation_id="counsel_list",
        summary="The addresses of a case for outside counsel",
        parameters=PAGE,
        responses={200: CounselPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = CounselLink.objects.filter(case=case_find(case_id))
        return listed(request, rows, by=("-made_at", "id"), name="links", show=_counsel)

    @extend_schema(
        operation_id="counsel_invite",
        summary="Make an address that shows outside counsel the redacted record, for some days",
        request=CounselIn,
        responses={201: CounselMadeOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        link, secret = counsel_invite(
            case=case_find(case_id), actor=request_actor(request), **read(CounselIn, request)
        )
        shown = {**_counsel(link), "address": whole_address(request, f"/counsel/{secret}")}
        return Response(shown, status=status.HTTP_201_CREATED)


class OneCounsel(View):
    """One of them."""

    ability = Ability.BUNDLES_EXPORT

    @extend_schema(
        operation_id="counsel_dismiss", summary="Close an address now",
        responses={204: None, **ERRORS},
    )  # fmt: skip
    def delete(self, request: Request, case_id: UUID, link_id: UUID) -> Response:
        link = CounselLink.objects.filter(pk=link_id, case=case_find(case_id)).first()
        if link is None:
            raise NotFound("This case has no such address.")
        counsel_dismiss(link=link, actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _minutes(body: dict[str, Any]) -> dict[TargetKind, int | None]:
    given = body.get("minutes", {})
    return {kind: given.get(kind.value) for kind in TargetKind}


def _view(row: SavedView, person: UUID) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "query": row.query,
        "shared": row.shared,
        "pinned": row.pinned,
        "own": row.person_id == person,
        "saved_at": moment(row.saved_at),
    }


def _counsel(row: CounselLink) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "label": row.label,
        "made_at": moment(row.made_at),
        "expires_at": moment(row.expires_at),
        "revoked_at": moment(row.revoked_at),
    }
