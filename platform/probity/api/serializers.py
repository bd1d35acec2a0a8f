"""The API's bodies, for OpenAPI and for checking shapes; meaning is checked in the rooms."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from probity.bundles.models import Profile
from probity.cases.models import Category

from .shapes import FileIn


class UploaderIn(serializers.Serializer[dict[str, object]]):
    """The account that uploaded it, as the host platform names it; text of JSON in a form."""

    reference = serializers.CharField(max_length=200)
    email = serializers.EmailField(required=False)
    language = serializers.CharField(max_length=12, required=False)


class ReportFields(serializers.Serializer[dict[str, object]]):
    """A notice (DSA art. 16; TAKE IT DOWN Act s. 3) without its file."""

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
    contact = serializers.CharField(
        required=False, max_length=300, help_text="Another way to be reached than e-mail"
    )
    on_behalf = serializers.BooleanField(required=False, allow_null=True)
    no_consent = serializers.BooleanField(required=False, allow_null=True)
    resident = serializers.BooleanField(
        required=False, allow_null=True, help_text="Lives in California (SB 981)"
    )
    has_account = serializers.BooleanField(required=False, allow_null=True)
    uploader = UploaderIn(required=False)
    language = serializers.CharField(
        required=False, max_length=12, help_text="The reporter's language: de, pt-BR"
    )
    reference = serializers.CharField(
        required=False, max_length=200, help_text="The host platform's name for what is reported"
    )


class ReportIn(ReportFields):
    """A notice (DSA art. 16; TAKE IT DOWN Act s. 3). One of file, url, sha256 is required."""

    file = FileIn(required=False)


class ReportOut(serializers.Serializer[dict[str, object]]):
    """The reporter's receipt: ``receipt`` opens ``status_url``; it is not shown again."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    receipt = serializers.CharField()
    status_url = serializers.URLField()


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

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The members; ``fields`` is a serializer's own name and cannot be declared."""
        says = serializers.DictField(child=serializers.CharField(), required=False)
        return {**super().get_fields(), "fields": says}


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
    state = serializers.ChoiceField(choices=["open", "in_review", "decided", "merged"])
    category = serializers.ChoiceField(choices=list(Category))
    demonstration = serializers.CharField(allow_null=True)
    places = serializers.ListField(child=serializers.CharField())
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    queue = serializers.CharField()
    priority = serializers.IntegerField()
    priority_why = serializers.ListField(child=serializers.DictField())
    version = serializers.IntegerField()
    snoozed_until = serializers.DateTimeField(allow_null=True)
    escalated_at = serializers.DateTimeField(allow_null=True)
    sent_to = serializers.CharField(allow_null=True)
    merged_into = serializers.UUIDField(allow_null=True)
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
