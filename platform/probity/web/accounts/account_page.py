"""What the page of one's own account shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext

from probity.accounts.grants import grants_in_force
from probity.accounts.models import EVERY_QUEUE, Grant, GrantKind, Person, PersonSession
from probity.accounts.roles import Ability, Role
from probity.accounts.second_factor import Factors, factors_of
from probity.accounts.sessions import session_ends, sessions_open
from probity.cases.access import queue_visible
from probity.cases.models import Category, Queue
from probity.web.language.tables import CATEGORY_WORDS, ROLE_WORDS


@dataclass(frozen=True)
class SessionLine:
    """One place where somebody is signed in."""

    session: PersonSession
    here: bool
    ends: datetime


@dataclass(frozen=True)
class GrantLine:
    """One grant in words."""

    grant: Grant
    words: str

    @property
    def taken(self) -> bool:
        """Whether the person took it themselves, for a time."""
        return self.grant.kind == GrantKind.EXCEPTION


@dataclass(frozen=True)
class AccountPage:
    """A person, as they see themselves."""

    person: Person
    roles: tuple[str, ...]
    grants: tuple[GrantLine, ...]
    closed: tuple[Queue, ...]
    sessions: tuple[SessionLine, ...]
    factors: Factors
    tokens: int

    @property
    def factor_needed(self) -> bool:
        """Whether a second factor must be there."""
        return bool(settings.REQUIRE_MFA) and self.person.staff

    @property
    def local_only(self) -> bool:
        """Whether only this computer is served and no second factor is asked for."""
        return bool(settings.LOCAL_ONLY) and not settings.REQUIRE_MFA

    @property
    def longest_hours(self) -> int:
        """The longest exception."""
        return int(settings.BREAK_GLASS_HOURS)

    @property
    def idle_minutes(self) -> int:
        """How long a session may be silent."""
        return int(settings.SESSION_IDLE_MINUTES)

    @property
    def session_hours(self) -> int:
        """How long a session may last."""
        return int(settings.SESSION_HOURS)


def account_page(person: Person, *, here: str = "") -> AccountPage:
    """Everything about one person; ``here`` is the session that asks."""
    reads = Ability.CASES_READ in person.abilities
    return AccountPage(
        person=person,
        roles=tuple(ROLE_WORDS[Role(role)] for role in person.roles),
        grants=grant_lines(person),
        closed=tuple(q for q in Queue.objects.all() if reads and not queue_visible(person, q.key)),
        sessions=tuple(
            SessionLine(one, str(one.pk) == here, session_ends(one))
            for one in sessions_open(person)
        ),
        factors=factors_of(person),
        tokens=person.tokens.filter(revoked_at=None).count(),
    )


def grant_lines(person: Person) -> tuple[GrantLine, ...]:
    """What a person may see now, in words."""
    titles = dict(Queue.objects.values_list("key", "title"))
    return tuple(GrantLine(one, _words(one, titles)) for one in grants_in_force(person))


def _words(grant: Grant, titles: dict[str, str]) -> str:
    queue = titles.get(grant.queue, grant.queue)
    category = CATEGORY_WORDS[Category(grant.category)] if grant.category else ""
    if grant.kind == GrantKind.DECLINED:
        return gettext("Nothing of “{category}”").format(category=category)
    if grant.queue == EVERY_QUEUE:
        return (
            gettext("Every queue, only “{category}”").format(category=category)
            if category
            else gettext("Every queue")
        )
    return (
        gettext("{queue}, only “{category}”").format(queue=queue, category=category)
        if category
        else queue
    )
