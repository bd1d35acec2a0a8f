"""Keeping each case's points: worked out when something changes, and again as clocks run.

The points follow from what the log records and are no record of their own: keeping them writes no
audit event; setting the weights does.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.matching.models import ClusterMember

from .board import clocks_foremost
from .models import UNDECIDED, Case, Clock, EvidenceItem, PriorityWeights, Report
from .priority import DEFAULTS, WEIGHT_MAX, WEIGHT_WORDS, Priority, Signals, Ticking, priority_of

BATCH = 500
SWEEP_MOST = 5_000
REASON_MAX = 500
#: The columns that hold what was worked out.
POINTS = ["priority", "priority_why", "priority_next_at"]
KEEP = """
UPDATE cases_case SET priority = found.points, priority_why = found.why::jsonb,
  priority_next_at = found.next_at
FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::timestamptz[])
  AS found (id, points, why, next_at)
WHERE cases_case.id = found.id
"""


@dataclass(frozen=True)
class Weights:
    """What counts how much now; ``number`` 0 stands for what is shipped."""

    number: int
    values: Mapping[str, int]


def weights_now() -> Weights:
    """The weights in use."""
    row = PriorityWeights.objects.order_by("-number").first()
    return Weights(row.number, {**DEFAULTS, **row.weights}) if row else Weights(0, dict(DEFAULTS))


def weights_check(values: Mapping[str, object]) -> dict[str, int]:
    """A whole set of weights from raw values; raises InvalidInput with a sentence for each."""
    wrong = {name: f"There is no weight called {name}." for name in set(values) - set(DEFAULTS)}
    found = {}
    for name, preset in DEFAULTS.items():
        try:
            found[name] = int(str(values.get(name, preset)))
        except ValueError:
            found[name] = -1
        if not 0 <= found[name] <= WEIGHT_MAX:
            wrong[name] = f"“{WEIGHT_WORDS[name]}” is a whole number from 0 to {WEIGHT_MAX}."
    if wrong:
        raise InvalidInput.of(wrong)
    return found


@transaction.atomic
def weights_set(
    *, values: Mapping[str, object], reason: str, seen: int | None, actor: Actor
) -> PriorityWeights:
    """Put new weights in use. Every waiting case gets its new points from the next sweep on.

    ``seen`` is the number that the change was made from. Raises NotAllowed, InvalidInput, Conflict.
    """
    person = actor.require_person(Ability.QUEUES_MANAGE)
    checked = weights_check(values)
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_MAX:
        raise InvalidInput.of({"reason": "Say in a sentence why the order should change."})
    current = weights_now()
    if seen is not None and seen != current.number:
        raise Conflict(
            "While you were reading, a colleague changed the weights. Look at them again; nothing "
            "of yours was saved."
        )
    row = PriorityWeights.objects.create(
        number=current.number + 1, weights=checked, person=person, reason=reason, at=now()
    )
    event_append(
        chain=SYSTEM_CHAIN,
        name="priority.weights",
        actor=actor.name,
        payload={"number": row.number, "weights": checked},
    )
    Case.objects.filter(UNDECIDED).update(priority_next_at=now())
    return row


def case_prioritise(case: Case) -> None:
    """Work out the points of a locked case anew."""
    _work_out([case], weights_now(), now())
    case.save(update_fields=POINTS)


def priorities_sweep(*, most: int = SWEEP_MOST) -> int:
    """Work out the points of cases whose moment has come; return how many."""
    done = 0
    while done < most:
        count = _sweep_batch()
        done += count
        if count < BATCH:
            break
    return done


@transaction.atomic
def _sweep_batch() -> int:
    due = Case.objects.filter(UNDECIDED, priority_next_at__lte=now())
    cases = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    _work_out(cases, weights_now(), now())
    _keep(cases)
    return len(cases)


def _keep(cases: Sequence[Case]) -> None:
    """Write the points of many cases in one statement."""
    rows = [(case.pk, case.priority, case.priority_why, case.priority_next_at) for case in cases]
    keys, points, whys, moments = zip(*rows, strict=True) if rows else ((), (), (), ())
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP, [list(keys), list(points), [json.dumps(why) for why in whys], list(moments)]
        )


def _work_out(cases: Sequence[Case], weights: Weights, at: datetime) -> None:
    for case, found in priorities_of(cases, weights=weights.values, at=at):
        case.priority = found.points
        case.priority_why = [reason.to_dict() for reason in found.reasons]
        case.priority_next_at = found.next_at


def priorities_of(
    cases: Sequence[Case], *, weights: Mapping[str, int], at: datetime
) -> list[tuple[Case, Priority]]:
    """The points of each case under given weights; nothing is written."""
    signals = signals_of(cases)
    return [(case, priority_of(signals[case.pk], weights=weights, at=at)) for case in cases]


def signals_of(cases: Sequence[Case], *, timing: bool = True) -> dict[UUID, Signals]:
    """What bears on the urgency of each case, in four queries whatever their number.

    Without ``timing`` no clocks and no copies are looked for: two queries.
    """
    keys = [case.pk for case in cases]
    reports = _reports(keys)
    sealed = set(_items(keys).filter(asset__sealed_at__isnull=False).values_list("case", flat=True))
    clocks = clocks_foremost(keys) if timing else {}
    copies = _copies(keys) if timing else {}
    return {
        case.pk: _signals(
            case,
            reports=reports.get(case.pk),
            clocks=clocks.get(case.pk, ()),
            sealed=case.pk in sealed,
            copies=copies.get(case.pk, 0),
        )
        for case in cases
    }


def _signals(
    case: Case,
    *,
    reports: tuple[int, int, list[str]] | None,
    clocks: Collection[Clock],
    sealed: bool,
    copies: int,
) -> Signals:
    count, places, kinds = reports or (0, 0, [])
    return Signals(
        category=case.category,
        opened_at=case.opened_at,
        sealed=sealed,
        clocks=tuple(_ticking(case, clock) for clock in clocks),
        reports=count,
        spread=places + copies,
        sender_kinds=frozenset(kinds),
        escalated=case.escalated_at is not None,
        demonstration=bool(case.shown_as),
    )


def _ticking(case: Case, clock: Clock) -> Ticking:
    return Ticking(
        due_at=clock.due_at,
        started_at=clock.started_at,
        title=clock.title,
        own=clock.service,
        placeless=clock.provisional and not case.places,
    )


def _reports(keys: Collection[UUID]) -> dict[UUID, tuple[int, int, list[str]]]:
    rows = (
        Report.objects.filter(case__in=keys)
        .order_by()
        .values_list("case")
        .annotate(
            count=Count("pk"),
            places=Count("target", distinct=True, filter=~Q(target="")),
            kinds=ArrayAgg("sender_kind", distinct=True),
        )
    )
    return {key: (count, places, kinds) for key, count, places, kinds in rows}


def _items(keys: Collection[UUID]) -> QuerySet[EvidenceItem]:
    return EvidenceItem.objects.filter(case__in=keys).order_by()


def _copies(keys: Collection[UUID]) -> dict[UUID, int]:
    """How many other files lie in the clusters of each case's files."""
    found: dict[UUID, int] = defaultdict(int)
    own = list(
        _items(keys)
        .filter(asset__membership__isnull=False)
        .values_list("case", "asset__membership__cluster")
    )
    sizes = dict(
        ClusterMember.objects.filter(cluster__in={cluster for _, cluster in own})
        .order_by()
        .values_list("cluster")
        .annotate(count=Count("pk"))
    )
    for case, cluster in set(own):
        mine = own.count((case, cluster))
        found[case] += max(0, sizes.get(cluster, 0) - mine)
    return found
