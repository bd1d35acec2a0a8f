"""Leaving a category of cases to others; leads are told where nobody is left for it."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.grants import category_decline, grant_end, grants_in_force
from probity.accounts.models import Grant, GrantKind, Person
from probity.accounts.roles import Ability
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.cases.claims import case_release
from probity.cases.models import Case, Category
from probity.core.errors import InvalidInput

GIVEN_BACK = "Given back: this person takes no more cases of this category."


@transaction.atomic
def category_leave(*, actor: Actor, category: str) -> Grant:
    """Keep a category away from oneself; cases of it that one holds go back to the queue first.

    Nobody has to say why. Raises InvalidInput for an unknown category.
    """
    person = actor.require_person(Ability.CASES_READ)
    if category not in set(Category):
        raise InvalidInput.of({"category": "Choose one of the categories."})
    held = Case.objects.filter(
        category=category, claims__person=person, claims__ended_at=None
    ).distinct()
    for case in held:
        case_release(case=case, actor=actor, reason=GIVEN_BACK)
    before = set(uncovered())
    grant = category_decline(person=person, category=category, actor=actor.name)
    if category in set(uncovered()) - before:
        event_append(
            chain=SYSTEM_CHAIN, name="care.category_uncovered", actor="system",
            payload={"category": str(category)},
        )  # fmt: skip
    return grant


@transaction.atomic
def category_return(*, actor: Actor, category: str) -> None:
    """Take cases of a category again; nothing happens where one never left it."""
    person = actor.require_person(Ability.CASES_READ)
    for grant in Grant.objects.filter(
        person=person, kind=GrantKind.DECLINED, category=category, ended_at=None
    ):
        grant_end(grant=grant, actor=actor.name)


def declined_by(person: Person) -> set[str]:
    """The categories that a person leaves to others."""
    return {one.category for one in grants_in_force(person) if one.kind == GrantKind.DECLINED}


def uncovered() -> list[Category]:
    """Categories that somebody left and that nobody who works cases takes now."""
    left = Grant.objects.filter(kind=GrantKind.DECLINED, ended_at=None, person__is_active=True)
    asked = set(left.values_list("category", flat=True))
    if not asked:
        return []
    people = Person.objects.filter(is_active=True)
    workers = [one for one in people if Ability.CASES_WORK in one.abilities]
    taken = {category for one in workers for category in asked & _takes(one)}
    return [Category(one) for one in sorted(asked - taken)]


def _takes(person: Person) -> set[str]:
    """The categories of which a person sees any queue."""
    found: set[str] = set()
    declined: set[str] = set()
    for grant in grants_in_force(person):
        if grant.kind == GrantKind.DECLINED:
            declined.add(grant.category)
        else:
            found |= {grant.category} if grant.category else set(Category)
    return found - declined
