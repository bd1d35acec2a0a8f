"""Entering organisations and what binds reports to them; naming uploaders and erasing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.accounts.models import ApiToken, Person
from probity.accounts.roles import Ability
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.core.vetoes import vetoes_ask
from probity.outbox.services import messages_forget

from .models import PartyKind, Sender, SenderBinding, Uploader

NAME_MAX = 200
WHY_MAX = 500
AREAS_MAX = 20
REFERENCE_MAX = 200


@transaction.atomic
def sender_register(
    *,
    name: str,
    kind: str,
    award_authority: str,
    awarded_on: date,
    actor: Actor,
    areas: Sequence[str] = (),
    place: str = "",
    reference: str = "",
    email: str = "",
    language: str = "",
) -> Sender:
    """Enter a trusted flagger (DSA art. 22(1)) or an authority. Raises InvalidInput, NotAllowed,
    Conflict where one of this name is in standing."""
    actor.require_person(Ability.SENDERS_MANAGE)
    fields = _checked(
        name=name, kind=kind, award_authority=award_authority, place=place, reference=reference,
        email=email, language=language, areas=areas,
    )  # fmt: skip
    if Sender.objects.filter(name=fields["name"], kind=kind, ended_on=None).exists():
        raise Conflict("An organisation of this name is entered already. Change that one instead.")
    sender = Sender.objects.create(**fields, awarded_on=awarded_on, registered_at=now())
    _said(
        "sender.registered", actor.name, sender=str(sender.pk), kind=sender.kind,
        areas=sender.areas, awarded_on=sender.awarded_on.isoformat(),
    )  # fmt: skip
    return sender


@transaction.atomic
def sender_change(
    *,
    sender: Sender,
    award_authority: str,
    awarded_on: date,
    areas: Sequence[str],
    actor: Actor,
    place: str = "",
    reference: str = "",
    email: str = "",
    language: str = "",
) -> Sender:
    """Correct what is kept of an organisation; its name and kind stay. Raises as sender_register,
    and Conflict once its standing has ended."""
    actor.require_person(Ability.SENDERS_MANAGE)
    locked = _standing(sender)
    fields = _checked(
        name=locked.name, kind=locked.kind, award_authority=award_authority, place=place,
        reference=reference, email=email, language=language, areas=areas,
    )  # fmt: skip
    for field, value in fields.items():
        setattr(locked, field, value)
    locked.awarded_on = awarded_on
    locked.save()
    _said(
        "sender.changed", actor.name, sender=str(locked.pk), areas=locked.areas,
        awarded_on=locked.awarded_on.isoformat(),
    )  # fmt: skip
    return locked


@transaction.atomic
def sender_end(*, sender: Sender, on: date, why: str, actor: Actor) -> Sender:
    """End an organisation's standing, on the day that its award was revoked (DSA art. 22(7)).

    What it reported before stays as it was. Raises InvalidInput, NotAllowed, Conflict.
    """
    actor.require_person(Ability.SENDERS_MANAGE)
    locked = _standing(sender)
    said = why.strip()
    if not said or len(said) > WHY_MAX:
        raise InvalidInput.of({"why": f"Say why in at most {WHY_MAX} characters."})
    if on < locked.awarded_on:
        raise InvalidInput.of({"on": "The end lies before the day of the award; correct it."})
    locked.ended_on, locked.ended_why = on, said
    locked.save(update_fields=["ended_on", "ended_why"])
    _said("sender.ended", actor.name, sender=str(locked.pk), on=on.isoformat())
    return locked


@transaction.atomic
def sender_bind(
    *, sender: Sender, actor: Actor, person: Person | None = None, token: ApiToken | None = None
) -> SenderBinding:
    """Take what a person or one token reports as the organisation's from now on.

    Raises Conflict where it is bound already, InvalidInput for neither or both.
    """
    actor.require_person(Ability.SENDERS_MANAGE)
    if (person is None) == (token is None):
        raise InvalidInput("Name a person or a token, and not both.")
    locked = _standing(sender)
    try:
        with transaction.atomic():
            binding = SenderBinding.objects.create(
                sender=locked, person=person, token=token, since=now()
            )
    except IntegrityError:
        raise Conflict("This reports for an organisation already. End that first.")
    _bound("sender.bound", binding, actor)
    return binding


@transaction.atomic
def sender_unbind(*, binding: SenderBinding, actor: Actor) -> SenderBinding:
    """End a binding; what was reported under it stays the organisation's. Raises Conflict."""
    actor.require_person(Ability.SENDERS_MANAGE)
    locked = SenderBinding.objects.select_for_update().get(pk=binding.pk)
    if locked.ended_at:
        raise Conflict("This was ended already.")
    locked.ended_at = now()
    locked.save(update_fields=["ended_at"])
    _bound("sender.unbound", locked, actor)
    return locked


@transaction.atomic
def uploader_name(*, reference: str, email: str = "", language: str = "") -> Uploader:
    """The account with this reference, made when it is new; the latest contact counts."""
    uploader, made = Uploader.objects.get_or_create(
        reference=reference,
        defaults={"email": email, "language": language, "first_named_at": now()},
    )
    if not made and (email or language):
        uploader.email = email or uploader.email
        uploader.language = language or uploader.language
        uploader.save(update_fields=["email", "language"])
    return uploader


@transaction.atomic
def uploader_erase(*, uploader: Uploader, actor: str) -> None:
    """Erase reference, address and language, and what was written to them; the row stays, so that
    cases and counts stay true. Raises the Refusal of whoever forbids it (a legal hold)."""
    locked = Uploader.objects.select_for_update().get(pk=uploader.pk)
    if locked.erased_at:
        return
    vetoes_ask("uploader", locked)
    messages_forget(about=f"uploader:{locked.pk}", actor=actor)
    locked.reference = locked.email = locked.language = ""
    locked.erased_at = now()
    locked.save(update_fields=["reference", "email", "language", "erased_at"])
    _said("uploader.erased", actor, uploader=str(locked.pk))


def _standing(sender: Sender) -> Sender:
    locked = Sender.objects.select_for_update().get(pk=sender.pk)
    if locked.ended_on:
        raise Conflict("The standing of this organisation has ended. Enter it anew.")
    return locked


def _checked(*, areas: Sequence[str], **texts: str) -> dict[str, Any]:
    said = {name: value.strip() for name, value in texts.items()}
    wrong: dict[str, str] = {}
    if not said["name"] or len(said["name"]) > NAME_MAX:
        wrong["name"] = f"Give the organisation's name, in at most {NAME_MAX} characters."
    if said["kind"] not in set(PartyKind):
        wrong["kind"] = f"Choose a kind: {', '.join(PartyKind)}."
    if not said["award_authority"] or len(said["award_authority"]) > NAME_MAX:
        wrong["award_authority"] = "Name the Digital Services Coordinator, or the law it acts on."
    if len(said["place"]) > 6 or len(said["language"]) > 12 or len(said["reference"]) > 120:
        wrong["reference"] = "Country, language or register number is too long; shorten it."
    if len(areas) > AREAS_MAX or any(not area or len(area) > 20 for area in areas):
        wrong["areas"] = "Areas are categories of cases; leave them out when it may be any."
    if said["email"]:
        try:
            validate_email(said["email"])
        except ValidationError:
            wrong["email"] = "This is not a whole e-mail address; correct it or leave it out."
    if wrong:
        raise InvalidInput.of(wrong)
    return {**said, "areas": list(dict.fromkeys(areas))}


def _bound(name: str, binding: SenderBinding, actor: Actor) -> None:
    person, token = binding.person_id, binding.token_id
    _said(
        name, actor.name, sender=str(binding.sender_id),
        person=str(person) if person else None, token=str(token) if token else None,
    )  # fmt: skip


def _said(name: str, actor: str, **payload: object) -> None:
    event_append(chain=SYSTEM_CHAIN, name=name, actor=actor, payload=payload)
