"""Who acts: a signed-in person, a token of theirs, a reporter without an account, the system."""

from __future__ import annotations

from dataclasses import dataclass

from probity.core.errors import NotAllowed

from .models import ApiToken, Person
from .roles import Ability


@dataclass(frozen=True)
class Actor:
    """The one who acts, as the log names them, and what they may do."""

    name: str
    person: Person | None
    abilities: frozenset[Ability]

    def require(self, ability: Ability) -> None:
        """Raise NotAllowed unless the actor has the ability."""
        if ability not in self.abilities:
            raise NotAllowed(
                f"This needs the permission “{ability}”. Ask an administrator to grant it."
            )

    def require_person(self, ability: Ability) -> Person:
        """The accountable person behind the actor; raises NotAllowed where there is none."""
        self.require(ability)
        if self.person is None:
            raise NotAllowed("Only a signed-in person can do this.")
        return self.person

    def require_self(self) -> Person:
        """The person behind the actor, for what everybody may do with their own account."""
        if self.person is None:
            raise NotAllowed("Only a signed-in person can do this.")
        return self.person


SYSTEM = Actor("system", None, frozenset(Ability))
REPORTER = Actor("reporter", None, frozenset({Ability.REPORTS_WRITE}))


def person_actor(person: Person) -> Actor:
    """A person acting in the browser."""
    return Actor(f"person:{person.pk}", person, person.abilities)


def token_actor(token: ApiToken) -> Actor:
    """A person acting through a program."""
    return Actor(f"token:{token.pk}", token.person, token.abilities)
