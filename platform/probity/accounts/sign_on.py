"""People who come through the operator's own sign-in service (OpenID Connect or SAML 2.0)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.errors import NotAllowed

from .grants import grant_end, grant_give, grants_in_force
from .models import GrantKind, Person
from .people import roles_apply
from .roles import Role

STRANGER = (
    "The sign-in service knows you, but you have no account here. Ask an administrator to enter "
    "the name {name!r} on your page, or to put you into a group that has a role here."
)
NO_ROLE = "None of your groups has a role here any more. Ask an administrator which group you need."


@dataclass(frozen=True)
class Claims:
    """What a service says of somebody: its own id for them, a name, and their groups."""

    service: str
    subject: str
    name: str
    groups: tuple[str, ...]

    @classmethod
    def of(cls, service: str, subject: str, data: Mapping[str, Any]) -> Claims:
        """Read an OpenID Connect answer (userinfo over the id token) or SAML attributes."""
        told: dict[str, Any] = {}
        for part in (data.get("id_token"), data.get("userinfo")):
            told.update(part if isinstance(part, dict) else {})
        told = told or dict(data)
        name = _first(told.get(settings.SIGN_ON_NAME))
        if settings.SIGN_ON_NAME == "email" and told.get("email_verified") is False:
            name = ""
        groups = told.get(settings.SIGN_ON_GROUPS) or ()
        groups = (groups,) if isinstance(groups, str) else groups
        return cls(service, subject, name, tuple(str(group) for group in groups))

    @property
    def roles(self) -> list[str]:
        """What the groups give by PROBITY_SIGN_ON_ROLES; never administrator."""
        roles = settings.SIGN_ON_ROLES
        given = {roles[one] for one in self.groups if one in roles}
        return sorted(given - {Role.ADMINISTRATOR})

    @property
    def queues(self) -> list[str]:
        """Which queues the groups open by PROBITY_SIGN_ON_QUEUES."""
        found = settings.SIGN_ON_QUEUES
        return sorted({found[one] for one in self.groups if one in found})


@transaction.atomic
def person_for(claims: Claims, *, known: Person | None) -> Person:
    """The person behind an answer; new people only where the operator allows them.

    Raises NotAllowed for a stranger, for a closed account, and when no group has a role any more.
    """
    person = known or _by_name(claims) or _new(claims)
    if person is None:
        raise NotAllowed(STRANGER.format(name=claims.name or "(none given)"))
    if not person.is_active:
        raise NotAllowed("Your account here is closed. Ask an administrator.")
    if person.roles_by_service:
        _roles_follow(person, claims)
    if known is None:
        event_append(
            chain=SYSTEM_CHAIN, name="person.linked", actor=f"person:{person.pk}",
            payload={
                "person": str(person.pk), "service": claims.service,
                "subject": hashlib.sha256(claims.subject.encode()).hexdigest(),
            },
        )  # fmt: skip
    return person


def _by_name(claims: Claims) -> Person | None:
    """Somebody an administrator bound to this name, and who was not linked before."""
    if not claims.name:
        return None
    found = Person.objects.filter(sign_on_name__iexact=claims.name).first()
    linked = SocialAccount.objects.filter(user=found, provider=claims.service)
    if found is None or linked.exists():
        return None
    return found


def _new(claims: Claims) -> Person | None:
    """An account for somebody whose groups have a role, where the operator wants that."""
    taken = Person.objects.filter(username=claims.name[:60]).exists()
    if not settings.SIGN_ON_NEW_PEOPLE or not claims.roles or not claims.name or taken:
        return None
    person = Person(
        username=claims.name[:60], sign_on_name=claims.name[:200], roles=claims.roles,
        roles_by_service=True, password_change_required=False,
    )  # fmt: skip
    person.set_unusable_password()
    person.save(force_insert=True)
    event_append(
        chain=SYSTEM_CHAIN, name="person.created", actor=f"service:{claims.service}",
        payload={"person": str(person.pk), "roles": claims.roles},
    )  # fmt: skip
    return person


def _roles_follow(person: Person, claims: Claims) -> None:
    """Roles and queues as the groups say now; what an administrator gave by hand stays."""
    by_hand = [role for role in person.roles if role == Role.ADMINISTRATOR]
    if not claims.roles and not by_hand:
        raise NotAllowed(NO_ROLE)
    actor = f"service:{claims.service}"
    roles_apply(person=person, roles=sorted({*claims.roles, *by_hand}), actor=actor)
    for queue in claims.queues:
        grant_give(person=person, queue=queue, actor=actor)
    for grant in grants_in_force(person):
        given_by_service = grant.kind == GrantKind.GIVEN and grant.given_by.startswith("service:")
        if given_by_service and grant.queue not in claims.queues:
            grant_end(grant=grant, actor=actor)


def _first(value: Any) -> str:
    found = value[0] if isinstance(value, (list, tuple)) and value else value
    return found.strip() if isinstance(found, str) else ""
