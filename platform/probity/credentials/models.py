"""Short-lived checks, and what creators signed. Keys are never in the database."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from probity.accounts.models import Person
from probity.core.models import Row
from probity.core.moves import Moves


class Step(StrEnum):
    """How far a check is, or a work that is to be signed."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


STEP_MOVES = Moves(
    thing="this",
    begins=[Step.WAITING],
    after={
        Step.WAITING: [Step.WORKING],
        Step.WORKING: [Step.DONE, Step.FAILED],
        Step.DONE: [],
        Step.FAILED: [],
    },
)
STEPS = [(step, step) for step in Step]


class Check(Row):
    """What a visitor's file said: the answer, never the file. Deleted when its time is over.

    ``answer`` holds ``credentials``, ``metadata``, ``contradictions`` (as the engine tells them);
    ``more`` what takes longer: ``watermarks``, ``matches`` and ``left_out`` (sentences).
    """

    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    kept = models.BooleanField(default=False)
    step = models.CharField(max_length=8, choices=STEPS, default=Step.WAITING)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    more: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        db_table = "credentials_check"
        indexes = [
            models.Index(fields=["expires_at"], name="check_by_end"),
            models.Index(
                fields=["made_at"], condition=Q(step__in=["waiting", "working"]), name="check_to_do"
            ),
        ]

    @property
    def storage_name(self) -> str:
        """Where the file waits until it is read; it is deleted right after."""
        return f"checks/{self.pk.hex[:2]}/{self.pk.hex}"

    @property
    def reading(self) -> bool:
        """Whether more is to come."""
        return self.step in {Step.WAITING, Step.WORKING}


class CheckPicture(Row):
    """A small picture of our own making: of the file (``view``) or of a node of its history."""

    check_row = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="pictures")
    node = models.CharField(max_length=80)
    media_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "credentials_check_picture"
        constraints = [
            models.UniqueConstraint(fields=["check_row", "node"], name="check_picture_once")
        ]


class SigningIdentity(Row):
    """A creator's key by name; the key itself lies sealed in the keystore."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identities")
    name = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "credentials_identity"
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="identity_name_once")
        ]


class Work(Row):
    """One file to sign, or signed: what was declared, and what came of it.

    ``declared``: actions, ai, source, do_not_train, title, mark. ``outcome`` is the engine's own
    account; ``record`` what our verifier says of the signed file.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="works")
    identity = models.ForeignKey(SigningIdentity, on_delete=models.PROTECT, related_name="works")
    batch = models.UUIDField()
    name = models.CharField(max_length=120)
    source_sha256 = models.CharField(max_length=64)
    declared: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    has_parent = models.BooleanField(default=False)
    step = models.CharField(max_length=8, choices=STEPS, default=Step.WAITING)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=600, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=80, blank=True)
    manifest_id = models.CharField(max_length=200, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    manifest = models.BinaryField(default=b"")
    outcome: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    record: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "credentials_work"
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["person", "asked_at"], name="work_by_person"),
            models.Index(fields=["manifest_id"], name="work_by_manifest"),
            models.Index(
                fields=["asked_at"], condition=Q(step__in=["waiting", "working"]), name="work_to_do"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(step="done") | (~Q(sha256="") & ~Q(manifest_id="")),
                name="signed_work_has_manifest",
            )
        ]

    def place(self, part: str) -> str:
        """Where its ``source``, ``parent`` or ``signed`` bytes lie."""
        return f"works/{self.pk.hex[:2]}/{self.pk.hex}/{part}"


class WorkBinding(Row):
    """What a signed work can be found by when its credentials were stripped."""

    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="bindings")
    algorithm = models.CharField(max_length=80)
    value = models.BinaryField(max_length=512)

    class Meta:
        db_table = "credentials_binding"
        indexes = [models.Index(fields=["algorithm", "value"], name="binding_by_value")]
