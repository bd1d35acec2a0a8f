"""The API's bodies, for OpenAPI and for checking shapes; meaning is checked in the rooms."""

from __future__ import annotations

from rest_framework import serializers

from probity.bundles.models import Profile
from probity.cases.models import Category
from probity.decisions.models import Action


class ReportIn(serializers.Serializer[dict[str, object]]):
    """A notice (DSA art. 16; TAKE IT DOWN Act s. 3). One of file, url, sha256 is required."""

    file = serializers.FileField(required=False)
    url = serializers.CharField(required=False)
    sha256 = serializers.RegexField("^[0-9a-f]{64}$", required=False)
    category = serializers.ChoiceField(choices=list(Category))
    explanation = serializers.CharField(max_length=10_000)
    places = serializers.CharField(required=False, help_text="ISO 3166 codes with commas between")
    depicted = serializers.BooleanField(required=False, allow_null=True)
    good_faith = serializers.BooleanField(required=False, allow_null=True)
    may_show_minor = serializers.BooleanField(required=False)
    email = serializers.EmailField(required=False)
    signature = serializers.CharField(required=False, max_length=200)


class ReportOut(serializers.Serializer[dict[str, object]]):
    """The reporter's receipt: ``receipt`` opens ``status_url``; it is not shown again."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    receipt = serializers.CharField()
    status_url = serializers.URLField()


class DecisionIn(serializers.Serializer[dict[str, object]]):
    """What was decided and why; ``rules`` are ids from the case's evaluation."""

    action = serializers.ChoiceField(choices=list(Action))
    reason = serializers.CharField(max_length=10_000)
    rules = serializers.ListField(child=serializers.CharField(), required=False)


class ApprovalIn(serializers.Serializer[dict[str, object]]):
    """A named person's word on exactly one version of a pack."""

    digest = serializers.RegexField("^[0-9a-f]{64}$")
    given = serializers.BooleanField()
    note = serializers.CharField(max_length=2_000, required=False)


class WhatIfIn(serializers.Serializer[dict[str, object]]):
    """Facts as a reviewer would confirm them; what is left out is unknown."""

    facts = serializers.DictField(required=False)
    places = serializers.ListField(child=serializers.CharField(), required=False)
    at = serializers.DateTimeField(required=False)


class ExportIn(serializers.Serializer[dict[str, object]]):
    """Which bundle, for whom and why; ``why`` is needed where everything is shown."""

    profile = serializers.ChoiceField(choices=list(Profile))
    purpose = serializers.CharField(max_length=500)
    recipient = serializers.CharField(max_length=200)
    why = serializers.CharField(max_length=500, required=False)


class ClaimOut(serializers.Serializer[dict[str, object]]):
    """Who holds the case until when."""

    case = serializers.UUIDField()
    person = serializers.CharField()
    until = serializers.DateTimeField()


class ProblemOut(serializers.Serializer[dict[str, object]]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    fields_ = serializers.DictField(child=serializers.CharField(), required=False, source="fields")


class FindingOut(serializers.Serializer[dict[str, object]]):
    """One immutable statement by one run."""

    id = serializers.UUIDField()
    asset = serializers.CharField()
    kind = serializers.ChoiceField(choices=["detector", "provenance", "match"])
    producer = serializers.CharField()
    title = serializers.CharField()
    version = serializers.CharField()
    status = serializers.ChoiceField(choices=["ok", "abstained", "failed"])
    sentence = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    llr = serializers.FloatField(allow_null=True)
    details = serializers.DictField()
    resources = serializers.DictField()
    parameters = serializers.DictField()
    runtime = serializers.CharField()
    device = serializers.CharField()
    input_sha256 = serializers.CharField()
    duration_ms = serializers.FloatField()
    pictures = serializers.ListField(child=serializers.DictField())
    made_at = serializers.DateTimeField()


class CaseOut(serializers.Serializer[dict[str, object]]):
    """A whole case."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=["open", "in_review", "decided"])
    category = serializers.ChoiceField(choices=list(Category))
    demonstration = serializers.CharField(allow_null=True)
    places = serializers.ListField(child=serializers.CharField())
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    reports = serializers.IntegerField()
    claim = serializers.DictField(allow_null=True)
    analysis = serializers.DictField()
    evidence = serializers.ListField(child=serializers.DictField())
    findings = FindingOut(many=True)
    provenance = serializers.DictField(allow_null=True)
    assessment = serializers.DictField(allow_null=True)
    evaluation = serializers.DictField(allow_null=True)
    decisions = serializers.ListField(child=serializers.DictField())
    audit = serializers.DictField()
