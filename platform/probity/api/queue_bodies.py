"""The bodies of passing a case on, and the version they were made from."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from probity.cases.handing import WaitingFor
from probity.cases.models import Category, SenderKind, Severity
from probity.cases.selectors import case_find
from probity.cases.versions import version_check

from .authentication import request_actor
from .bodies import Body, number_of

REASON_MAX = 2_000


class ClaimNextIn(serializers.Serializer[dict[str, object]]):
    """Of which queue; left out for all."""

    queue = serializers.CharField(required=False)


class ReturnIn(serializers.Serializer[dict[str, object]]):
    """Why."""

    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)


class EscalateIn(serializers.Serializer[dict[str, object]]):
    """Why."""

    reason = serializers.CharField(max_length=REASON_MAX)


class VersionIn(serializers.Serializer[dict[str, object]]):
    """``version``: of the case as it was read; refused when a colleague changed it since."""

    version = serializers.IntegerField(min_value=0, required=False)


class SendIn(VersionIn):
    """To whom."""

    person = serializers.CharField()
    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)


class QueueIn(VersionIn):
    """Where to."""

    queue = serializers.CharField()
    reason = serializers.CharField(max_length=REASON_MAX)


class SnoozeIn(VersionIn):
    """Until when, and whose answer it waits for."""

    until = serializers.DateTimeField()
    waiting_for = serializers.ChoiceField(
        choices=[one for one in WaitingFor if one], required=False, allow_blank=True
    )
    reason = serializers.CharField(max_length=REASON_MAX, required=False, allow_blank=True)


class MergeIn(VersionIn):
    """The case that stays."""

    into = serializers.UUIDField()
    reason = serializers.CharField(max_length=REASON_MAX)


class SplitIn(VersionIn):
    """The report, and the files (SHA-256) that both cases keep."""

    report = serializers.UUIDField()
    reason = serializers.CharField(max_length=REASON_MAX)
    also = serializers.ListField(child=serializers.CharField(), required=False)


class RuleIn(serializers.Serializer[dict[str, object]]):
    """One routing rule; an empty list matches everything."""

    title = serializers.CharField(max_length=120)
    queue = serializers.CharField()
    categories = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Category)), required=False
    )
    places = serializers.ListField(child=serializers.CharField(), required=False)
    languages = serializers.ListField(child=serializers.CharField(), required=False)
    severities = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Severity)), required=False
    )
    sender_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=list(SenderKind)), required=False
    )


class RulesIn(serializers.Serializer[dict[str, object]]):
    """Rules in the order in which they are looked at."""

    rules = serializers.ListField(child=RuleIn())


class WeightsIn(serializers.Serializer[dict[str, object]]):
    """Weights by name; those left out stay as they are."""

    weights = serializers.DictField(child=serializers.IntegerField(min_value=0))
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    number = serializers.IntegerField(required=False, help_text="The weights it was made from")


def seen_of(request: Request, case_id: UUID, body: Body) -> None:
    """Raise Conflict when a colleague changed the case after the version in the body, if any."""
    if "version" in body:
        seen = number_of(body, "version")
        version_check(case=case_find(case_id), seen=seen, actor=request_actor(request))
