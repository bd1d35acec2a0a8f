"""Saving the words of notices, restoring the shipped ones, and looking at them before."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.canonical import digest_of
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from .filling import text_check, text_fill
from .kinds import SHAPES, Kind
from .languages import NAMES
from .models import TextVersion
from .samples import sample_values
from .selectors import text_current
from .shipped import Text, shipped_text

SAMPLE_AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@transaction.atomic
def text_save(
    *, kind: str, language: str, subject: str, body: str, actor: Actor, seen: int | None = None
) -> TextVersion:
    """Keep new words for a kind of notice; they are used from the next notice on.

    ``seen`` is the number of the version the editor began from: Conflict when somebody saved in
    between. Raises NotAllowed, and InvalidInput for placeholders that are unknown, missing or
    malformed.
    """
    person = actor.require_person(Ability.NOTICES_MANAGE)
    chosen = kind_read(kind, language)
    text = text_check(kind=chosen, text=Text(subject, body))
    number = _next_number(chosen, language, seen)
    row = TextVersion.objects.create(
        kind=chosen, language=language, number=number, subject=text.subject, body=text.body,
        person=person, at=now(),
    )  # fmt: skip
    _saved(row, text, actor)
    return row


@transaction.atomic
def text_restore(*, kind: str, language: str, actor: Actor) -> TextVersion:
    """Use the shipped words again; what was saved before stays on the record.

    Raises NotAllowed, and Conflict where the shipped words are in use already.
    """
    person = actor.require_person(Ability.NOTICES_MANAGE)
    chosen = kind_read(kind, language)
    number = _next_number(chosen, language, None)
    _, current = text_current(chosen, language)
    if current is None or current.shipped:
        raise Conflict("The text that comes with the product is in use already.")
    row = TextVersion.objects.create(
        kind=chosen, language=language, number=number, shipped=True, person=person, at=now()
    )
    _saved(row, shipped_text(chosen, language), actor)
    return row


def text_preview(*, kind: str, language: str, subject: str, body: str) -> Text:
    """The words filled with a made-up case; raises InvalidInput as text_save does."""
    chosen = kind_read(kind, language)
    text = text_check(kind=chosen, text=Text(subject, body))
    return text_fill(text=text, values=sample_values(chosen, language, at=SAMPLE_AT))


def kind_read(kind: str, language: str) -> Kind:
    """The kind by its name; raises InvalidInput for a kind or a language that does not exist."""
    wrong: dict[str, str] = {}
    if kind not in set(SHAPES):
        wrong["kind"] = f"There is no such notice. There are: {', '.join(SHAPES)}."
    if language not in NAMES:
        wrong["language"] = f"Notices are written in {', '.join(NAMES)}."
    if wrong:
        raise InvalidInput.of(wrong)
    return Kind(kind)


def _next_number(kind: Kind, language: str, seen: int | None) -> int:
    rows = TextVersion.objects.filter(kind=kind, language=language)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    if seen is not None and seen != last:
        raise Conflict(
            "Somebody saved this text while you were writing. Nothing of yours was kept: copy it, "
            "reload the page, and look at what is new."
        )
    return last + 1


def _saved(row: TextVersion, text: Text, actor: Actor) -> None:
    event_append(
        chain=SYSTEM_CHAIN,
        name="notice.text_saved",
        actor=actor.name,
        payload={
            "text": str(row.pk), "kind": row.kind, "language": row.language,
            "number": row.number, "shipped": row.shipped,
            "digest": digest_of({"subject": text.subject, "body": text.body}),
        },
    )  # fmt: skip
