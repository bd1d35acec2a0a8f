"""Notices as they were written, the words they are made of, and who may not be told."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.cases.models import Case, Report
from probity.core.models import Row
from probity.core.moves import Moves
from probity.decisions.models import Decision
from probity.outbox.models import Message
from probity.parties.models import Uploader

from .kinds import Kind

#: Opens a private page to whoever holds it.
PRIVATE_LINK = re.compile(r"/(?:decision|status)/[\w=~-]{16,}")
#: What stands in its place for everybody else.
LINK_GONE = "/…"


class Party(StrEnum):
    """To whom a notice goes."""

    REPORTER = "reporter"
    UPLOADER = "uploader"


class Way(StrEnum):
    """How a notice reached its party: by mail and private page, by the page alone, not at all."""

    MAIL = "mail"
    PAGE = "page"
    WITHHELD = "withheld"


class Why(StrEnum):
    """Why no mail left, or nothing was told at all."""

    NONE = ""
    NO_CONTACT = "no_contact"
    HELD = "held"
    HIGH_VOLUME = "high_volume"


class HoldGround(StrEnum):
    """What forbids telling somebody."""

    AUTHORITY_ORDER = "authority_order"
    INVESTIGATION = "investigation"
    LAW = "law"


class TextVersion(Row):
    """The words of one kind of notice in one language, as somebody saved them: never changed.

    The one with the highest number counts; ``shipped`` stands for the words that come with the
    product, its own are then empty.
    """

    kind = models.CharField(max_length=24, choices=[(k, k) for k in Kind])
    language = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    shipped = models.BooleanField(default=False)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "notices_text"
        ordering = ["kind", "language", "number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "number"], name="text_number_once"),
            models.CheckConstraint(
                condition=Q(shipped=True, body="", subject="") | (Q(shipped=False) & ~Q(body="")),
                name="text_own_or_shipped",
            ),
        ]


class PrivatePage(Row):
    """The uploader's private page of a case; only the digest of its secret is kept."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="uploader_page")
    receipt_digest = models.CharField(max_length=64, unique=True)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "notices_page"


class Notice(Row):
    """One notice with the exact words that were sent; they can be erased, never rewritten.

    ``digest`` is the log's commitment to subject and text, opened by ``salt``. ``values`` is kept
    only while the notice is withheld: what it will be made of once it may go (``after``).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=24, choices=[(k, k) for k in Kind])
    to = models.CharField(max_length=8, choices=[(p, p) for p in Party])
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    uploader = models.ForeignKey(
        Uploader, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    language = models.CharField(max_length=8)
    wording = models.ForeignKey(
        TextVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    salt = models.CharField(max_length=64, blank=True)
    values: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True
    )
    way = models.CharField(max_length=8, choices=[(w, w) for w in Way])
    why = models.CharField(max_length=16, choices=[(w, w) for w in Why], blank=True)
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    after = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="sent_later"
    )
    key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "notices_notice"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to="reporter", report__isnull=False, uploader=None)
                | Q(to="uploader", report=None),
                name="notice_to_one_party",
            ),
            models.CheckConstraint(
                condition=Q(way="withheld", text="", message=None)
                | Q(way="mail", message__isnull=False, why="")
                | Q(way="page", message=None, why="no_contact"),
                name="notice_way_known",
            ),
            models.CheckConstraint(
                condition=~Q(way="withheld") | ~Q(why=""), name="withheld_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(after=None) | ~Q(after=F("id")), name="notice_after_another"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "at"], name="notice_by_case"),
            models.Index(fields=["decision"], name="notice_by_decision"),
        ]

    @property
    def text_shown(self) -> str:
        """The words without the secret address in them, for anybody but their reader."""
        return PRIVATE_LINK.sub(LINK_GONE, self.text)


class NoticeHold(Row):
    """While it stands, nobody tells the named party anything about the case.

    ``to`` is empty for everybody. The texts may name people: the log holds commitments to them.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notice_holds")
    to = models.CharField(max_length=8, choices=[(p, p) for p in Party], blank=True)
    ground = models.CharField(max_length=16, choices=[(g, g) for g in HoldGround])
    reason = models.TextField()
    reference = models.CharField(max_length=200)
    salts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        db_table = "notices_hold"
        ordering = ["placed_at"]
        indexes = [
            models.Index(fields=["case"], condition=Q(ended_at=None), name="notice_hold_open")
        ]


class EntryState(StrEnum):
    """``existing``: it was there already. ``waiting``: certainly not stored, due again.

    ``sending`` after the program died: nobody knows, and the database is asked before anything is
    sent again.
    """

    SENDING = "sending"
    STORED = "stored"
    EXISTING = "existing"
    REFUSED = "refused"
    WAITING = "waiting"


ENTRY_MOVES = Moves(
    thing="a statement for the public database",
    begins=[EntryState.SENDING],
    after={
        EntryState.SENDING: [
            EntryState.STORED,
            EntryState.EXISTING,
            EntryState.REFUSED,
            EntryState.WAITING,
        ],
        EntryState.STORED: [],
        EntryState.EXISTING: [],
        EntryState.REFUSED: [EntryState.SENDING],
        EntryState.WAITING: [EntryState.SENDING],
    },
)


class TransparencyEntry(Row):
    """A decision's statement on its way to the DSA Transparency Database, and what came of it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="transparency")
    puid = models.CharField(max_length=500, unique=True)
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    digest = models.CharField(max_length=64)
    batch = models.UUIDField()
    state = models.CharField(max_length=8, choices=[(s, s) for s in EntryState])
    why = models.CharField(max_length=500, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "notices_transparency_entry"
        ordering = ["begun_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sending", ended_at=None)
                | (~Q(state="sending") & Q(ended_at__isnull=False)),
                name="transparency_end_known",
            )
        ]
        indexes = [models.Index(fields=["state"], name="transparency_state")]


class TransparencyCall(Row):
    """One call of the database's interface and its answer: never changed."""

    batch = models.UUIDField()
    host = models.CharField(max_length=200)
    puids = ArrayField(models.CharField(max_length=500))
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=16)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "notices_transparency_call"
        ordering = ["at"]


class PublicFacts(Row):
    """What the public database is told of a decision's facts in place of the reason; the latest
    counts. ``content_date`` is the day on which the content was posted, where somebody knows it."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="public_facts")
    facts = models.TextField()
    content_date = models.DateField(null=True, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "notices_public_facts"
        ordering = ["at"]
