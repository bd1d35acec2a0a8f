"""People, what they may see, their sessions and tokens. No password or token can be read back."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from probity.core.models import Row
from probity.core.moves import Moves

from .roles import ALL, Ability, Role, abilities_in, abilities_of, is_staff

#: Stands for every queue in a grant.
EVERY_QUEUE = "*"


class PersonManager(BaseUserManager["Person"]):
    """Looks people up by their sign-in name."""


class Person(AbstractBaseUser):
    """Somebody who signs in: reviewer, lead, legal reviewer or administrator.

    ``sign_on_name`` is what the operator's sign-in service calls them, where they may come through
    it; ``roles_by_service`` says that the service's groups decide their roles at each sign-in.
    ``language`` is that of their pages; empty until they choose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    roles = ArrayField(
        models.CharField(max_length=20, choices=[(role, role.title()) for role in Role]),
        default=list,
    )
    is_active = models.BooleanField(default=True)
    password_change_required = models.BooleanField(default=True)
    sign_on_name = models.CharField(max_length=200, blank=True)
    roles_by_service = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    language = models.CharField(max_length=8, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "username"

    class Meta:
        db_table = "accounts_person"
        constraints = [
            models.UniqueConstraint(
                fields=["sign_on_name"], condition=~Q(sign_on_name=""), name="sign_on_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def abilities(self) -> frozenset[Ability]:
        """What this person's roles allow."""
        return abilities_of(self.roles) if self.is_active else frozenset()

    @property
    def staff(self) -> bool:
        """Whether this person may do more than sign works of their own."""
        return is_staff(self.roles)


class GrantKind(StrEnum):
    """Given by an administrator; taken by the person for a short time; declined by the person."""

    GIVEN = "given"
    EXCEPTION = "exception"
    DECLINED = "declined"


class Grant(Row):
    """What a person may see: a queue by its key, or every queue; one category of it, or all.

    An exception ("break-glass") is taken by the person, with a reason and an end, and waits until
    a lead has taken notice. A declined category takes away what grants give.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(
        max_length=10, choices=[(kind, kind) for kind in GrantKind], default=GrantKind.GIVEN
    )
    queue = models.CharField(max_length=40)
    category = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=60)
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=60, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    noticed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "accounts_grant"
        ordering = ["queue", "category", "given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "queue", "category"],
                condition=Q(ended_at=None),
                name="one_open_grant_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="exception") | (Q(until__isnull=False) & ~Q(reason="")),
                name="exception_ends_and_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="declined") | (Q(queue="*") & ~Q(category="")),
                name="declined_is_a_category",
            ),
            models.CheckConstraint(
                condition=Q(noticed_by=None) | ~Q(noticed_by=F("person")),
                name="exception_noticed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(ended_at=None), name="grant_open"),
        ]


class PersonSession(Row):
    """One place where a person is signed in; it has a longest life and a longest silence."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    browser = models.CharField(max_length=60, blank=True)
    way = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "accounts_session"
        ordering = ["-seen_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="")
                | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="session_end_has_reason",
            )
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(ended_at=None), name="session_open"),
        ]


#: A wish to reset somebody's second factor is open (empty) until it is settled.
RESET_MOVES = Moves(
    thing="a reset of a second factor",
    begins=[""],
    after={
        "": ["approved", "refused", "withdrawn"],
        "approved": [],
        "refused": [],
        "withdrawn": [],
    },
)


class FactorReset(Row):
    """A wish to take away somebody's lost second factor; a second administrator settles it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        db_table = "accounts_factor_reset"
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(settled_at=None), name="one_open_factor_reset"
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person"))
                & (Q(settled_by=None) | ~Q(settled_by=F("person"))),
                name="factor_reset_not_for_oneself",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "refused", "withdrawn"])
                | ~Q(settled_by=F("asked_by")),
                name="factor_reset_by_two",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
                name="factor_reset_settled_whole",
            ),
        ]


class ApiToken(Row):
    """A program's key: only its digest is kept."""

    name = models.CharField(max_length=80)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=[(s, s) for s in [*Ability, ALL]]), default=list
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "accounts_token"

    @property
    def abilities(self) -> frozenset[Ability]:
        """The token's scopes, never more than its person's roles."""
        return abilities_in(self.scopes) & self.person.abilities


class Theme(StrEnum):
    """Light, dark, or whatever the device asks for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How much room lines and buttons take."""

    USUAL = "usual"
    COMPACT = "compact"


class Motion(StrEnum):
    """Whether anything may move; without a wish the device's own setting holds."""

    SYSTEM = "system"
    REDUCED = "reduced"


class Screen(models.Model):
    """How a person wants their screens, and which single keys act for them.

    ``keys`` holds what differs from the keys as shipped: action to key, an empty one for none.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="screen"
    )
    theme = models.CharField(
        max_length=10, choices=[(one, one) for one in Theme], default=Theme.SYSTEM
    )
    density = models.CharField(
        max_length=10, choices=[(one, one) for one in Density], default=Density.USUAL
    )
    motion = models.CharField(
        max_length=10, choices=[(one, one) for one in Motion], default=Motion.SYSTEM
    )
    keys_on = models.BooleanField(default=False)
    keys = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "accounts_screen"
