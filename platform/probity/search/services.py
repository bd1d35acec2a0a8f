"""Keeping searches, and writing down which tables left."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed

from .models import NAME_MAX, SavedView, SearchExport
from .selectors import cases_found

VIEWS_MAX = 50
EXPORT_MAX = 100_000


@transaction.atomic
def view_save(
    *, name: str, query: str, shared: bool = False, pinned: bool = False, actor: Actor
) -> SavedView:
    """Keep a search under a name; one's own of that name is replaced.

    Only a lead (queues:manage) shares one. Raises NotAllowed, InvalidInput, Conflict.
    """
    person = actor.require_person(Ability.CASES_READ)
    if shared:
        actor.require(Ability.QUEUES_MANAGE)
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX:
        raise InvalidInput.of({"name": f"Give it a name of at most {NAME_MAX} characters."})
    cases_found(query=query, person=person)
    own = SavedView.objects.filter(person=person)
    found = own.filter(name=name, shared=shared).first()
    if found is None and own.count() >= VIEWS_MAX:
        raise Conflict(f"You keep {VIEWS_MAX} searches already. Remove one you no longer need.")
    view = found or SavedView(person=person, name=name, shared=shared)
    view.query, view.pinned, view.saved_at = query.strip(), pinned, now()
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise Conflict("A colleague shares a search of this name. Choose another name.")
    event_append(
        chain=SYSTEM_CHAIN,
        name="view.saved",
        actor=actor.name,
        payload={"view": str(view.pk), "shared": shared, "pinned": pinned},
    )
    return view


@transaction.atomic
def view_remove(*, view: SavedView, actor: Actor) -> None:
    """Remove one's own search; a lead removes any shared one. Raises NotAllowed."""
    person = actor.require_person(Ability.CASES_READ)
    if view.person_id != person.pk:
        if not view.shared:
            raise NotAllowed("This search is somebody else's.")
        actor.require(Ability.QUEUES_MANAGE)
    event_append(
        chain=SYSTEM_CHAIN,
        name="view.removed",
        actor=actor.name,
        payload={"view": str(view.pk)},
    )
    view.delete()


@transaction.atomic
def export_record(*, query: str, actor: Actor) -> SearchExport:
    """Write down that the cases a search finds now leave as a table.

    Raises NotAllowed, SearchRefused, and InvalidInput above ``EXPORT_MAX`` cases.
    """
    person = actor.require_person(Ability.CASES_EXPORT)
    query = query.strip()
    count = cases_found(query=query, person=person).order_by()[: EXPORT_MAX + 1].count()
    if count > EXPORT_MAX:
        raise InvalidInput.of(
            {"q": f"This finds more than {EXPORT_MAX:,} cases. Narrow the search, for example "
                  "with opened:2026-11-01..2026-11-30, and take it in parts."}
        )  # fmt: skip
    digest, salt = commit_to(query) if query else ("", "")
    export = SearchExport.objects.create(
        person=person, query=query, salt=salt, cases=count, at=now()
    )
    event_append(
        chain=SYSTEM_CHAIN,
        name="search.exported",
        actor=actor.name,
        payload={"export": str(export.pk), "query": digest, "cases": count},
    )
    return export
