"""Second factors: an authenticator app (RFC 6238), security keys (WebAuthn), recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.errors import Conflict, InvalidInput, NotFound

from .models import Person

KINDS = {"totp": "authenticator app", "webauthn": "security key"}
PROVING = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
WRONG_CODE = "This code is not right. Check that the clock of the device is, and try the next one."


@dataclass(frozen=True)
class Factors:
    """What a person has: an app, keys, and how many recovery codes are left."""

    app: Any | None
    keys: tuple[Any, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether a sign-in asks for a second factor."""
        return self.app is not None or bool(self.keys)

    @property
    def words(self) -> str:
        """For lists: what they have."""
        parts = ["authenticator app"] if self.app else []
        if self.keys:
            count = len(self.keys)
            parts.append("1 security key" if count == 1 else f"{count} security keys")
        return ", ".join(parts) or "none"


def factors_of(person: Person) -> Factors:
    """Every second factor of a person."""
    rows = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    apps = [row for row in rows if row.type == Authenticator.Type.TOTP]
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return Factors(
        app=apps[0] if apps else None,
        keys=tuple(row for row in rows if row.type == Authenticator.Type.WEBAUTHN),
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else 0,
    )


def has_factor(person: Person) -> bool:
    """Whether a sign-in of this person asks for a second factor."""
    return bool(Authenticator.objects.filter(user=person, type__in=PROVING).exists())


def factor_missing(person: Person) -> bool:
    """Whether this person must add a second factor before anything else opens."""
    return bool(settings.REQUIRE_MFA) and person.staff and not has_factor(person)


@transaction.atomic
def app_add(*, person: Person, secret: str, code: str) -> list[str]:
    """Bind an authenticator app that showed the right code; new recovery codes, if the first.

    Raises InvalidInput for a wrong code, Conflict when there is one already.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        raise Conflict("You already have an authenticator app. Remove it first.")
    if not secret or not validate_totp_code(secret, code):
        raise InvalidInput(WRONG_CODE, fields={"code": WRONG_CODE})
    TOTP.activate(person, secret)
    return _added(person, "totp")


@transaction.atomic
def key_add(*, person: Person, name: str, credential: dict[str, Any]) -> list[str]:
    """Keep a security key whose answer was checked; new recovery codes, if the first factor."""
    Person.objects.select_for_update().get(pk=person.pk)
    WebAuthn.add(person, name.strip()[:60] or "Security key", credential)
    return _added(person, "webauthn")


@transaction.atomic
def factor_remove(*, person: Person, factor_id: int) -> None:
    """Take one factor away; the codes go with the last one.

    Raises NotFound for somebody else's, Conflict for the last one where a second factor is needed.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    own = Authenticator.objects.filter(user=person, type__in=PROVING)
    found = own.filter(pk=factor_id).first()
    if found is None:
        raise NotFound("You have no such second factor.")
    last = not own.exclude(pk=found.pk).exists()
    if last and settings.REQUIRE_MFA and person.staff:
        raise Conflict("You need a second factor here. Add another one before you remove this.")
    kind = str(found.type)
    found.delete()
    if last:
        Authenticator.objects.filter(user=person).delete()
    _record("factor.removed", person, actor=f"person:{person.pk}", kind=kind, why="by themselves")


@transaction.atomic
def codes_renew(*, person: Person) -> list[str]:
    """Ten new recovery codes; the earlier ones count no more. Raises Conflict without a factor."""
    Person.objects.select_for_update().get(pk=person.pk)
    if not has_factor(person):
        raise Conflict("Recovery codes stand in for a second factor. Add one first.")
    return _codes(person)


@transaction.atomic
def factors_clear(*, person: Person, why: str, actor: str) -> None:
    """Take every factor of a person away, so that the next sign-in asks them to add one."""
    kinds = [str(one) for one in Authenticator.objects.filter(user=person, type__in=PROVING)
             .values_list("type", flat=True)]  # fmt: skip
    Authenticator.objects.filter(user=person).delete()
    for kind in kinds:
        _record("factor.removed", person, actor=actor, kind=kind, why=why)


def _added(person: Person, kind: str) -> list[str]:
    _record("factor.added", person, actor=f"person:{person.pk}", kind=kind)
    codes = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES)
    return [] if codes.exists() else _codes(person)


def _codes(person: Person) -> list[str]:
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).get_unused_codes()
    _record("factor.codes_made", person, actor=f"person:{person.pk}")
    return codes


def _record(name: str, person: Person, *, actor: str, **more: object) -> None:
    event_append(
        chain=SYSTEM_CHAIN, name=name, actor=actor, payload={"person": str(person.pk), **more}
    )


@transaction.atomic
def recovery_used(*, person: Person) -> None:
    """Write down that a recovery code let somebody in."""
    left = factors_of(person).codes_left
    _record("factor.recovery_used", person, actor=f"person:{person.pk}", left=left)
