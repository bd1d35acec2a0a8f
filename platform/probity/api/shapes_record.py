"""What answers about holds, erasures, bundles, notices and deliveries look like."""

from __future__ import annotations

from rest_framework import serializers

from probity.bundles.models import Profile

from .paging import page_out
from .shapes import (
    free,
    frees,
    ident,
    idents,
    more,
    shape,
    text,
    texts,
    truth,
    when,
    whole,
)

HoldOut = shape(
    "HoldOut", "A legal hold.",
    id=ident(), case=ident(null=True), asset=text(null=True), placed_in=ident(), kind=text(),
    reason=text(), reference=text(), placed_at=when(), until=when(null=True),
    released_at=when(null=True), release_reason=text(),
)  # fmt: skip
HoldsPage = page_out("HoldsPage", "holds", HoldOut)
ErasureOut = shape(
    "ErasureOut", "A request for erasure.", id=ident(), case=ident(), requester=text(),
    reports=idents(), assets=texts(), state=text(), asked_at=when(), due_at=when(),
    decided_at=when(null=True), ground=text(), reason=text(), kept=free(), steps_done=whole(),
    error=text(), ended_at=when(null=True),
)  # fmt: skip
ErasureEnteredOut = more(
    ErasureOut, "ErasureEnteredOut", "The same with the requester's receipt, shown this once.",
    receipt=text(),
)  # fmt: skip
ErasuresPage = page_out("ErasuresPage", "erasures", ErasureOut)
ScheduleOut = shape(
    "ScheduleOut", "How long a category stays.", category=text(), days=whole(), anchor=text(),
    why=text(), default=truth(),
)  # fmt: skip
TonightOut = shape(
    "TonightOut", "What goes tonight.", cases=idents(), count=whole(), held=idents(),
    files=whole(), bytes=whole(), left_to_others=whole(),
)  # fmt: skip
RetentionOut = shape(
    "RetentionOut", "Every category's time.", schedules=ScheduleOut(many=True), tonight=TonightOut()
)

ExportOut = shape(
    "ExportOut", "An evidence bundle and how far it is.",
    id=ident(), case=ident(), profile=serializers.ChoiceField(choices=list(Profile)),
    purpose=text(), recipient=text(), state=text(), done=whole(), files=whole(),
    bytes=whole(null=True), sha256=text(), error=text(), asked_at=when(), ended_at=when(null=True),
)  # fmt: skip
ExportsPage = page_out("ExportsPage", "exports", ExportOut)

NoticeOut = shape(
    "NoticeOut", "What somebody was told, in the exact words, without secret addresses.",
    id=ident(), kind=text(), to=text(), report=ident(null=True), decision=ident(null=True),
    way=text(), why=text(), language=text(), subject=text(), text=text(), digest=text(),
    message=ident(null=True), at=when(), forgotten_at=when(null=True),
)  # fmt: skip
NoticesPage = page_out("NoticesPage", "notices", NoticeOut)
NoticesSentOut = shape("NoticesSentOut", "What was sent now.", sent=NoticeOut(many=True))
AddressOut = shape("AddressOut", "A private address.", address=text())
NoticeHoldOut = shape(
    "NoticeHoldOut", "Who may not be told.", id=ident(), to=text(), ground=text(), reason=text(),
    reference=text(), placed_at=when(), until=when(null=True), ended_at=when(null=True),
)  # fmt: skip
NoticeTextOut = shape(
    "NoticeTextOut", "The words of a kind of notice in a language.",
    kind=text(), language=text(), title=text(), subject=text(), body=text(), number=whole(),
    shipped=truth(), must=texts(), may=texts(),
)  # fmt: skip
NoticeTextsPage = page_out("NoticeTextsPage", "texts", NoticeTextOut)
NoticePreviewOut = shape("NoticePreviewOut", "Filled words.", subject=text(), body=text())

EndpointOut = shape(
    "EndpointOut", "A webhook endpoint.", id=ident(), name=text(), url=text(), kinds=texts(),
    enabled=truth(), disabled_why=text(), failures=whole(),
    former_secret_until=when(null=True), made_at=when(),
)  # fmt: skip
EndpointSecretOut = more(
    EndpointOut, "EndpointSecretOut", "The same with its secret, shown this once.", secret=text()
)
EndpointsPage = page_out("EndpointsPage", "endpoints", EndpointOut)
MessageOut = shape(
    "MessageOut", "Mail or a webhook.", id=ident(), webhook_id=text(null=True), channel=text(),
    kind=text(), endpoint=ident(null=True), state=text(), attempts=whole(), sha256=text(),
    queued_at=when(), next_at=when(null=True), ended_at=when(null=True), error=text(),
)  # fmt: skip
MessageWholeOut = more(
    MessageOut, "MessageWholeOut", "The same with every attempt.", tries=frees()
)  # fmt: skip
MessagesPage = page_out("MessagesPage", "messages", MessageOut)
