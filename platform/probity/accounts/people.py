"""Changing people: roles, closing and opening accounts, new one-time passwords."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.errors import Conflict, InvalidInput, NotAllowed

from .actors import Actor
from .models import Person
from .roles import Ability, Role
from .services import roles_require
from .sessions import sessions_end


@transaction.atomic
def roles_set(*, person: Person, roles: Collection[str], actor: Actor) -> Person:
    """Give a person other roles; their sessions end, so that nothing old goes on.

    Raises InvalidInput for an unknown role, NotAllowed for one's own, Conflict for the last
    administrator.
    """
    actor.require(Ability.PEOPLE_MANAGE)
    roles_require(roles)
    _not_oneself(person, actor, "Another administrator must change your own roles.")
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if Role.ADMINISTRATOR not in roles:
        _not_the_last(locked)
    roles_apply(person=locked, roles=sorted(roles), actor=actor.name)
    return locked


def roles_apply(*, person: Person, roles: list[str], actor: str) -> None:
    """Write new roles down; nothing happens when they are the ones held."""
    if roles == sorted(person.roles):
        return
    before = sorted(person.roles)
    person.roles = roles
    person.save(update_fields=["roles"])
    event_append(
        chain=SYSTEM_CHAIN, name="person.roles_set", actor=actor,
        payload={"person": str(person.pk), "roles": roles, "before": before},
    )  # fmt: skip
    sessions_end(person=person, why="roles changed", actor=actor)


@transaction.atomic
def person_disable(*, person: Person, actor: Actor) -> None:
    """Close an account: no sign-in, no token, no session. What they did stays under their name."""
    actor.require(Ability.PEOPLE_MANAGE)
    _not_oneself(person, actor, "Another administrator must close your own account.")
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if not locked.is_active:
        return
    _not_the_last(locked)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    _record("person.disabled", locked, actor)
    sessions_end(person=locked, why="account closed", actor=actor.name)


@transaction.atomic
def person_enable(*, person: Person, actor: Actor) -> None:
    """Open a closed account again."""
    actor.require(Ability.PEOPLE_MANAGE)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if locked.is_active:
        return
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    _record("person.enabled", locked, actor)


@transaction.atomic
def password_reset(*, person: Person, actor: Actor) -> str:
    """A new one-time password, returned once; sessions end. The second factor stays."""
    actor.require(Ability.PEOPLE_MANAGE)
    _not_oneself(person, actor, "Change your own password on your account page.")
    secret = secrets.token_urlsafe(15)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    locked.set_password(secret)
    locked.password_change_required = True
    locked.save(update_fields=["password", "password_change_required"])
    _record("person.password_reset", locked, actor)
    sessions_end(person=locked, why="password changed", actor=actor.name)
    return secret


@transaction.atomic
def sign_on_set(*, person: Person, name: str, actor: Actor) -> None:
    """Say what the sign-in service calls a person, or that it no longer may bring them in.

    Earlier links are taken away. Raises InvalidInput when somebody else has the name.
    """
    actor.require(Ability.PEOPLE_MANAGE)
    name = name.strip()
    others = Person.objects.exclude(pk=person.pk).filter(sign_on_name__iexact=name)
    if name and others.exists():
        says = "Somebody else already has this name at the sign-in service."
        raise InvalidInput(says, fields={"sign_on_name": says})
    locked = Person.objects.select_for_update().get(pk=person.pk)
    locked.sign_on_name = name[:200]
    locked.save(update_fields=["sign_on_name"])
    SocialAccount.objects.filter(user=locked).delete()
    _record("person.sign_on_set", locked, actor)


def _not_oneself(person: Person, actor: Actor, sentence: str) -> None:
    if actor.person is not None and actor.person.pk == person.pk:
        raise NotAllowed(sentence)


def _not_the_last(person: Person) -> None:
    """Raises Conflict when nobody could manage people any more."""
    if Role.ADMINISTRATOR not in person.roles:
        return
    others = Person.objects.select_for_update().exclude(pk=person.pk)
    if not others.filter(is_active=True, roles__contains=[Role.ADMINISTRATOR]).exists():
        raise Conflict("This is the last administrator. Make somebody else one first.")


def _record(name: str, person: Person, actor: Actor) -> None:
    event_append(
        chain=SYSTEM_CHAIN, name=name, actor=actor.name, payload={"person": str(person.pk)}
    )
