"""Looking at media goes on the record each time, not only when it is first revealed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.cases.models import Case
from probity.core.clock import now
from probity.evidence.models import CustodyAction, Derivative
from probity.evidence.services import view_record

#: A player asks for a clip in many pieces, and a page may be drawn anew: one sitting is one view.
SITTING = timedelta(minutes=5)


@transaction.atomic
def media_watch(*, case: UUID, derivative: Derivative, actor: Actor) -> bool:
    """Write down that unconcealed media is served, once a sitting; whether it was written now."""
    actor.require_person(Ability.CASES_READ)
    seen = derivative.asset.custody.filter(
        action=CustodyAction.VIEWED, actor=actor.name, tool=derivative.name, case=case,
        at__gt=now() - SITTING,
    )  # fmt: skip
    if seen.exists():
        return False
    Case.objects.select_for_update().get(pk=case)
    view_record(derivative=derivative, actor=actor.name, case=case)
    return True
