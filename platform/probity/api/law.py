"""The law, for programs: packs, what-if, clocks, approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.models import Clock
from probity.cases.notice import places_read
from probity.cases.selectors import case_find
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.decisions.library import (
    changes_between,
    pack_text_find,
    pack_texts,
    sources_due,
    what_if,
)
from probity.decisions.models import PackApproval, PackVersion
from probity.decisions.packs import approvals_by_digest, pack_version, pack_versions
from probity.workflow.pack_approve import pack_approval_set

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import object_of
from .paging import PAGE, listed, listed_here
from .representations import moment
from .serializers import ApprovalIn, WhatIfIn
from .shapes_work import ApprovedOut, ClocksPage, PacksPage

OBJECT = {"type": "object", "additionalProperties": True}


class Packs(View):
    """The installed packs."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="packs_list",
        parameters=PAGE,
        summary="The installed policy packs and who approved them",
        responses={200: PacksPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        approvals = approvals_by_digest()
        return listed_here(
            request, list(pack_texts().values()), key=lambda text: text["id"], name="packs",
            show=lambda text: _pack_shown(text, approvals),
        )  # fmt: skip


def _pack_shown(text: dict[str, Any], approvals: Mapping[str, PackApproval]) -> dict[str, Any]:
    approval = approvals.get(text["digest"])
    return {
        "id": text["id"],
        "title": text["title"],
        "version": text["version"],
        "digest": text["digest"],
        "jurisdiction": text["jurisdiction"],
        "rules": [rule["id"] for rule in text["rules"]],
        "records": [record["id"] for record in text.get("records", [])],
        "approved_by": approval.person.username if approval else None,
    }


class OnePack(View):
    """One pack as text."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="pack_read",
        summary="A whole pack: conditions in words, citations, states, obligations",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request, pack: str) -> Response:  # noqa: ARG002
        return Response({**pack_text_find(pack), "versions": _versions(pack)})


class Changes(View):
    """Two versions compared."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="pack_changes",
        summary="What changed between two versions of a pack, and for which cases",
        parameters=[OpenApiParameter("old", str), OpenApiParameter("new", str)],
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request, pack: str) -> Response:
        old, new = (_version_of(request, pack, key) for key in ("old", "new"))
        return Response(changes_between(old, new))


class Approvals(View):
    """A named person's approval."""

    ability = Ability.LAW_APPROVE

    @extend_schema(
        operation_id="pack_approve",
        summary="Approve a version of a pack in one's own name, or take that back",
        request=ApprovalIn,
        responses={200: ApprovedOut, **ERRORS},
    )
    def post(self, request: Request, pack: str) -> Response:
        body = object_of(request, "digest", "given", "note")
        if not isinstance(body.get("given"), bool):
            raise InvalidInput.of({"given": "“given” must be true or false."})
        version = pack_version(str(body.get("digest", "")))
        if version.pack != pack:
            raise InvalidInput.of({"digest": "This digest belongs to another pack."})
        row = pack_approval_set(
            version=version,
            given=body["given"],
            note=str(body.get("note", "")),
            actor=request_actor(request),
        )
        return Response(
            {"pack": pack, "digest": version.digest, "given": row.given, "at": moment(row.at)}
        )


class WhatIf(View):
    """An evaluation that is not recorded."""

    ability = Ability.CASES_READ
    keeps = False

    @extend_schema(
        operation_id="law_what_if",
        summary="What the packs say to these facts; nothing is recorded",
        request=WhatIfIn,
        responses={200: OBJECT, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body = object_of(request, "facts", "places", "at")
        facts = body.get("facts", {})
        if not isinstance(facts, dict):
            raise InvalidInput.of({"facts": "“facts” must be an object: name to true or false."})
        at = _moment(body["at"]) if "at" in body else now()
        return Response(
            what_if(facts, at=at, places=places_read(body.get("places")), received_at=at)
        )


class Stale(View):
    """What is due for another look."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="law_stale",
        summary="Sources past their check date; statutes about to start or to end",
        parameters=[OpenApiParameter("at", date)],
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("at", "")
        return Response(sources_due(_moment(text).date() if text else now().date()))


class Clocks(View):
    """A case's deadlines."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="case_clocks",
        parameters=PAGE,
        summary="The deadlines of a case, running and ended",
        responses={200: ClocksPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = case_find(case_id).clocks.all()
        return listed(request, rows, by=("due_at", "id"), name="clocks", show=_clock)


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "id": str(clock.pk),
        "rule": clock.rule,
        "duty": clock.duty,
        "title": clock.title,
        "provisional": clock.provisional,
        "started_at": moment(clock.started_at),
        "due_at": moment(clock.due_at),
        "warned_at": moment(clock.warned_at),
        "breached_at": moment(clock.breached_at),
        "ended_at": moment(clock.ended_at),
        "ended_why": clock.ended_why,
    }


def _versions(pack: str) -> list[dict[str, Any]]:
    return [
        {"version": row.version, "digest": row.digest, "kept_at": moment(row.kept_at)}
        for row in pack_versions(pack)
    ]


def _version_of(request: Request, pack: str, key: str) -> PackVersion:
    version = pack_version(request.query_params.get(key, ""))
    if version.pack != pack:
        raise InvalidInput.of({key: "This digest belongs to another pack."})
    return version


def _moment(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput.of(
            {"at": "“at” must be a date or a moment, such as 2026-11-03."}
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=now().tzinfo)
