"""Organisations whose reports come first (DSA art. 22) or bind, and the accounts that uploaded."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from probity.accounts.models import ApiToken, Person
from probity.core.models import Row


class PartyKind(StrEnum):
    """What standing an organisation has here."""

    TRUSTED_FLAGGER = "trusted_flagger"
    AUTHORITY = "authority"


KIND_WORDS = {
    PartyKind.TRUSTED_FLAGGER: "Trusted flagger",
    PartyKind.AUTHORITY: "Authority",
}


class Sender(Row):
    """An organisation that reports. ``areas`` are the case categories it is expert in (none: all).

    ``award_authority`` is the Digital Services Coordinator that awarded the status of a trusted
    flagger, or the law that an authority acts on; ``place`` its country, an ISO 3166 code.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=[(k, KIND_WORDS[k]) for k in PartyKind])
    areas = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    place = models.CharField(max_length=6, blank=True)
    award_authority = models.CharField(max_length=200)
    awarded_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    registered_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "parties_sender"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "kind"], condition=Q(ended_on=None), name="sender_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_why="")
                | (Q(ended_on__isnull=False) & ~Q(ended_why="")),
                name="sender_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_words(self) -> str:
        """Trusted flagger or authority, as people say it."""
        return KIND_WORDS[PartyKind(self.kind)]


class SenderBinding(Row):
    """Whose reports are an organisation's: those of a person, or those sent with one token."""

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="bindings")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="sender_bindings"
    )
    token = models.ForeignKey(
        ApiToken, null=True, blank=True, on_delete=models.PROTECT, related_name="sender_bindings"
    )
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "parties_sender_binding"
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, token__isnull=False) | Q(person__isnull=False, token=None),
                name="binding_of_person_or_token",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="one_sender_per_person"
            ),
            models.UniqueConstraint(
                fields=["token"], condition=Q(ended_at=None), name="one_sender_per_token"
            ),
        ]


class Uploader(Row):
    """An account of the host platform, by the reference that the platform gave.

    Whoever erases it keeps the row, so that counts stay true, and nothing that names anybody.
    """

    reference = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    first_named_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "parties_uploader"
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="uploader_once"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) & ~Q(reference="")
                | Q(erased_at__isnull=False, reference="", email="", language=""),
                name="uploader_named_or_erased",
            ),
        ]
