"""What a person prefers to read."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.errors import InvalidInput

from .models import Person


@transaction.atomic
def language_choose(*, person: Person, language: str) -> None:
    """Remember the language of a person's pages; choosing the same again changes nothing.

    Raises InvalidInput for a language that the pages do not speak.
    """
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput("The pages do not speak this language: choose one of those offered.")
    if person.language == language:
        return
    person.language = language
    person.save(update_fields=["language"])
    event_append(
        chain=SYSTEM_CHAIN,
        name="person.language_set",
        actor=f"person:{person.pk}",
        payload={"person": str(person.pk), "language": language},
    )
