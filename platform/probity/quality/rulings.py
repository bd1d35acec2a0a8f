"""Where a second review differs, a lead who decided neither says which was right."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed

from .models import Right, Ruling, Trial, TrialKind
from .trials import CHAIN

NOTE_MAX = 2_000


@transaction.atomic
def difference_rule(*, trial: Trial, right: str, note: str, actor: Actor) -> Ruling:
    """Say which decision was right; the case itself is decided anew on its own page, if at all.

    Raises NotAllowed for either of the two who decided, Conflict where nothing differs or somebody
    ruled already, InvalidInput without a reason.
    """
    person = actor.require_person(Ability.QUALITY_MANAGE)
    row = Trial.objects.select_for_update(of=("self",)).get(pk=trial.pk)
    if row.kind != TrialKind.SECOND or row.agrees is not False or row.person_id is None:
        raise Conflict("There is nothing to rule on: these two do not differ.")
    if Ruling.objects.filter(trial=row).exists():
        raise Conflict("Somebody ruled on this already.")
    if person.pk in {row.decider_id, row.person_id}:
        raise NotAllowed("Somebody else has to look at this: one of the two decisions is yours.")
    said = note.replace("\x00", "").strip()
    wrong: dict[str, str] = {}
    if right not in set(Right):
        wrong["right"] = "Choose which of the two was right, or both."
    if not said or len(said) > NOTE_MAX:
        wrong["note"] = f"Say why in at most {NOTE_MAX} characters; both people read it."
    if wrong:
        raise InvalidInput.of(wrong)
    digest, salt = commit_to(said)
    ruling = Ruling.objects.create(
        trial=row, right=right, note=said, note_salt=salt, first_id=row.decider_id,
        second_id=row.person_id, person=person, at=now(),
    )  # fmt: skip
    event_append(
        chain=CHAIN, name="trial.ruled", actor=actor.name,
        payload={
            "trial": str(row.pk), "ruling": str(ruling.pk), "right": right,
            "person": str(person.pk), "note": digest,
        },
    )  # fmt: skip
    return ruling
