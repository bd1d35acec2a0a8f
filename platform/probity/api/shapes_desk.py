"""What answers of the creators' desk look like, and what it takes."""

from __future__ import annotations

from rest_framework import serializers

from probity.credentials.identities import algorithms, kinds_and_states
from probity.credentials.models import Step
from probity.credentials.works import declarable

from .paging import page_out
from .shapes import FileIn, free, frees, ident, more, shape, text, truth, when, whole

NAME_MAX = 40
PEM_MAX = 200_000
ACTIONS, SOURCES, AI_USES = declarable()
KINDS, STATES = kinds_and_states()

IdentityIn = shape(
    "IdentityIn",
    "Who signs: the name that it has here, and what its certificate shall say; “trial” makes a "
    "certificate that nobody trusts.",
    name=serializers.CharField(max_length=NAME_MAX),
    subject=serializers.CharField(max_length=200),
    organisation=serializers.CharField(max_length=200, default="", allow_blank=True),
    country=serializers.CharField(max_length=2, default="", allow_blank=True),
    algorithm=serializers.ChoiceField(choices=algorithms(), default=algorithms()[0]),
    trial=serializers.BooleanField(default=False),
)
ChainIn = shape(
    "ChainIn", "The authority's answer: PEM, one's own certificate first.",
    chain=serializers.CharField(max_length=PEM_MAX),
)  # fmt: skip
RevokeIn = shape(
    "RevokeIn", "Why its key is erased.",
    why=serializers.CharField(max_length=200, default="", allow_blank=True),
)  # fmt: skip
IdentityOut = shape(
    "IdentityOut",
    "A signing identity; no secret is in it.",
    id=ident(), name=text(), subject=free(), algorithm=text(),
    kind=serializers.ChoiceField(choices=KINDS),
    state=serializers.ChoiceField(choices=STATES), development=truth(), created_at=when(),
    sha256=text(null=True), issuer=text(null=True), not_before=when(null=True),
    not_after=when(null=True), revoked_at=when(null=True), revoked_why=text(null=True),
)  # fmt: skip
IdentityWholeOut = more(
    IdentityOut, "IdentityWholeOut",
    "The same with the request for an authority and the certificate with its chain, as PEM.",
    request=text(), chain=text(null=True),
)  # fmt: skip
IdentitiesPage = page_out("IdentitiesPage", "identities", IdentityOut)

WorksIn = shape(
    "WorksIn",
    "What is declared of files that are to be signed alike.",
    identity=serializers.UUIDField(),
    actions=serializers.ListField(child=serializers.ChoiceField(choices=ACTIONS), required=False),
    ai=serializers.ChoiceField(choices=AI_USES, default="", allow_blank=True),
    source=serializers.ChoiceField(choices=SOURCES, default="", allow_blank=True),
    author=serializers.CharField(max_length=200, default="", allow_blank=True),
    do_not_train=serializers.BooleanField(default=False),
    mark=serializers.BooleanField(default=False),
)
WorksForm = more(
    WorksIn, "WorksForm",
    "The same with the files, and with the file that one of them was made from.",
    files=serializers.ListField(child=FileIn()),
    parent=FileIn(required=False),
)  # fmt: skip
FileForm = shape("FileForm", "A file.", file=FileIn())
DeskWorkOut = shape(
    "DeskWorkOut",
    "A file that was signed, or is to be; “outcome” is what the signing said of itself.",
    id=ident(), batch=ident(), file=text(), identity=text(),
    step=serializers.ChoiceField(choices=list(Step)), asked_at=when(), ended_at=when(null=True),
    withdrawn_at=when(null=True), source_sha256=text(), declared=free(), error=text(null=True),
    sha256=text(null=True), bytes=whole(null=True), media_type=text(null=True),
    manifest_id=text(null=True), manifest_sha256=text(null=True), outcome=free(null=True),
    bindings=frees(),
)  # fmt: skip
DeskWorkWholeOut = more(
    DeskWorkOut, "DeskWorkWholeOut", "The same with what our verifier said of the signed file.",
    record=free(null=True),
)  # fmt: skip
WorksPage = page_out("WorksPage", "works", DeskWorkOut)
WorksAskedOut = shape("WorksAskedOut", "What will be signed.", works=DeskWorkOut(many=True))
FoundWorksOut = shape(
    "FoundWorksOut", "Works that a file may be a copy of, the surest first.", matches=frees()
)
