"""People and tokens. Neither passwords nor tokens can be read back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from probity.core.models import Row

from .roles import ALL, Ability, Role, abilities_in, abilities_of


class PersonManager(BaseUserManager["Person"]):
    """Looks people up by their sign-in name."""


class Person(AbstractBaseUser):
    """Somebody who signs in: reviewer, lead, legal reviewer or administrator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=[(role, role.title()) for role in Role]),
        default=list,
    )
    is_active = models.BooleanField(default=True)
    password_change_required = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "username"

    class Meta:
        db_table = "accounts_person"

    def __str__(self) -> str:
        return self.username

    @property
    def abilities(self) -> frozenset[Ability]:
        """What this person's roles allow."""
        return abilities_of(self.roles) if self.is_active else frozenset()


class ApiToken(Row):
    """A program's key: only its digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=[(s, s) for s in [*Ability, ALL]]), default=list
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "accounts_token"

    @property
    def abilities(self) -> frozenset[Ability]:
        """The token's scopes, never more than its person's roles."""
        return abilities_in(self.scopes) & self.person.abilities
