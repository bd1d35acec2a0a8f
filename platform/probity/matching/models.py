"""What media are like, what is known, what was found alike, and what people said to it."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from probity.accounts.models import Person
from probity.core.models import Row
from probity.core.moves import Moves
from probity.evidence.models import Asset


class SignalKind(StrEnum):
    """How two media are compared: looks, sound, or the very bytes."""

    PDQ = "pdq"
    VIDEO = "video"
    SOUND = "sound"
    SHA256 = "sha256"
    MD5 = "md5"


NEAR = (SignalKind.PDQ, SignalKind.VIDEO)
"""Hashes of 256 bits that are compared by distance."""
EXACT = (SignalKind.SHA256, SignalKind.MD5)
LENGTHS = {SignalKind.PDQ: 32, SignalKind.VIDEO: 32, SignalKind.SHA256: 32, SignalKind.MD5: 16}
"""Bytes of each kind; sound is as long as its recording."""


class BankKind(StrEnum):
    """Known content; content that must never match (blank frames, logos); a list to warn of."""

    KNOWN = "known"
    NEGATIVE = "negative"
    WATCH = "watch"


class Bank(Row):
    """A named collection of hashes with its source, and the licence to use it.

    ``share`` is the percentage of asked content that the bank answers to, so that a new bank can
    be let in slowly; which content it is follows from the content's own hash.
    """

    name = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in BankKind])
    source = models.CharField(max_length=200)
    licence = models.CharField(max_length=200)
    share = models.PositiveSmallIntegerField(default=100)
    expires_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "matching_bank"
        ordering = ["label"]
        constraints = [
            models.CheckConstraint(condition=Q(share__lte=100), name="bank_share_is_percent")
        ]

    def __str__(self) -> str:
        return self.label


class BankEntry(Row):
    """One thing a bank knows: who put it in, and why. Parked while a person looks at a flood.

    ``matched_at`` is when it was held against everything that was here before it.
    """

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="entries")
    label = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=500)
    source = models.CharField(max_length=200, blank=True)
    tags = models.CharField(max_length=200, blank=True)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=60)
    expires_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_why = models.CharField(max_length=500, blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "matching_entry"
        ordering = ["-added_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="entry_has_a_reason"),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_why="")
                | (Q(removed_at__isnull=False) & ~Q(removed_why="")),
                name="entry_removal_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["bank", "-added_at"], name="entry_by_bank"),
            models.Index(fields=["added_at"], condition=Q(matched_at=None), name="entry_unmatched"),
            models.Index(
                fields=["parked_at"],
                condition=Q(parked_at__isnull=False, removed_at=None),
                name="entry_parked",
            ),
        ]


class Signal(models.Model):
    """One hash of an asset or of a bank's entry: the truth that every index follows.

    Numbered, because an index of millions cannot carry random ids. A film has a row for each
    second (``at``). ``turns`` are a picture's hashes turned and mirrored, to ask with.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in SignalKind])
    value = models.BinaryField()
    turns = models.BinaryField(default=b"")
    quality = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.FloatField(null=True, blank=True)
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="signals"
    )
    entry = models.ForeignKey(
        BankEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="signals"
    )

    class Meta:
        db_table = "matching_signal"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asset=None, entry__isnull=False) | Q(asset__isnull=False, entry=None),
                name="signal_has_one_owner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["value"], condition=Q(kind__in=["sha256", "md5"]), name="signal_exact"
            ),
            models.Index(fields=["id"], condition=Q(kind__in=["pdq", "video"]), name="signal_near"),
        ]


class Match(Row):
    """An asset found alike to another asset or to a bank's entry: how, how near, and where.

    ``distance`` is in bits (pdq, video) or thousandths of bits (sound); 0 for equal bytes.
    Append-only.
    """

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="matches")
    case = models.UUIDField(null=True, blank=True)
    signal = models.CharField(max_length=8, choices=[(kind, kind) for kind in SignalKind])
    distance = models.PositiveSmallIntegerField()
    known = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="known_matches"
    )
    entry = models.ForeignKey(
        BankEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="matches"
    )
    turn = models.PositiveSmallIntegerField(default=0)
    at = models.FloatField(null=True, blank=True)
    known_at = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    speed = models.FloatField(null=True, blank=True)
    retroactive = models.BooleanField(default=False)
    found_at = models.DateTimeField()

    class Meta:
        db_table = "matching_match"
        ordering = ["distance", "found_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(known=None, entry__isnull=False) | Q(known__isnull=False, entry=None),
                name="match_has_one_other",
            ),
            models.CheckConstraint(
                condition=Q(known=None) | ~Q(known=models.F("asset")), name="match_is_not_itself"
            ),
            models.UniqueConstraint(
                fields=["asset", "known", "signal"], name="match_once_an_asset"
            ),
            models.UniqueConstraint(
                fields=["asset", "entry", "signal"], name="match_once_an_entry"
            ),
        ]
        indexes = [models.Index(fields=["case"], name="match_by_case")]

    @property
    def identical(self) -> bool:
        """Whether the very bytes are known."""
        return self.signal in EXACT


class MatchAnswer(Row):
    """A person said whether a match is a copy; the latest counts. Append-only."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="answers")
    accepted = models.BooleanField()
    why = models.CharField(max_length=500, blank=True)
    why_salt = models.CharField(max_length=64, blank=True)
    case = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "matching_answer"
        ordering = ["at"]


class Cluster(Row):
    """Copies of one thing: a campaign, when there are many."""

    opened_at = models.DateTimeField()

    class Meta:
        db_table = "matching_cluster"


class ClusterMember(Row):
    """An asset belongs to at most one cluster."""

    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="members")
    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, related_name="membership")
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "matching_cluster_member"
        ordering = ["joined_at"]


class CopySearch(Row):
    """Somebody had the known copies of a case's files looked for: the effort made, and what came of
    it (TAKE IT DOWN Act, s. 3(a)(3)(B): reasonable efforts). Append-only. No person: the system
    looked by itself upon a valid request.
    """

    case = models.UUIDField(db_index=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    radius = models.PositiveSmallIntegerField()
    compared = models.PositiveBigIntegerField()
    identical = models.PositiveIntegerField()
    near = models.PositiveIntegerField()
    milliseconds = models.PositiveIntegerField()

    class Meta:
        db_table = "matching_copy_search"
        ordering = ["at"]


#: A wish to carry a decision to copies is open (empty) until it is carried out or refused.
CARRY_MOVES = Moves(
    thing="a carried decision",
    begins=[""],
    after={"": ["carried", "refused"], "carried": [], "refused": []},
)


class Carry(Row):
    """A decision that a person wants carried to copies. Where the action needs four eyes, somebody
    else has to agree first; the database knows no carried row without it.
    """

    case = models.UUIDField(db_index=True)
    decision = models.UUIDField()
    action = models.CharField(max_length=12)
    search = models.ForeignKey(CopySearch, on_delete=models.PROTECT, related_name="carries")
    four_eyes = models.BooleanField()
    proposer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    second = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=10, blank=True, choices=[(o, o) for o in ("carried", "refused")]
    )

    class Meta:
        db_table = "matching_carry"
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="carried") | Q(four_eyes=False) | Q(second__isnull=False),
                name="carry_has_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=models.F("proposer")),
                name="carry_second_is_another",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None)
                | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="carry_end_has_outcome",
            ),
        ]


class CarryTarget(Row):
    """One case that a decision is carried to, or that the preview showed and a person left out."""

    carry = models.ForeignKey(Carry, on_delete=models.PROTECT, related_name="targets")
    case = models.UUIDField(db_index=True)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    chosen = models.BooleanField()
    identical = models.BooleanField()
    distance = models.PositiveSmallIntegerField()
    decision = models.UUIDField(null=True, blank=True)
    trouble = models.TextField(blank=True)

    class Meta:
        db_table = "matching_carry_target"
        constraints = [
            models.UniqueConstraint(fields=["carry", "case"], name="carry_target_once"),
            models.CheckConstraint(
                condition=Q(chosen=True) | Q(decision=None), name="carry_only_to_chosen"
            ),
        ]
