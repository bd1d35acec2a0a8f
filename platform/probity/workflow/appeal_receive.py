"""An appeal comes in, with or without files: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.analysis.queue import job_enqueue
from probity.cases.models import Case, Report
from probity.cases.services import item_add
from probity.cases.versions import case_touch
from probity.contests.appeals import appeal_receive, evidence_add
from probity.contests.asking import Asking
from probity.contests.misuse import suspension_of
from probity.contests.models import Appeal
from probity.contests.words import Side
from probity.core.errors import Conflict, InvalidInput
from probity.decisions.models import Decision
from probity.decisions.selectors import decision_current
from probity.evidence.models import Asset, SealCause
from probity.evidence.probes import Probe
from probity.evidence.services import asset_keep, file_probe
from probity.evidence.uploads import ReceivedFile

from .appeal_told import appeal_confirm
from .case_match import sealed_match
from .sealing import file_seal
from .wake import wake_workers

FILES_MAX = 5
#: Whoever uploaded something and comes with the secret address of their page.
UPLOADER = Actor("uploader", None, frozenset({Ability.REPORTS_WRITE}))


def appeal_send(
    *,
    case: Case,
    asking: Asking,
    actor: Actor,
    report: Report | None = None,
    files: Sequence[ReceivedFile] = (),
    channel: str = "web",
) -> Appeal:
    """Contest the decision in force. Files are evidence of the case, looked at like any other.

    Raises Conflict (nothing decided, too late, twice, no counter-notice), the media refusals,
    InvalidInput for too many files.
    """
    actor.require(Ability.REPORTS_WRITE)
    if (asking.side == Side.REPORTER) != (report is not None):
        raise InvalidInput("A reporter contests through their report, an uploader without one.")
    if len(files) > FILES_MAX:
        raise InvalidInput.of({"file": f"Send at most {FILES_MAX} files with one appeal."})
    decision = contested_now(case)
    _suspended_refuse(report)
    probed = [(file, None if _sealed(file, case) else file_probe(file)) for file in files]
    return _keep(decision, asking, report, probed, channel, actor)


def contested_now(case: Case) -> Decision:
    """The decision in force; raises Conflict while there is none."""
    decision = decision_current(case)
    if decision is None:
        raise Conflict("Nothing is decided yet, so there is nothing to contest.")
    return decision


@transaction.atomic
def _keep(
    decision: Decision,
    asking: Asking,
    report: Report | None,
    probed: Sequence[tuple[ReceivedFile, Probe | None]],
    channel: str,
    actor: Actor,
) -> Appeal:
    appeal = appeal_receive(
        decision=decision, asking=asking, actor=actor.name, report=report, channel=channel
    )
    for file, probe in probed:
        _file_keep(appeal, file, probe, report, actor)
    appeal_confirm(appeal=appeal, actor=actor.name)
    case_touch(case=appeal.case, what="appealed", actor=actor.name)
    return appeal


def _file_keep(
    appeal: Appeal, file: ReceivedFile, probe: Probe | None, report: Report | None, actor: Actor
) -> None:
    """Keep one file; unprobed it must not be opened and is sealed, all else is analysed."""
    case = appeal.case
    sealed = probe is None
    asset = asset_keep(received=file, probe=probe, actor=actor.name, case=case.pk)
    fresh = not case.items.filter(asset=asset).exists()
    item = item_add(case=case, asset=asset, report=report)
    evidence_add(appeal=appeal, item=item, actor=actor.name)
    if sealed:
        file_seal(asset=asset, case=case, actor="system", cause=SealCause.BESIDE)
        sealed_match(asset=asset, case=case)
    elif fresh:
        job_enqueue(kind="analyse", asset=asset, case=case.pk, priority=0)
        transaction.on_commit(wake_workers)


def _sealed(file: ReceivedFile, case: Case) -> bool:
    """Not to be opened: sealed already, or sent in a case whose own files are sealed."""
    if Asset.objects.filter(pk=file.sha256, sealed_at__isnull=False).exists():
        return True
    return case.items.filter(asset__sealed_at__isnull=False).exists()


def _suspended_refuse(report: Report | None) -> None:
    """Art. 23(2) reaches complaints as well; an uploader's suspension never closes their appeal."""
    found = suspension_of(report=report) if report else None
    if found and found.ends_at:
        raise Conflict(
            f"What you send is not processed until {found.ends_at:%d %B %Y}, because you often "
            "sent what was manifestly unfounded. You can still go to a court, and in the EU to a "
            "certified out-of-court settlement body."
        )
