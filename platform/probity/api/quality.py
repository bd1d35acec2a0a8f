"""What one's own copies say, for one's own programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.quality.models import Trial
from probity.quality.people import Share, standing_of
from probity.quality.selectors import trials_of

from .authentication import request_actor
from .base import ERRORS, View
from .representations import moment
from .shapes_quality import OwnQualityOut

MOST = 100


class OwnQuality(View):
    """What the one who asks decided unawares."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="own_quality_read",
        summary="How one's own decisions of golden copies and second reviews went",
        responses={200: OwnQualityOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        person = request_actor(request).require_person(Ability.CASES_WORK)
        own = standing_of(person)
        return Response(
            {
                "golden": share_shown(own.golden),
                "second_reviews": share_shown(own.agreed),
                "stood": share_shown(own.stood),
                "copies": [_copy(trial) for trial in trials_of(person)[:MOST]],
            }
        )


def _copy(trial: Trial) -> dict[str, Any]:
    return {
        "case": str(trial.case_id),
        "number": trial.case.label,
        "kind": trial.kind,
        "agrees": trial.agrees,
        "answered_at": moment(trial.answered_at),
    }


def share_shown(share: Share) -> dict[str, Any]:
    """A share with its bounds, null where a share says nothing."""
    low, high = share.bounds or (None, None)
    return {"hits": share.hits, "count": share.count, "low": low, "high": high}
