"""What the pages about people show."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.socialaccount import app_settings as sign_on_settings
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext

from probity.accounts.models import EVERY_QUEUE, FactorReset, Grant, GrantKind, Person
from probity.accounts.roles import Role
from probity.accounts.second_factor import factors_of
from probity.cases.models import Category, Queue
from probity.cases.selectors import claims_live
from probity.core.errors import NotFound
from probity.web.accounts.account_page import AccountPage, account_page
from probity.web.language.tables import CATEGORY_WORDS, ROLE_HINTS, ROLE_WORDS


@dataclass(frozen=True)
class PersonLine:
    """One person in the list."""

    person: Person
    roles: str
    factors: str
    sees: str


@dataclass(frozen=True)
class RoleChoice:
    """One role to tick."""

    value: str
    title: str
    hint: str
    ticked: bool


@dataclass(frozen=True)
class PersonPage:
    """One person, as an administrator sees them."""

    account: AccountPage
    roles: tuple[RoleChoice, ...]
    reset: FactorReset | None
    holding: int
    queues: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]

    @property
    def person(self) -> Person:
        """Who it is about."""
        return self.account.person

    @property
    def service(self) -> bool:
        """Whether a sign-in service is set at all."""
        found = sign_on_settings.PROVIDERS.values()
        return any(one.get("APPS") for one in found)


def people_lines() -> list[PersonLine]:
    """Everybody, those whose account is open first."""
    return [_line(person) for person in Person.objects.order_by("-is_active", "username")]


def _line(person: Person) -> PersonLine:
    return PersonLine(
        person=person,
        roles=", ".join(ROLE_WORDS[Role(role)] for role in person.roles),
        factors=factors_of(person).words,
        sees="; ".join(line.words for line in account_page(person).grants) or gettext("no case"),
    )


def person_find(person_id: UUID) -> Person:
    """Somebody by id; raises NotFound."""
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound(gettext("There is nobody with this id."))
    return found


def person_page(person: Person) -> PersonPage:
    """Everything an administrator may know and change."""
    queues = Queue.objects.values_list("key", "title")
    return PersonPage(
        account=account_page(person),
        roles=role_choices(person.roles),
        reset=FactorReset.objects.filter(person=person, settled_at=None).first(),
        holding=claims_live(person).count(),
        queues=((EVERY_QUEUE, gettext("Every queue")), *queues),
        categories=tuple((str(one), CATEGORY_WORDS[one]) for one in Category),
    )


def role_choices(ticked: list[str]) -> tuple[RoleChoice, ...]:
    """Every role with what it is for."""
    return tuple(
        RoleChoice(str(role), ROLE_WORDS[role], ROLE_HINTS[role], role in ticked) for role in Role
    )


def exceptions(*, noticed: bool) -> QuerySet[Grant]:
    """Queues that were opened by exception, the latest first."""
    rows = Grant.objects.filter(kind=GrantKind.EXCEPTION).select_related("person", "noticed_by")
    return (
        rows.exclude(noticed_at=None).order_by("-given_at")
        if noticed
        else rows.filter(noticed_at=None).order_by("-given_at")
    )


def local_only() -> bool:
    """Whether second factors are a choice because only this computer is served."""
    return bool(settings.LOCAL_ONLY) and not settings.REQUIRE_MFA
