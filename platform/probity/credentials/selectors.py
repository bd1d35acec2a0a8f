"""Reading checks, identities and works."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from probity.accounts.models import Person
from probity.core.clock import now
from probity.core.errors import NotFound
from provenance.jumbf import active_manifest

from .models import Check, CheckPicture, Step, Work


def check_find(check_id: UUID) -> Check:
    """A check whose time is not over; raises NotFound."""
    check = Check.objects.filter(pk=check_id, expires_at__gt=now()).first()
    if check is None:
        raise NotFound(
            "This answer is no longer here: it was deleted after a while. Check the file again."
        )
    return check


def check_pictures(check: Check) -> dict[str, CheckPicture]:
    """Its pictures without their bytes, by node."""
    return {row.node: row for row in check.pictures.defer("data")}


def check_picture(*, check: Check, node: str) -> CheckPicture:
    """One picture; raises NotFound."""
    row = check.pictures.filter(node=node).first()
    if row is None:
        raise NotFound("There is no such picture.")
    return row


def checks_ahead(check: Check) -> int:
    """How many checks are read before this one."""
    return Check.objects.filter(
        step__in=[Step.WAITING, Step.WORKING], made_at__lt=check.made_at
    ).count()


def manifest_find(manifest_id: str, *, active_only: bool = False) -> bytes:
    """The manifest store of a work that was signed here; raises NotFound.

    ``active_only``: a store with nothing but the active manifest.
    """
    work = Work.objects.filter(manifest_id=manifest_id, step=Step.DONE, withdrawn_at=None).first()
    if work is None:
        raise NotFound("No work with this manifest was signed here.")
    kept = bytes(work.manifest)
    return active_manifest(kept) if active_only else kept


def works_of(person: Person, *, most: int = 200) -> list[Work]:
    """A creator's works, the newest first."""
    return list(works_rows(person).order_by("-asked_at", "name")[:most])


def works_rows(person: Person) -> QuerySet[Work]:
    """A creator's works without their manifests and records."""
    rows = Work.objects.filter(person=person).select_related("identity")
    return rows.defer("manifest", "record")
