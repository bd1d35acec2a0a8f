"""Who may see a page: one decorator for every view behind the sign-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from probity.accounts.actors import Actor, person_actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.core.errors import SignInNeeded
from probity.workflow.reach import reach_require

View = Callable[..., HttpResponseBase]


def person_of(request: HttpRequest) -> Person | None:
    """The signed-in person, if any."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Person) else None


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as an actor; raises SignInNeeded."""
    person = person_of(request)
    if person is None:
        raise SignInNeeded(gettext("Sign in to see this page."))
    return person_actor(person)


def needs(ability: Ability) -> Callable[[View], View]:
    """Let only people with this ability in; the others get a sign-in or a refusal.

    Of a case they may not see, or anything in it, they hear what they would of one that is not
    there.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = actor_of(request)
            actor.require(ability)
            reach_require(actor.person, kwargs)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
