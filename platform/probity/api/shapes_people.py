"""What answers about people, parties, copies and alerts look like."""

from __future__ import annotations

from .paging import page_out
from .shapes import (
    day,
    free,
    frees,
    ident,
    more,
    number,
    shape,
    text,
    texts,
    truth,
    when,
    whole,
)

GrantOut = shape(
    "GrantOut", "What a person may see.", id=ident(), kind=text(), queue=text(),
    category=text(null=True), until=when(null=True),
)  # fmt: skip
TokenOut = shape(
    "TokenOut", "A token without its secret.", id=ident(), name=text(), scopes=texts(),
    created_at=when(), expires_at=when(), last_used_at=when(null=True), revoked_at=when(null=True),
)  # fmt: skip
TokensPage = page_out("TokensPage", "tokens", TokenOut)
MeOut = shape(
    "MeOut", "Who asks.", id=ident(), username=text(), roles=texts(), may=texts(),
    sees=GrantOut(many=True), token=TokenOut(allow_null=True),
)  # fmt: skip
PersonOut = shape(
    "PersonOut", "A person.", id=ident(), username=text(), roles=texts(), active=truth(),
    sign_on_name=text(), sees=GrantOut(many=True), second_factor=truth(),
    recovery_codes_left=whole(), sessions=whole(),
)  # fmt: skip
PersonCreatedOut = more(
    PersonOut, "PersonCreatedOut", "The same with a one-time password, shown this once.",
    one_time_password=text(),
)  # fmt: skip
PeoplePage = page_out("PeoplePage", "people", PersonOut)
SessionsEndedOut = shape("SessionsEndedOut", "How many ended.", ended=whole())
ExceptionOut = shape(
    "ExceptionOut", "A queue that was opened without a grant.", id=ident(), kind=text(),
    queue=text(), category=text(null=True), until=when(null=True), person=ident(), reason=text(),
    noticed_at=when(null=True),
)  # fmt: skip
ExceptionsPage = page_out("ExceptionsPage", "exceptions", ExceptionOut)

RecordOut = shape(
    "RecordOut", "What came of an organisation's reports.", received=whole(), decided=whole(),
    acted=whole(), manifestly_unfounded=whole(), changed_on_appeal=whole(),
    mean_hours=number(null=True), share=number(null=True), low=number(null=True),
    high=number(null=True), sentence=text(),
)  # fmt: skip
SenderOut = shape(
    "SenderOut", "A trusted flagger or an authority.", id=ident(), name=text(), kind=text(),
    areas=texts(), place=text(null=True), award_authority=text(), awarded_on=day(),
    reference=text(null=True), ended_on=day(null=True), record=RecordOut(),
)  # fmt: skip
SendersPage = page_out("SendersPage", "senders", SenderOut)
BindingOut = shape("BindingOut", "A binding.", id=ident(), since=when())
SuspensionOut = shape(
    "SuspensionOut", "A suspension.", id=ident(), state=text(), days=whole(), factors=free(),
    proposer=text(), second=text(null=True), starts_at=when(null=True), ends_at=when(null=True),
    ended_at=when(null=True),
)  # fmt: skip
PartyOut = shape("PartyOut", "A party.", kind=text(), id=ident())
StandingOut = shape(
    "StandingOut", "What counts for a party.", party=PartyOut(), counts=whole(),
    warned_at=when(null=True), since_warning=whole(), suspension=SuspensionOut(allow_null=True),
)  # fmt: skip
StandingsPage = page_out("StandingsPage", "parties", StandingOut)
WrittenOut = shape("WrittenOut", "That it is written down.", id=ident(), at=when())

AppealOut = shape(
    "AppealOut", "An appeal.",
    id=ident(), case=ident(), number=text(), decision=ident(), kind=text(), side=text(),
    ground=text(), state=text(), received_at=when(), target=when(), late=truth(),
    person=text(null=True), evidence=texts(), outcome=text(null=True),
    reason=text(null=True), new_decision=ident(null=True),
    closed_at=when(null=True),
)  # fmt: skip
AppealWholeOut = more(
    AppealOut, "AppealWholeOut", "The same with its words.", words=text(), snapshot=free()
)  # fmt: skip
AppealRuledOut = more(AppealOut, "AppealRuledOut", "The same with its ruling.", ruling=ident())
AppealsPage = page_out("AppealsPage", "appeals", AppealOut)
AppealSentOut = shape(
    "AppealSentOut", "What was received.", id=ident(), case=text(), kind=text(),
    received_at=when(), target=when(),
)  # fmt: skip
RequestOut = shape(
    "RequestOut", "What is owed to a person who is shown.", report=ident(), case=ident(),
    on_behalf=truth(null=True), valid_at=when(null=True), california=truth(), next=text(null=True),
    due_at=when(null=True), updates=whole(),
)  # fmt: skip
RequestsPage = page_out("RequestsPage", "requests", RequestOut)
ReferralOut = shape(
    "ReferralOut", "A referral to an outside body.", id=ident(), case=ident(), plugin=text(),
    state=text(), sha256=text(), with_files=truth(), proposer=text(), second=text(null=True),
    outside_id=text(null=True), keep_until=day(null=True), steps=frees(),
)  # fmt: skip
ReferralsPage = page_out("ReferralsPage", "referrals", ReferralOut)

BankOut = shape(
    "BankOut", "A bank of known hashes.", name=text(), label=text(), kind=text(), source=text(),
    licence=text(), share=whole(), expires_at=when(null=True), opened_at=when(),
    closed_at=when(null=True), entries=whole(),
)  # fmt: skip
BanksPage = page_out("BanksPage", "banks", BankOut)
EntryOut = shape(
    "EntryOut", "An entry of a bank.", id=ident(), bank=text(), label=text(), why=text(),
    source=text(), added_at=when(), expires_at=when(null=True), parked_at=when(null=True),
    matched_at=when(null=True), signals=frees(),
)  # fmt: skip
EntriesPage = page_out("EntriesPage", "entries", EntryOut)
AddedOut = shape("AddedOut", "How many were added.", added=whole())
CopyOut = shape(
    "CopyOut", "Another case with a copy.", case=ident(), number=text(), state=text(),
    asset=text(), identical=truth(), distance=whole(null=True), why=text(), match=ident(null=True),
    accepted=truth(null=True),
)  # fmt: skip
CopySearchOut = shape(
    "CopySearchOut", "A search for copies.", id=ident(), at=when(), radius=whole(),
    compared=whole(), identical=whole(), near=whole(), milliseconds=number(),
)  # fmt: skip
CopiesPage = shape(
    "CopiesPage", "A page of copies, and every search there was.", copies=CopyOut(many=True),
    searches=CopySearchOut(many=True), next=text(null=True),
)  # fmt: skip
CopyAnswerOut = shape(
    "CopyAnswerOut", "What a person said to a match.", match=ident(), accepted=truth(), at=when()
)
CarryOut = shape(
    "CarryOut", "A decision carried to copies.", id=ident(), action=text(), four_eyes=truth(),
    outcome=text(), proposed_at=when(), targets=frees(),
)  # fmt: skip
CarriesPage = page_out("CarriesPage", "carries", CarryOut)

AlertOut = shape(
    "AlertOut", "What a watch-list found.", id=ident(),
    watch_list=shape("WatchListNamed", "A list.", id=ident(), name=text())(), kind=text(),
    level=text(), found=text(), sure=text(), what_to_do=text(), withheld=truth(),
    case=ident(null=True), asset=text(null=True), raised_at=when(), outcome=text(null=True),
)  # fmt: skip
AlertsPage = page_out("AlertsPage", "alerts", AlertOut)
WatchListOut = shape(
    "WatchListOut", "A watch-list.", id=ident(), name=text(), kind=text(), why=text(),
    paused=truth(), made_at=when(),
)  # fmt: skip
WatchListWholeOut = more(
    WatchListOut, "WatchListWholeOut", "The same with what stands on it.", names=frees(),
    hashes=frees(), subscribers=frees(),
)  # fmt: skip
WatchListsPage = page_out("WatchListsPage", "watch_lists", WatchListOut)
