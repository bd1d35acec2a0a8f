"""What must stay, for how long everything else stays, and who asked for something to go."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from probity.accounts.models import Person
from probity.cases.models import Case, Report, WorkNote
from probity.core.models import Row
from probity.core.moves import Moves
from probity.evidence.models import Asset


class HoldKind(StrEnum):
    """Why something must be kept."""

    COURT_ORDER = "court_order"
    PRESERVATION = "preservation"
    LITIGATION = "litigation"
    AUTHORITY = "authority"


class LegalHold(Row):
    """A duty to keep one case, or one file wherever it lies. Several may stand at once.

    Open until it is released: by a person, or by the sweep once ``until`` has passed. ``placed_in``
    is the case whose log tells of it.
    """

    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    placed_in = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds_placed")
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in HoldKind])
    reason = models.CharField(max_length=1000)
    reference = models.CharField(max_length=200)
    salts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    release_reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        db_table = "keeping_hold"
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None, asset__isnull=False) | Q(case__isnull=False, asset=None),
                name="hold_on_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(reference=""), name="hold_has_reason_and_reference"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, release_reason="")
                | (Q(released_at__isnull=False) & ~Q(release_reason="")),
                name="hold_release_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("placed_at")),
                name="hold_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], condition=Q(released_at=None), name="hold_open_by_case"),
            models.Index(
                fields=["asset"], condition=Q(released_at=None), name="hold_open_by_asset"
            ),
        ]


class Anchor(StrEnum):
    """What the days of a schedule are counted from."""

    DECISION = "decision"
    REPORT = "report"


#: Not a category: files sealed because they may show a minor have a schedule of their own.
SEALED = "sealed"


class RetentionSchedule(Row):
    """For how long a decided case's media and words stay; the latest row counts. Append-only."""

    category = models.CharField(max_length=20)
    days = models.PositiveIntegerField()
    anchor = models.CharField(max_length=10, choices=[(anchor, anchor) for anchor in Anchor])
    why = models.CharField(max_length=500)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        db_table = "keeping_schedule"
        ordering = ["set_at"]
        indexes = [models.Index(fields=["category", "-set_at"], name="schedule_by_category")]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="schedule_has_a_reason"),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=36_500), name="schedule_days_sensible"
            ),
        ]


class CaseCleared(Row):
    """A case whose time ran out and whose media and words are gone. Append-only."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="cleared")
    at = models.DateTimeField()
    days = models.PositiveIntegerField()
    anchor = models.CharField(max_length=10)
    since = models.DateTimeField()

    class Meta:
        db_table = "keeping_cleared"
        ordering = ["at"]


class Requester(StrEnum):
    """Who asks for erasure."""

    REPORTER = "reporter"
    UPLOADER = "uploader"
    DEPICTED = "depicted"


class ErasureState(StrEnum):
    """``held``: a legal hold forbids it; ``partly``: other cases still need some of the files, or a
    person still has to look at notes."""

    ASKED = "asked"
    REFUSED = "refused"
    APPROVED = "approved"
    HELD = "held"
    PARTLY = "partly"
    DONE = "done"


ERASURE_MOVES = Moves(
    thing="an erasure request",
    begins=[ErasureState.ASKED],
    after={
        ErasureState.ASKED: [ErasureState.REFUSED, ErasureState.APPROVED],
        ErasureState.REFUSED: [],
        ErasureState.APPROVED: [ErasureState.HELD, ErasureState.PARTLY, ErasureState.DONE],
        ErasureState.HELD: [ErasureState.APPROVED],
        ErasureState.PARTLY: [ErasureState.APPROVED],
        ErasureState.DONE: [],
    },
)


class Ground(StrEnum):
    """Why a request is refused (Reg. (EU) 2016/679)."""

    LAW = "law"
    CLAIMS = "claims"
    EXPRESSION = "expression"
    NEEDED = "needed"
    NOT_THEIRS = "not_theirs"
    EXCESSIVE = "excessive"


OPEN_STATES = [ErasureState.ASKED, ErasureState.APPROVED, ErasureState.HELD, ErasureState.PARTLY]


class ErasureRequest(Row):
    """Somebody asks that data about them goes (GDPR art. 17): what, when due, what became of it.

    ``steps`` are the parts already erased; ``kept`` maps a file's SHA-256 to the labels of the
    cases that still need it. The requester's own words go with the rest once all is done.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="erasures")
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="erasures"
    )
    requester = models.CharField(max_length=10, choices=[(r, r) for r in Requester])
    reports = ArrayField(models.UUIDField(), default=list, blank=True)
    assets = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    salts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    receipt_digest = models.CharField(max_length=64, unique=True)
    entered_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_why = models.CharField(max_length=500, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in ErasureState], default=ErasureState.ASKED
    )
    ground = models.CharField(max_length=12, blank=True, choices=[(g, g) for g in Ground])
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    steps = ArrayField(models.CharField(max_length=90), default=list, blank=True)
    kept: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    #: Not kept: whether what was just entered joined this request instead of making one.
    joined = False

    class Meta:
        db_table = "keeping_erasure"
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at=None, requester="uploader"),
                name="one_open_erasure_per_uploader_and_case",
            ),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(ended_at=None, report__isnull=False),
                name="one_open_erasure_per_report",
            ),
            models.CheckConstraint(
                condition=Q(state="refused", ended_at__isnull=False) & ~Q(ground="")
                | ~Q(state="refused") & Q(ground=""),
                name="erasure_refused_has_ground",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "done"], ended_at__isnull=False)
                | Q(state__in=["asked", "approved", "held", "partly"], ended_at=None),
                name="erasure_end_known",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None, decided_by=None)
                | ~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="erasure_decided_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(extended_at=None, extended_why="")
                | Q(extended_at__isnull=False) & ~Q(extended_why=""),
                name="erasure_extension_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="erasure_open"),
            models.Index(fields=["case"], name="erasure_by_case"),
        ]


class NoteAnswer(StrEnum):
    """What became of a note that was put before a person."""

    KEPT = "kept"
    REMOVED = "removed"


#: A note waits (empty) until a person, or its day, says what becomes of it.
NOTE_MOVES = Moves(
    thing="a note to look at",
    begins=[""],
    after={"": [NoteAnswer.KEPT, NoteAnswer.REMOVED], NoteAnswer.KEPT: [], NoteAnswer.REMOVED: []},
)


class NoteReview(Row):
    """A work note in which no trace of what was erased was found: does it speak of it after all?

    ``about`` is the step of the erasure ("report:…", "asset:…"); ``elsewhere`` says that the note
    names somebody but lies in another case. Unanswered on ``due_at`` the note goes.
    """

    note = models.ForeignKey(WorkNote, on_delete=models.PROTECT, related_name="reviews")
    about = models.CharField(max_length=90)
    elsewhere = models.BooleanField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=8, blank=True, choices=[(a, a) for a in NoteAnswer])
    answered_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "keeping_note_review"
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["note", "about"], name="note_asked_once_each"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="note_answered_whole",
            ),
            models.CheckConstraint(
                condition=~Q(answer="kept") | Q(answered_by__isnull=False),
                name="note_kept_by_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(answer=""), name="note_review_open"),
            models.Index(fields=["about"], condition=Q(answer=""), name="note_review_about"),
        ]
