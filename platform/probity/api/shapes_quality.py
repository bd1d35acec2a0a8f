"""What answers about quality look like, and what leads send."""

from __future__ import annotations

from rest_framework import serializers

from probity.cases.models import Category
from probity.decisions.models import Action
from probity.quality.models import Right, TrialKind

from .paging import page_out
from .shapes import free, ident, number, shape, text, texts, truth, when, whole

ShareOut = shape(
    "ShareOut", "Hits of a number, with the 95 % interval of the share; null below five.",
    hits=whole(), count=whole(), low=number(null=True), high=number(null=True),
)  # fmt: skip
OwnCopyOut = shape(
    "OwnCopyOut", "One copy that the one who asks decided unawares.", case=ident(), number=text(),
    kind=serializers.ChoiceField(choices=list(TrialKind)), agrees=truth(null=True),
    answered_at=when(),
)  # fmt: skip
OwnQualityOut = shape(
    "OwnQualityOut", "One's own shares, and the latest hundred copies.", golden=ShareOut(),
    second_reviews=ShareOut(), stood=ShareOut(), copies=OwnCopyOut(many=True),
)  # fmt: skip

GoldenIn = shape(
    "GoldenIn",
    "A decided case whose right answer is known: any of “actions” as the gravest of a decision, "
    "these answers to the law's questions, and why, which whoever decided a copy reads.",
    case=serializers.UUIDField(),
    actions=serializers.ListField(child=serializers.ChoiceField(choices=list(Action))),
    facts=serializers.DictField(child=serializers.BooleanField(), default=dict),
    why=serializers.CharField(max_length=2_000),
)
GoldenOut = shape(
    "GoldenOut", "A golden case in use; “copies”: how many were decided as accepted.", id=ident(),
    case=ident(), number=text(), queue=text(), actions=texts(), facts=free(), why=text(),
    at=when(), copies=ShareOut(), waits=truth(),
)  # fmt: skip
GoldensPage = page_out("GoldensPage", "goldens", GoldenOut)
TrialOut = shape(
    "TrialOut", "A copy that waits for an answer.", id=ident(),
    kind=serializers.ChoiceField(choices=list(TrialKind)), case=ident(), number=text(),
    source=ident(), source_number=text(), made_at=when(),
)  # fmt: skip
TrialsPage = page_out("TrialsPage", "copies", TrialOut)
DecidedOut = shape("DecidedOut", "What was decided.", actions=texts(), rules=texts())
DifferenceOut = shape(
    "DifferenceOut", "Two decisions of one case; “own”: one of them is one's own.", id=ident(),
    case=ident(), number=text(), first=DecidedOut(), second=DecidedOut(allow_null=True),
    own=truth(), answered_at=when(),
)  # fmt: skip
DifferencesPage = page_out("DifferencesPage", "differences", DifferenceOut)
QualityRulingIn = shape(
    "QualityRulingIn", "Which was right, and why; both people read it.",
    right=serializers.ChoiceField(choices=list(Right)),
    note=serializers.CharField(max_length=2_000),
)  # fmt: skip
RateIn = shape(
    "RateIn", "A rate; no queue or no category means every one, and 0 ends it.",
    kind=serializers.ChoiceField(choices=list(TrialKind)),
    queue=serializers.CharField(max_length=40, default="", allow_blank=True),
    category=serializers.ChoiceField(choices=list(Category), default="", allow_blank=True),
    per_mille=serializers.IntegerField(min_value=0, max_value=1_000),
    because=serializers.CharField(max_length=300),
)  # fmt: skip
RateOut = shape(
    "RateOut", "A rate in use.", kind=text(), queue=text(null=True), category=text(null=True),
    per_mille=whole(), because=text(), at=when(),
)  # fmt: skip
RatesPage = page_out("RatesPage", "rates", RateOut)
PersonQualityOut = shape(
    "PersonQualityOut", "One person; a reason to talk, never a score.", person=text(),
    golden=ShareOut(), second_reviews=ShareOut(), stood=ShareOut(),
)  # fmt: skip
PeopleQualityPage = page_out("PeopleQualityPage", "people", PersonQualityOut)
