"""Sending a referral's files: only where two people and the operator said so, and never sealed;
and the steps of a referral by the names that pages and programs give."""

from __future__ import annotations

from probity.accounts.actors import Actor
from probity.contests.models import Referral
from probity.contests.referring import (
    referral_finish,
    referral_retract,
    referral_submit,
    referral_upload,
)
from probity.core.errors import Conflict
from probity.evidence.models import CustodyAction
from probity.evidence.selectors import original_open
from probity.evidence.services import custody_record


def referral_send_files(*, referral: Referral, actor: Actor) -> Referral:
    """Send every file of the case that is not sealed; sealed ones are named by their hash alone.

    Raises Conflict where files are not allowed or none can go.
    """
    rows = referral.case.items.select_related("asset").order_by("added_at")
    assets = [row.asset for row in rows if not row.asset.sealed and not row.asset.destroyed_at]
    if not assets:
        raise Conflict(
            "No file of this case can be sent: sealed files never leave. The report names hashes."
        )
    for asset in assets:
        with original_open(asset) as handle:
            content = handle.read()
        step = referral_upload(referral=referral, name=asset.pk, content=content, actor=actor)
        if not step.ok:
            break
        custody_record(
            asset=asset, action=CustodyAction.EXPORTED, actor=actor.name, case=referral.case_id
        )
    return Referral.objects.get(pk=referral.pk)


REFERRAL_STEPS = {
    "submit": referral_submit,
    "files": referral_send_files,
    "finish": referral_finish,
    "retract": referral_retract,
}
