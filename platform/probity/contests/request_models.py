"""What was written to somebody who asked as the person shown (SB 981)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q

from probity.accounts.models import Person
from probity.cases.models import Report
from probity.core.models import Row


class UpdateKind(StrEnum):
    """What an update says (California Business and Professions Code 22671)."""

    CONFIRMED = "confirmed"
    BLOCKED = "blocked"
    STATUS = "status"
    DELAYED = "delayed"


UPDATE_WORDS = {
    UpdateKind.CONFIRMED: "Your request is confirmed",
    UpdateKind.BLOCKED: "It is out of view while we decide",
    UpdateKind.STATUS: "Where your request stands",
    UpdateKind.DELAYED: "The decision will take longer",
}


class RequestUpdate(Row):
    """One written update to somebody who asked: never changed. No person: written by the system."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=10, choices=[(k, UPDATE_WORDS[k]) for k in UpdateKind])
    text = models.TextField(max_length=5_000)
    salt = models.CharField(max_length=64)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "contests_request_update"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="confirmed") | Q(person__isnull=False), name="update_by_a_person"
            ),
            models.UniqueConstraint(
                fields=["report"], condition=Q(kind="confirmed"), name="confirmed_once"
            ),
        ]
