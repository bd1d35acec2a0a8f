"""Closing an account, so that what the person holds goes back; letting people see queues."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.grants import grant_give
from probity.accounts.models import EVERY_QUEUE, Grant, Person
from probity.accounts.people import person_disable
from probity.accounts.roles import Ability
from probity.accounts.tokens import token_revoke
from probity.cases.claims import case_put_down
from probity.cases.models import Case, Category, Queue
from probity.cases.selectors import claims_live
from probity.core.errors import InvalidInput


@transaction.atomic
def person_close(*, person: Person, actor: Actor) -> int:
    """Close an account, end its tokens, and give back every case it holds; how many those were."""
    held = list(claims_live(person).order_by("case_id"))
    for claim in held:
        case = Case.objects.select_for_update().get(pk=claim.case_id)
        case_put_down(case=case, claim=claim, why="account closed", actor=actor)
    person_disable(person=person, actor=actor)
    for token in person.tokens.filter(revoked_at=None):
        token_revoke(token=token, actor=actor.name)
    return len(held)


def person_grant(*, person: Person, queue: str, category: str, actor: Actor) -> Grant:
    """Let somebody see a queue, or a category; raises InvalidInput for unknown ones."""
    actor.require(Ability.PEOPLE_MANAGE)
    wrong = {}
    if queue != EVERY_QUEUE and not Queue.objects.filter(key=queue).exists():
        wrong["queue"] = "There is no such queue."
    if category and category not in set(Category):
        wrong["category"] = "There is no such category."
    if wrong:
        raise InvalidInput.of(wrong)
    return grant_give(person=person, queue=queue, category=category, actor=actor.name)
