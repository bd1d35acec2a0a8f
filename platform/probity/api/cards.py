"""Which detectors are installed, and what their cards say, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.analysis.cards import Installed, card_installed, cards_installed

from .base import ERRORS, View
from .paging import PAGE, listed_here, page_out
from .shapes import free, more, shape, text, truth

DetectorOut = shape(
    "DetectorOut",
    "An installed detector; “better_than_chance” is null where nobody measured.",
    id=text(), name=text(), version=text(), package=text(), modality=text(), summary=text(),
    calibrated=truth(), better_than_chance=truth(null=True),
)  # fmt: skip
DetectorWholeOut = more(DetectorOut, "DetectorWholeOut", "The same with its card.", card=free())
DetectorsPage = page_out("DetectorsPage", "detectors", DetectorOut)


class Detectors(View):
    """All that can be used here."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="detectors_list",
        summary="The detectors that are installed here",
        parameters=PAGE,
        responses={200: DetectorsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return listed_here(
            request, cards_installed(), key=lambda row: row.card.id, name="detectors", show=_shown
        )


class OneDetector(View):
    """One of them."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="detector_read",
        summary="A detector's card: what it measures, its error rates and its limits",
        responses={200: DetectorWholeOut, **ERRORS},
    )
    def get(self, request: Request, detector: str) -> Response:  # noqa: ARG002
        found = card_installed(detector)
        return Response({**_shown(found), "card": found.card.to_dict()})


def _shown(row: Installed) -> dict[str, Any]:
    return {
        "id": row.card.id,
        "name": row.card.name,
        "version": row.card.version,
        "package": row.package,
        "modality": str(row.card.modality),
        "summary": row.card.summary,
        "calibrated": row.card.calibrated,
        "better_than_chance": row.card.better_than_chance,
    }
