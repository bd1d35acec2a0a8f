"""Facts for the public, where the reason of a decision names somebody."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.canonical import digest_of
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.decisions.models import Decision

from ..filling import plain
from ..models import EntryState, PublicFacts, TransparencyEntry
from .personal import names_known, personal_data
from .schema import TEXTS


@transaction.atomic
def public_facts_write(
    *, decision: Decision, facts: str, actor: Actor, content_date: date | None = None
) -> PublicFacts:
    """Say what the public database is told of the facts, and when the content was posted.

    Raises NotAllowed, InvalidInput for personal data, Conflict once the statement is stored.
    """
    person = actor.require_person(Ability.NOTICES_MANAGE)
    done = [EntryState.STORED, EntryState.EXISTING, EntryState.SENDING]
    if TransparencyEntry.objects.filter(decision=decision, state__in=done).exists():
        raise Conflict("This statement was sent already; it cannot be changed here any more.")
    said, most = plain(facts), TEXTS["decision_facts"]
    wrong: dict[str, str] = {}
    if not said or len(said) > most:
        wrong["facts"] = f"Give the facts in 1 to {most} characters."
    elif found := personal_data(said, names=names_known(decision.case)):
        wrong["facts"] = " ".join(found)
    if content_date and content_date > now().date():
        wrong["content_date"] = "The content cannot have been posted in the future."
    if wrong:
        raise InvalidInput.of(wrong)
    row = PublicFacts.objects.create(
        decision=decision, facts=said, content_date=content_date, person=person, at=now()
    )
    event_append(
        chain=case_chain(decision.case_id), name="transparency.facts_written", actor=actor.name,
        payload={"facts": str(row.pk), "digest": digest_of(said)},
    )  # fmt: skip
    return row
