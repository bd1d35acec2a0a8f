"""Everything a creator has here, to take away: manifests, records, certificates, a list."""

from __future__ import annotations

import json
import tempfile
import zipfile
from typing import IO, Any

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import event_append

from .chains import creator_chain
from .identities import Held, identities_of, identity_chain
from .models import Step, Work

README = """\
Everything that was signed here
===============================

works.json        each file that was signed or refused: what was declared, what came of it
manifests/        the manifest store (C2PA, JUMBF) of each signed work, by the work's id
records/          what our verifier said of each signed file at the time
identities.json   your signing identities, without any secret
certificates/     the certificate of each identity with its chain (PEM)

Private keys are not in here: they never leave the place where they were made.
The signed files themselves can be downloaded one by one.
"""


@transaction.atomic
def works_export(*, actor: Actor) -> IO[bytes]:
    """A ZIP with everything but keys and media; the taking is recorded. Raises NotAllowed."""
    person = actor.require_person(Ability.WORKS_SIGN)
    works = list(Work.objects.filter(person=person).select_related("identity"))
    held = identities_of(person)
    event_append(
        chain=creator_chain(person),
        name="works.exported",
        actor=actor.name,
        payload={"works": len(works), "identities": len(held)},
    )
    target = tempfile.TemporaryFile()  # noqa: SIM115 - handed out; the response closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        archive.writestr("works.json", _json([work_told(work) for work in works]))
        archive.writestr("identities.json", _json([_identity_told(one) for one in held]))
        for one in held:
            archive.writestr(f"certificates/{one.row.name}.pem", identity_chain(one.row))
        for work in works:
            if work.step == Step.DONE:
                archive.writestr(f"manifests/{work.pk}.c2pa", bytes(work.manifest))
                archive.writestr(f"records/{work.pk}.json", _json(work.record))
    target.seek(0)
    return target


def work_told(work: Work) -> dict[str, Any]:
    """One work for programs."""
    return {
        "id": str(work.pk),
        "batch": str(work.batch),
        "file": work.name,
        "identity": work.identity.name,
        "step": work.step,
        "asked_at": work.asked_at.isoformat(),
        "ended_at": work.ended_at.isoformat() if work.ended_at else None,
        "withdrawn_at": work.withdrawn_at.isoformat() if work.withdrawn_at else None,
        "source_sha256": work.source_sha256,
        "declared": work.declared,
        "error": work.error or None,
        "sha256": work.sha256 or None,
        "bytes": work.bytes or None,
        "media_type": work.media_type or None,
        "manifest_id": work.manifest_id or None,
        "manifest_sha256": work.manifest_sha256 or None,
        "outcome": work.outcome or None,
        "bindings": [
            {"alg": one.algorithm, "value": bytes(one.value).hex()} for one in work.bindings.all()
        ],
    }


def _identity_told(held: Held) -> dict[str, Any]:
    return {"id": str(held.row.pk), **held.told.to_dict()}


def _json(body: object) -> str:
    return json.dumps(body, indent=1, ensure_ascii=False)
