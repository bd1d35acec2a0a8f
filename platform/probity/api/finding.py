"""Searching and figures, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput
from probity.insight.figures import Figure, Span, span_read
from probity.insight.selectors import FIGURES, figure, figures
from probity.search.language import query_read
from probity.search.selectors import cases_found, order_of, whys_of

from .authentication import request_actor
from .base import ERRORS, View
from .paging import PAGE, page_of, page_out
from .representations import moment

#: The orders of ``cases_found`` as fields, for the cursor.
ORDERS = {
    "urgent": ("-priority", "due_at", "opened_at", "id"),
    "due": ("due_at", "id"),
    "newest": ("-number",),
}
DAYS = [
    OpenApiParameter("from", str, description="The first day, such as 2026-11-01 (UTC)."),
    OpenApiParameter("to", str, description="The last day, included."),
]


class WhyOut(serializers.Serializer[Any]):
    """One text that matched."""

    kind = serializers.CharField()
    excerpt = serializers.CharField()


class FoundOut(serializers.Serializer[Any]):
    """One case that was found."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()
    queue = serializers.CharField()
    category = serializers.CharField()
    places = serializers.ListField(child=serializers.CharField())
    priority = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    matched = WhyOut(many=True)


SearchOut = page_out("SearchOut", "cases", FoundOut)


class SeriesTableOut(serializers.Serializer[Any]):
    """One figure's table: its first column names the row."""

    key = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.JSONField()))


class FiguresOut(serializers.Serializer[Any]):
    """Several figures of the same days."""

    first = serializers.DateField()
    last = serializers.DateField()
    figures = SeriesTableOut(many=True)


class Search(View):
    """Finding cases."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="cases_search",
        summary="Cases that a search finds, in the language of the search page",
        parameters=[*PAGE, OpenApiParameter("q", str, required=True)],
        responses={200: SearchOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        query = request.query_params.get("q", "").strip()
        if not query:
            raise InvalidInput.of({"q": "Say what to search for."})
        terms = query_read(query)
        found = cases_found(query=terms, person=request_actor(request).person)
        by = ORDERS[order_of(terms)]
        cases, cursor = page_of(request, found.select_related("queue"), by=by)
        whys = whys_of(cases=cases, terms=terms)
        rows = [
            {
                "id": str(case.pk),
                "number": case.label,
                "state": case.state,
                "queue": case.queue.key,
                "category": case.category,
                "places": case.places,
                "priority": case.priority,
                "opened_at": moment(case.opened_at),
                "due_at": moment(case.due_at),
                "matched": [
                    {"kind": why.kind, "excerpt": why.excerpt.text} for why in whys.get(case.pk, [])
                ],
            }
            for case in cases
        ]
        return Response({"cases": rows, "next": cursor})


class Figures(View):
    """All figures."""

    ability = Ability.FIGURES_READ

    @extend_schema(
        operation_id="figures_list",
        summary="Every figure of some days, as tables",
        parameters=DAYS,
        responses={200: FiguresOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        span = _span(request)
        found = figures(person=request_actor(request).person, span=span)
        return Response(_shown(span, found))


class OneFigure(View):
    """One figure."""

    ability = Ability.FIGURES_READ

    @extend_schema(
        operation_id="figure_read",
        summary=f"One figure of some days: {', '.join(FIGURES)}",
        parameters=DAYS,
        responses={200: FiguresOut, **ERRORS},
    )
    def get(self, request: Request, key: str) -> Response:
        span = _span(request)
        found = figure(key=key, person=request_actor(request).person, span=span)
        return Response(_shown(span, [found]))


def _shown(span: Span, found: list[Figure]) -> dict[str, Any]:
    return {
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "figures": [
            {
                "key": each.key,
                "title": each.title,
                "says": each.says,
                "note": each.note,
                "columns": list(each.columns),
                "rows": [list(row) for row in each.rows],
            }
            for each in found
        ],
    }


def _span(request: Request) -> Span:
    asked = request.query_params
    return span_read(asked.get("from", ""), asked.get("to", ""))
