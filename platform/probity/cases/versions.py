"""The version of a case: a form says which one it was made from, and hears what came between."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from probity.accounts.actors import Actor
from probity.accounts.models import ApiToken, Person
from probity.core.clock import now
from probity.core.errors import Conflict

from .models import Case, CaseChange

#: What can happen to a case, as one says that it happened.
CHANGES = {
    "appealed": "contested: an appeal came in",
    "approved": "approved",
    "changed": "changed",
    "decided": "decided",
    "escalated": "escalated to the lead",
    "facts": "changed: a question of the law was answered",
    "held": "put under a legal hold",
    "lift_proposed": "changed: somebody proposed to lift the seal of a file",
    "lift_refused": "changed: the seal of a file stays, since lifting it was refused or taken back",
    "merged": "merged with another case",
    "moved": "moved to another queue",
    "places": "changed: the places were corrected",
    "report": "joined by a further report",
    "returned": "returned to the queue",
    "sealed": "changed: a file was sealed",
    "sent": "sent to a named person",
    "snoozed": "put off until later",
    "split": "split",
    "undone": "changed: a decision was undone",
    "unsealed": "changed: the seal of a file was lifted",
    "woken": "brought back before its time",
}


def case_touch(*, case: Case, what: str, actor: str) -> int:
    """Count one change of a case and return its new version.

    ``what`` is a word of ``CHANGES``; ``actor`` is the name the log uses. Must run inside the
    transaction of the change, with the case locked. Raises KeyError for an unknown word.
    """
    CHANGES[what]
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
    case.version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
    CaseChange.objects.create(
        case=case, version=case.version, what=what, person=_person(actor), at=now()
    )
    return case.version


def version_check(*, case: Case, seen: int | None, actor: Actor) -> None:
    """Raise Conflict when somebody else changed the case after version ``seen``.

    What one did oneself, and what the system did, never stands in one's way; ``None`` (a form or
    a program that names no version) is not checked.
    """
    if seen is None:
        return
    others = CaseChange.objects.filter(case=case, version__gt=seen, person__isnull=False)
    last = others.exclude(person=actor.person).order_by("-version").first()
    if last is not None:
        raise Conflict(
            f"While you were reading, {case.label} was {CHANGES.get(last.what, 'changed')} by a "
            "colleague. Nothing of yours was recorded. Reload the page, look at what is new, and "
            "send it again if it is still right."
        )


def _person(actor: str) -> Person | None:
    """The person behind a name of the log."""
    kind, _, key = actor.partition(":")
    if kind == "person":
        return Person.objects.filter(pk=UUID(key)).first()
    if kind == "token":
        token = ApiToken.objects.select_related("person").filter(pk=UUID(key)).first()
        return token.person if token else None
    return None
