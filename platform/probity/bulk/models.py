"""Runs over many cases, and what becomes of each case in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.core.models import Row
from probity.core.moves import Moves
from probity.search.models import QUERY_MAX


class BulkAction(StrEnum):
    """What a run does to each case."""

    DECIDE = "decide"
    SEND = "send"
    QUEUE = "queue"
    SNOOZE = "snooze"
    RELEASE = "release"


class RunState(StrEnum):
    """``waiting``: for a second person. What a second person need not see begins as ``running``."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    REFUSED = "refused"
    UNDOING = "undoing"
    UNDONE = "undone"


RUN_MOVES = Moves(
    thing="a run over many cases",
    begins=[RunState.WAITING, RunState.RUNNING],
    after={
        RunState.WAITING: [RunState.RUNNING, RunState.REFUSED],
        RunState.RUNNING: [RunState.DONE, RunState.STOPPED, RunState.UNDOING],
        RunState.DONE: [RunState.UNDOING],
        RunState.STOPPED: [RunState.UNDOING],
        RunState.REFUSED: [],
        RunState.UNDOING: [RunState.UNDONE],
        RunState.UNDONE: [],
    },
)
#: The states in which a worker has something to do.
AT_WORK = (RunState.RUNNING, RunState.UNDOING)


class BulkRun(Row):
    """One action on many cases, asked for by a person with a reason.

    ``what`` holds the action's particulars: measures and rules, a queue's key, a person's id, a
    moment. ``query`` is the search the cases were chosen by, empty for single ones. The whole run
    can be undone until ``undo_until``; its decisions take effect at ``lands_at`` or later. Once
    it is over its words can be erased with their salts (``forgotten_at``).
    """

    action = models.CharField(max_length=8, choices=[(a, a) for a in BulkAction])
    what: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    query = models.CharField(max_length=QUERY_MAX, blank=True)
    reason = models.TextField()
    salts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=[(s, s) for s in RunState])
    second_needed = models.BooleanField(default=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bulk_runs")
    second = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second_reason = models.TextField(blank=True)
    undone_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undo_reason = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    lands_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "bulk_run"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=F("person")), name="bulk_agreed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(second_needed=False) | Q(state="waiting") | Q(second__isnull=False),
                name="bulk_begins_when_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(forgotten_at__isnull=False), name="bulk_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["proposed_at"],
                condition=Q(state__in=["running", "undoing"]),
                name="bulk_at_work",
            )
        ]


class ItemState(StrEnum):
    """What became of one case; ``kept``: the undo left it as the run had made it."""

    LEFT_OUT = "left_out"
    CHOSEN = "chosen"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"
    KEPT = "kept"


ITEM_MOVES = Moves(
    thing="a case of a run",
    begins=[ItemState.LEFT_OUT, ItemState.CHOSEN],
    after={
        ItemState.LEFT_OUT: [],
        ItemState.CHOSEN: [ItemState.DONE, ItemState.FAILED],
        ItemState.DONE: [ItemState.UNDONE, ItemState.KEPT],
        ItemState.FAILED: [],
        ItemState.UNDONE: [],
        ItemState.KEPT: [],
    },
)


class BulkItem(Row):
    """One case of a run. ``why`` says why it was left out, failed or kept, in a sentence.

    ``before`` is what an undo needs; ``result`` the decision that was taken, where one was.
    """

    run = models.ForeignKey(BulkRun, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bulk_items")
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=[(s, s) for s in ItemState])
    why = models.CharField(max_length=400, blank=True)
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    result = models.UUIDField(null=True, blank=True)
    held = models.BooleanField(default=False)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "bulk_item"
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["run", "case"], name="bulk_case_once")]
        indexes = [models.Index(fields=["run", "state", "place"], name="bulk_next")]
