"""What answers about queues, claims and decisions look like."""

from __future__ import annotations

from rest_framework import serializers

from probity.cases.models import CaseState, Category
from probity.decisions.models import MEASURE_EVENTS, OUTCOMES, Action, DecisionState

from .paging import page_out
from .shapes import day, free, frees, ident, more, shape, text, texts, truth, when, whole

CaseRowOut = shape(
    "CaseRowOut",
    "One case of a list.",
    id=ident(), number=text(), state=serializers.ChoiceField(choices=list(CaseState)),
    category=serializers.ChoiceField(choices=list(Category)), places=texts(),
    opened_at=when(), decided_at=when(null=True), due_at=when(null=True), queue=text(),
    priority=whole(), version=whole(), snoozed_until=when(null=True),
    claim=shape("HeldOut", "Who holds it.", person=text(), until=when())(allow_null=True),
)  # fmt: skip
CasesPage = page_out("CasesPage", "cases", CaseRowOut)

CaseReportOut = shape(
    "CaseReportOut",
    "One report of a case; never who sent it.",
    id=ident(), case=ident(), category=serializers.ChoiceField(choices=list(Category)),
    explanation=text(), url=text(null=True), sha256=text(null=True), places=texts(),
    language=text(null=True), depicted=truth(null=True), on_behalf=truth(null=True),
    sender_kind=text(), sender=text(null=True), channel=text(), received_at=when(),
    request_valid_at=when(null=True),
)  # fmt: skip
CaseReportsPage = page_out("CaseReportsPage", "reports", CaseReportOut)

TargetOut = shape("TargetOut", "One service target.", kind=text(), minutes=whole(), pauses=truth())
QueueOut = shape(
    "QueueOut", "A queue.", key=text(), title=text(), order=whole(), targets=TargetOut(many=True)
)
QueuesPage = page_out("QueuesPage", "queues", QueueOut)

NextOut = shape(
    "NextOut", "A case that is now one's own.",
    case=ident(), number=text(), until=when(), version=whole(), priority=whole(), why=frees(),
)  # fmt: skip
SentOut = shape("SentOut", "For whom a case is kept.", person=text(), until=when())
RequeuedOut = shape("RequeuedOut", "Where a case is now.", queue=text(), version=whole())
SnoozedOut = shape("SnoozedOut", "Until when.", until=when(null=True), version=whole())
SkippedOut = shape("SkippedOut", "Until when.", until=when())
EscalatedOut = shape("EscalatedOut", "Since when.", escalated_at=when(null=True))
MergedOut = shape("MergedOut", "The case that stays.", case=ident(), number=text(), version=whole())
SplitOut = shape("SplitOut", "The new case.", case=ident(), number=text())

BoardLineOut = shape(
    "BoardLineOut", "A clock that is late or soon will be.",
    id=ident(), case=ident(), number=text(), queue=text(), rule=text(), duty=text(), title=text(),
    own_target=truth(), due_at=when(), state=text(),
)  # fmt: skip
BoardPage = page_out("BoardPage", "clocks", BoardLineOut)
ClockOut = shape(
    "ClockOut", "A deadline of a case.",
    id=ident(), rule=text(), duty=text(), title=text(), provisional=truth(), started_at=when(),
    due_at=when(), warned_at=when(null=True), breached_at=when(null=True),
    ended_at=when(null=True), ended_why=text(),
)  # fmt: skip
ClocksPage = page_out("ClocksPage", "clocks", ClockOut)

ToldOut = shape(
    "ToldOut", "What the host platform was told, and what came of it.",
    event=text(), state=text(), endpoint=text(null=True), tries=whole(), error=text(null=True),
    note=text(null=True), message=ident(null=True),
)  # fmt: skip
MeasureOut = shape(
    "MeasureOut", "One measure.", measure=ident(),
    action=serializers.ChoiceField(choices=list(Action)), scope=free(), days=whole(null=True),
    starts_at=when(null=True), ends_at=when(null=True), over_at=when(null=True),
    over_why=text(null=True),
)  # fmt: skip
MeasureToldOut = more(
    MeasureOut, "MeasureToldOut",
    "One measure and what came of it; “delivery” is null while there is nothing to tell.",
    delivery=text(null=True), told=ToldOut(many=True),
)  # fmt: skip
ApprovalOut = shape(
    "ApprovalOut", "The second person's answer.", given=truth(), reason=text(), person=text(),
    at=when(),
)  # fmt: skip
DecisionOut = shape(
    "DecisionOut", "What a person decided.",
    id=ident(), case=ident(), state=serializers.ChoiceField(choices=list(DecisionState)),
    action=serializers.ChoiceField(choices=list(Action)), measures=MeasureToldOut(many=True),
    reason=text(), rules=texts(), person=text(), at=when(), effective_after=when(null=True),
    effective_at=when(null=True), supersedes=ident(null=True), second_person=frees(),
    approval=ApprovalOut(allow_null=True), automation=free(),
)  # fmt: skip
DecisionsPage = page_out("DecisionsPage", "decisions", DecisionOut)
OutlookOut = shape(
    "OutlookOut", "What measures would bring about; “lifted” is in force now and would end.",
    measures=shape(
        "WantedMeasureOut", "A measure as it would be kept.",
        action=serializers.ChoiceField(choices=list(Action)), scope=free(), days=whole(null=True),
    )(many=True),
    lifted=texts(), second_person=frees(), undo_seconds=whole(),
)  # fmt: skip
OutcomeOut = shape(
    "OutcomeOut", "What the host platform did.",
    id=ident(), measure=ident(), event=serializers.ChoiceField(choices=list(MEASURE_EVENTS)),
    outcome=serializers.ChoiceField(choices=list(OUTCOMES)), note=text(), at=when(),
)  # fmt: skip
SubjectSetOut = shape(
    "SubjectSetOut", "What holds from now on.", subject=text(), needed=truth(), because=text(),
    at=when(),
)  # fmt: skip
StatementOut = shape(
    "StatementOut", "A statement of reasons; its particulars stand beside these members.",
    id=ident(), case=text(), decision=text(), at=text(), sha256=text(), text=text(),
)  # fmt: skip

RoutingMoveOut = shape(
    "RoutingMoveOut", "Cases that change their queue.", was=text(), becomes=text(), count=whole()
)
RoutingPreviewOut = shape(
    "RoutingPreviewOut", "What rules would do with today's backlog.",
    looked_at=whole(), moved=whole(), by_hand=whole(), more=whole(),
    moves=RoutingMoveOut(many=True),
)  # fmt: skip
RuleOut = shape(
    "RuleOut", "A routing rule.", title=text(), queue=text(), categories=texts(), places=texts(),
    languages=texts(), severities=texts(), sender_kinds=texts(),
)  # fmt: skip
RulesOut = shape("RulesOut", "The rules.", rules=RuleOut(many=True), digest=text())
WeightsOut = shape(
    "WeightsOut", "What counts how much.", number=whole(),
    weights=serializers.DictField(child=whole()), words=serializers.DictField(child=text()),
)  # fmt: skip
PlaceOut = shape(
    "PlaceOut", "A case's place in the order.", case=ident(), number=text(), was=whole(),
    becomes=whole(), points_were=whole(), points=whole(), why=frees(),
)  # fmt: skip
OrderPreviewOut = shape(
    "OrderPreviewOut", "The order that weights would give.", looked_at=whole(), changed=whole(),
    more=whole(), first=PlaceOut(many=True),
)  # fmt: skip
TransparencyDays = shape("TransparencyDays", "Counts.", since=day(), until=day(), counts=frees())

PackOut = shape(
    "PackOut", "An installed pack.", id=text(), title=text(), version=whole(), digest=text(),
    jurisdiction=text(), rules=texts(), records=texts(), approved_by=text(null=True),
)  # fmt: skip
PacksPage = page_out("PacksPage", "packs", PackOut)
ApprovedOut = shape(
    "ApprovedOut", "An approval.", pack=text(), digest=text(), given=truth(), at=when()
)
EventOut = shape(
    "EventOut", "One event of a case's chain.", seq=whole(), name=text(), at=when(), actor=text(),
    payload=free(), prev=text(), hash=text(),
)  # fmt: skip
EventsPage = page_out("EventsPage", "events", EventOut)
SubjectOut = shape(
    "SubjectOut", "What may need a second person.", subject=text(), words=text(), needed=truth(),
    because=text(), shipped=truth(),
)  # fmt: skip
SubjectsPage = page_out("SubjectsPage", "subjects", SubjectOut)
