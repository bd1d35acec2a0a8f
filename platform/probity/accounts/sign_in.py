"""Sign-ins that failed."""

from __future__ import annotations

from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append

from .models import Person


@transaction.atomic
def sign_in_failed(*, person: Person | None, step: str) -> None:
    """Write down that somebody did not get in.

    ``step``: ``password``, ``second factor`` or ``service``. A name that nobody has is not kept: it
    may be a password typed into the wrong field.
    """
    event_append(
        chain=SYSTEM_CHAIN,
        name="person.sign_in_failed",
        actor="stranger",
        payload={"person": str(person.pk) if person else "nobody", "step": step},
    )
