"""Reading senders and uploaders."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet

from probity.accounts.actors import Actor
from probity.core.clock import now
from probity.core.errors import NotFound

from .models import Sender, SenderBinding, Uploader


def senders() -> QuerySet[Sender]:
    """Every organisation: those in standing first, by name."""
    return Sender.objects.order_by(F("ended_on").asc(nulls_first=True), "name")


def sender_find(sender_id: UUID) -> Sender:
    """An organisation by id; raises NotFound."""
    found = Sender.objects.filter(pk=sender_id).first()
    if found is None:
        raise NotFound("There is no trusted flagger or authority with this id.")
    return found


def sender_of(actor: Actor) -> Sender | None:
    """The organisation in standing that this actor reports for: its token's first, else its own."""
    if actor.person is None:
        return None
    own = Q(person=actor.person)
    if actor.name.startswith("token:"):
        own |= Q(token=actor.name.removeprefix("token:"))
    today = now().date()
    standing = Q(sender__ended_on=None) | Q(sender__ended_on__gt=today)
    found = (
        SenderBinding.objects.filter(own, standing, ended_at=None, sender__awarded_on__lte=today)
        .select_related("sender")
        .order_by(F("token").asc(nulls_last=True))
        .first()
    )
    return found.sender if found else None


def uploader_find(uploader_id: UUID) -> Uploader:
    """An uploader by id; raises NotFound."""
    found = Uploader.objects.filter(pk=uploader_id).first()
    if found is None:
        raise NotFound("There is no uploader with this id.")
    return found
