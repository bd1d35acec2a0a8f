"""A case leaves as an evidence bundle: asked for by a person, built by a worker."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.bundles.models import Export, ExportState, Profile
from probity.bundles.services import (
    download_record,
    export_build,
    export_claim,
    export_request,
)
from probity.cases.models import Case
from probity.core.errors import Conflict, NotFound

from .wake import wake_exports


@transaction.atomic
def case_export(
    *, case: Case, profile: str, purpose: str, recipient: str, why: str, actor: Actor
) -> Export:
    """Ask for a bundle; to show everything needs a further ability.

    Raises NotAllowed, InvalidInput.
    """
    person = actor.require_person(Ability.BUNDLES_EXPORT)
    if profile == Profile.FULL:
        actor.require(Ability.BUNDLES_FULL)
    export = export_request(
        case=case, profile=profile, purpose=purpose, recipient=recipient, why=why,
        person=person, actor=actor.name,
    )  # fmt: skip
    transaction.on_commit(wake_exports)
    return export


def exports_build() -> int:
    """Build every bundle that waits; return how many were taken on."""
    count = 0
    while (export := export_claim()) is not None:
        export_build(export)
        count += 1
    return count


def export_hand_out(*, export: Export, actor: Actor) -> str:
    """Record a download; return where the bundle lies. Raises Conflict while it is not done."""
    actor.require(Ability.BUNDLES_EXPORT)
    if export.profile == Profile.FULL:
        actor.require(Ability.BUNDLES_FULL)
    if export.state != ExportState.DONE:
        raise Conflict("This bundle is not ready yet.")
    if export.destroyed_at:
        raise NotFound("This bundle was destroyed; the case’s history says when and why.")
    download_record(export=export, actor=actor.name)
    return export.storage_name
