"""What people answered, what the law says to that, what they decided, and the reasons given.

All rows are append-only: a changed mind is a new row that supersedes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.core.models import Row
from probity.core.moves import Moves


class FactAnswer(Row):
    """One answer by one reviewer; the latest for a name counts. ``null`` takes an answer back."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    name = models.CharField(max_length=60)
    value: models.JSONField[bool | int | None, bool | int | None] = models.JSONField(null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_fact_answer"
        ordering = ["at"]
        indexes = [models.Index(fields=["case", "name", "at"], name="answer_by_case")]


class PackVersion(Row):
    """A pack's document as it was used, so that any evaluation can be replayed by its digest."""

    pack = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    document: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "decisions_pack_version"
        ordering = ["kept_at"]
        indexes = [models.Index(fields=["pack", "kept_at"], name="version_by_pack")]


class PackApproval(Row):
    """A named person approved exactly this version of a pack, or took that back (``given``)."""

    version = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="approvals")
    given = models.BooleanField()
    note = models.TextField(blank=True)
    note_salt = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_pack_approval"
        ordering = ["at"]


class PolicyEvaluation(Row):
    """The packs applied to the facts as they stood: immutable, replayable by its digests."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evaluations")
    made_at = models.DateTimeField()
    as_of = models.DateTimeField()
    places = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    pack_digests: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)

    class Meta:
        db_table = "decisions_evaluation"
        ordering = ["made_at"]
        indexes = [models.Index(fields=["case", "made_at"], name="evaluation_by_case")]


class Action(StrEnum):
    """What a person may decide."""

    REMOVE = "remove"
    LABEL = "label"
    RESTRICT = "restrict"
    AGE_GATE = "age_gate"
    REDUCE = "reduce"
    WARN = "warn"
    SUSPEND = "suspend"
    REFER = "refer"
    PRESERVE = "preserve"
    NO_ACTION = "no_action"


#: What art. 17(1) of Reg. (EU) 2022/2065 calls a restriction.
RESTRICTIONS = frozenset(
    {Action.REMOVE, Action.RESTRICT, Action.AGE_GATE, Action.REDUCE, Action.SUSPEND}
)

#: What the host platform is told about a measure, and what it may say came of it.
MEASURE_EVENTS = ("applied", "lifted", "expired")
OUTCOMES = ("done", "refused", "failed")


class DecisionState(StrEnum):
    """``held`` waits for a second person; ``waiting`` is in its undo window; nothing has left in
    either. What else the database asks of a move stands in ``guards``.
    """

    HELD = "held"
    WAITING = "waiting"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    UNDONE = "undone"
    REFUSED = "refused"


DECISION_MOVES = Moves(
    thing="a decision",
    begins=[DecisionState.HELD, DecisionState.WAITING],
    after={
        DecisionState.HELD: [DecisionState.WAITING, DecisionState.REFUSED, DecisionState.UNDONE],
        DecisionState.WAITING: [DecisionState.EFFECTIVE, DecisionState.UNDONE],
        DecisionState.EFFECTIVE: [DecisionState.SUPERSEDED],
        DecisionState.SUPERSEDED: [],
        DecisionState.UNDONE: [],
        DecisionState.REFUSED: [],
    },
)

#: Taken, and not settled yet: at most one per case.
PENDING = (DecisionState.HELD, DecisionState.WAITING)


class Decision(Row):
    """What an accountable person decided, and why: never changed.

    ``action`` is the headline, the gravest of its ``measures``. ``second_person`` says why a second
    person has to agree (see ``four_eyes.Why``), empty when nobody has to. ``automation`` is the
    degree of automation (see ``automation.automation_of``). ``supersedes`` is the decision that was
    in force when this one was taken.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=12, choices=[(a, a) for a in Action])
    reason = models.TextField()
    reason_salt = models.CharField(max_length=64)
    rules = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    evaluation = models.ForeignKey(
        PolicyEvaluation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replacements"
    )
    second_person: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(
        default=list, blank=True
    )
    automation: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_decision"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="decision_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(supersedes=None) | ~models.Q(supersedes=models.F("id")),
                name="decision_supersedes_another",
            ),
        ]
        indexes = [models.Index(fields=["case", "at"], name="decision_by_case")]

    @property
    def state(self) -> DecisionState:
        """Where it stands now."""
        return DecisionState(self.standing.state)

    @property
    def needs_second_person(self) -> bool:
        """Whether nothing may follow from it before somebody else agreed."""
        return bool(self.second_person)


class Standing(Row):
    """Where a decision stands: the one part of it that moves, and only as the table allows.

    ``effective_after`` ends the undo window; it is null while a second person has to agree first.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="standing")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(s, s) for s in DecisionState])
    effective_after = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "decisions_standing"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="effective"), name="one_decision_in_force"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=["held", "waiting"]),
                name="one_pending_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", effective_after=None)
                | models.Q(state__in=["refused", "undone"])
                | models.Q(
                    state__in=["waiting", "effective", "superseded"], effective_after__isnull=False
                ),
                name="decision_window_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["effective", "superseded"], effective_at__isnull=False
                )
                | models.Q(state__in=["held", "waiting", "refused", "undone"], effective_at=None),
                name="decision_effect_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["superseded", "undone", "refused"], ended_at__isnull=False
                )
                | models.Q(state__in=["held", "waiting", "effective"], ended_at=None),
                name="decision_end_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["effective_after"],
                condition=models.Q(state="waiting"),
                name="decision_due",
            )
        ]


class Approval(Row):
    """A second person's answer to a decision that waits for one: never changed, once for each.

    ``decider`` repeats who decided, so that the database can compare the two.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="approval")
    given = models.BooleanField()
    reason = models.TextField(blank=True)
    reason_salt = models.CharField(max_length=64, blank=True)
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_approval"
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(person=models.F("decider")), name="approval_by_another"
            ),
            models.CheckConstraint(
                condition=models.Q(given=True) | ~models.Q(reason=""),
                name="refusal_has_a_reason",
            ),
        ]


class Measure(Row):
    """One action of a decision, with its scope and duration.

    ``scope`` is ``{"about": "item" | "account", "places": [codes]}``; no places means everywhere.
    ``days`` is how long it was meant to last, null until it is changed. ``reference`` is the id the
    host platform knows it by: its own, or that of the first measure which it ``continues``, because
    a later decision kept that as it was. ``starts_at`` to ``ends_at`` are known once the decision
    takes effect.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="measures")
    action = models.CharField(max_length=12, choices=[(a, a) for a in Action])
    scope: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    reference = models.UUIDField(db_index=True)
    continues = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by"
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    over_why = models.CharField(
        max_length=10, blank=True, choices=[(o, o) for o in ("lifted", "expired", "continued")]
    )

    class Meta:
        db_table = "decisions_measure"
        ordering = ["decision", "action"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "action"], name="measure_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(starts_at__isnull=False),
                name="measure_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(days=None) | models.Q(days__gt=0), name="measure_lasts"
            ),
            models.CheckConstraint(
                condition=models.Q(over_at=None, over_why="")
                | (
                    models.Q(over_at__isnull=False, starts_at__isnull=False)
                    & ~models.Q(over_why="")
                ),
                name="measure_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"], condition=models.Q(over_at=None), name="measure_running"
            )
        ]


class MeasureOutcome(Row):
    """What the host platform says it did about a measure: never changed; the latest counts.

    ``event`` is what it was told (applied, lifted, expired), ``outcome`` what came of it.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="outcomes")
    event = models.CharField(max_length=8, choices=[(e, e) for e in MEASURE_EVENTS])
    outcome = models.CharField(max_length=8, choices=[(o, o) for o in OUTCOMES])
    note = models.CharField(max_length=500, blank=True)
    note_salt = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_measure_outcome"
        ordering = ["at"]


class SecondPersonRule(Row):
    """The operator's word on whether something needs a second person: never changed.

    The latest row per subject counts. See ``second_person.subjects`` for what may be named.
    """

    subject = models.CharField(max_length=80)
    needed = models.BooleanField()
    because = models.CharField(max_length=300)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_second_person_rule"
        ordering = ["at"]
        indexes = [models.Index(fields=["subject", "at"], name="second_person_subject")]


class StatementOfReasons(Row):
    """What the affected person is told (DSA art. 17): fixed once written."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="statement")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="statements")
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "decisions_statement"
        ordering = ["at"]
