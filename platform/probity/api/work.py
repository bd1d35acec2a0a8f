"""How much work waits, for whoever starts and stops workers."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.analysis.rates import expectations

from .base import ERRORS, View


class ExpectedOut(serializers.Serializer[dict[str, object]]):
    """One queue. ``expected_seconds``: what one worker would need for all of it, null where no
    rate was measured yet; ``wanted``: workers with which it would be done within the target."""

    queue = serializers.CharField()
    waiting = serializers.IntegerField()
    leased = serializers.IntegerField()
    workers = serializers.IntegerField()
    expected_seconds = serializers.FloatField(allow_null=True)
    seconds_each = serializers.FloatField(allow_null=True)
    wanted = serializers.IntegerField()


class WorkOut(serializers.Serializer[dict[str, object]]):
    """Every queue."""

    queues = ExpectedOut(many=True)


class Work(View):
    """Queues and the workers they want."""

    ability = Ability.WORK_READ

    @extend_schema(
        operation_id="work_expected",
        summary="What waits for workers, and how many would do",
        responses={200: WorkOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """What waits, in jobs and expected seconds, and how many workers would do."""
        return Response({"queues": [asdict(row) for row in expectations()]})
