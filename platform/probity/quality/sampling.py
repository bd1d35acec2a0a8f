"""Which decisions are looked at again: drawn by a seed that is on the record.

A decision is drawn when SHA-256(seed, kind, decision) as a share of one lies below the rate, so
that whoever has the log can tell afterwards that nobody picked, and what was not drawn.
"""

from __future__ import annotations

import hashlib
import logging
import secrets

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import event_append
from probity.cases.models import Category, Queue
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.decisions.models import Decision

from .models import Golden, SamplingRate, Trial, TrialKind
from .selectors import rate_for
from .trials import CHAIN, trial_open

logger = logging.getLogger(__name__)
BECAUSE_MAX = 300
BITS = 52


@transaction.atomic
def rate_set(
    *, kind: str, queue: str, category: str, per_mille: int, because: str, actor: Actor
) -> SamplingRate:
    """Set how many of a thousand decisions of a queue and category lead to a copy (empty: every).

    Holds for decisions that take effect from now on. Raises InvalidInput, NotAllowed.
    """
    person = actor.require_person(Ability.QUALITY_MANAGE)
    wrong: dict[str, str] = {}
    if kind not in set(TrialKind):
        wrong["kind"] = "Choose golden cases or second reviews."
    found = Queue.objects.filter(key=queue).first()
    if queue and found is None:
        wrong["queue"] = "There is no such queue."
    if category and category not in set(Category):
        wrong["category"] = "There is no such category."
    if not 0 <= per_mille <= 1000:
        wrong["percent"] = "Give a share from 0 to 100 per cent, in tenths at most."
    said = " ".join(because.split())
    if not said or len(said) > BECAUSE_MAX:
        wrong["because"] = f"Say why in at most {BECAUSE_MAX} characters."
    if wrong:
        raise InvalidInput.of(wrong)
    row = SamplingRate.objects.create(
        kind=kind, queue=found, category=category, per_mille=per_mille,
        seed=secrets.token_hex(16), because=said, person=person, at=now(),
    )  # fmt: skip
    event_append(
        chain=CHAIN, name="quality.rate", actor=actor.name,
        payload={
            "rate": str(row.pk), "kind": kind, "queue": queue or None, "category": category or None,
            "per_mille": per_mille, "seed": row.seed, "because": said,
        },
    )  # fmt: skip
    return row


def draw_of(*, rate: SamplingRate, decision: Decision) -> float:
    """A share from 0 up to, not including, 1 that follows from seed, kind and decision alone."""
    text = f"{rate.seed}:{rate.kind}:{decision.pk}"
    return _number(text) / float(1 << BITS)


def decision_sample(*, decision: Decision) -> list[Trial]:
    """Open the copies that a decision leads to, in the transaction in which it takes effect.

    Never for a demonstration or a copy; nothing is opened where the case cannot be copied.
    """
    case = decision.case
    if case.demonstration:
        return []
    made = []
    for kind in TrialKind:
        rate = rate_for(kind, case)
        draw = draw_of(rate=rate, decision=decision) if rate else 1.0
        if rate is None or draw >= rate.per_mille / 1000:
            continue
        golden = _golden(rate, decision) if kind == TrialKind.GOLDEN else None
        about = golden.decision if golden else decision
        if kind == TrialKind.GOLDEN and golden is None:
            continue
        try:
            with transaction.atomic():
                made.append(
                    trial_open(kind=kind, decision=about, golden=golden, rate=rate, draw=draw)
                )
        except Conflict as refusal:
            logger.info("No copy was made for decision %s: %s", decision.pk, refusal.sentence)
    return made


def _golden(rate: SamplingRate, decision: Decision) -> Golden | None:
    """One golden case of the same queue that no copy waits of, drawn by the same seed."""
    waiting = Trial.objects.filter(answered_at=None, withdrawn_at=None, golden__isnull=False)
    usable = Golden.objects.filter(source__queue=decision.case.queue_id, retired_at=None)
    rows = list(usable.exclude(pk__in=waiting.values("golden")).order_by("at", "pk"))
    if not rows:
        return None
    return rows[_number(f"{rate.seed}:which:{decision.pk}") % len(rows)]


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> (64 - BITS)
