"""The policy packs in use: each version kept when first used, and who approved it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from policy.api import Approval, Pack
from probity.accounts.models import Person
from probity.audit.commitments import commit_to
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.core.inner import inner

from .models import PackApproval, PackVersion

NOTE_MAX = 2_000


@inner
def packs_keep(*, packs: Iterable[Pack]) -> list[PackVersion]:
    """Keep each version that is not kept yet; return the new ones."""
    wanted = {pack.digest: pack for pack in packs}
    known = PackVersion.objects.filter(digest__in=wanted).values_list("digest", flat=True)
    kept = []
    for digest in wanted.keys() - set(known):
        pack = wanted[digest]
        row, new = PackVersion.objects.get_or_create(
            digest=digest,
            defaults={
                "pack": pack.id,
                "version": pack.version,
                "title": pack.title,
                "document": dict(pack.document),
                "kept_at": now(),
            },
        )
        if new:
            event_append(
                chain=SYSTEM_CHAIN,
                name="pack.kept",
                actor="system",
                payload={"pack": pack.id, "version": pack.version, "digest": digest},
            )
            kept.append(row)
    return kept


def pack_version(digest: str) -> PackVersion:
    """A kept version by its digest; raises NotFound."""
    row = PackVersion.objects.filter(digest=digest).first()
    if row is None:
        raise NotFound("No version of a policy pack with this digest was ever used here.")
    return row


def pack_versions(pack: str) -> list[PackVersion]:
    """Every kept version of a pack, the first used one first."""
    return list(PackVersion.objects.filter(pack=pack))


def approval_of(version: PackVersion) -> PackApproval | None:
    """The approval in force of exactly this version."""
    latest = version.approvals.select_related("person").order_by("-at").first()
    return latest if latest and latest.given else None


def approvals_by_digest() -> dict[str, PackApproval]:
    """The approvals that were not taken back, by the digest of the version they are for."""
    latest = (
        PackApproval.objects.select_related("version", "person")
        .order_by("version_id", "-at")
        .distinct("version_id")
    )
    return {row.version.digest: row for row in latest if row.given}


def approvals_in_force() -> list[Approval]:
    """The same as the engine takes it."""
    return [
        Approval(pack=row.version.pack, digest=digest, by=row.person.username, on=row.at.date())
        for digest, row in approvals_by_digest().items()
    ]


@transaction.atomic
def pack_approve(
    *, version: PackVersion, given: bool, note: str, person: Person, actor: str
) -> PackApproval:
    """Approve a version of a pack by name, or take an approval back.

    Raises Conflict when it already is so, InvalidInput for a note that is too long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [version.digest])
    if (approval_of(version) is not None) == given:
        state = "approved already" if given else "not approved, so there is nothing to take back"
        raise Conflict(f"Version {version.version} of {version.title} is {state}.")
    note = note.strip()
    if len(note) > NOTE_MAX:
        raise InvalidInput.of(
            {"note": f"The note is longer than {NOTE_MAX} characters; shorten it."}
        )
    digest, salt = commit_to(note) if note else ("", "")
    row = PackApproval.objects.create(
        version=version, given=given, note=note, note_salt=salt, person=person, at=now()
    )
    event_append(
        chain=SYSTEM_CHAIN,
        name="pack.approved" if given else "pack.approval_withdrawn",
        actor=actor,
        payload={
            "approval": str(row.pk),
            "pack": version.pack,
            "version": version.version,
            "digest": version.digest,
            "note": digest,
        },
    )
    return row
