"""Copies of decided cases: opened like any case, answered by deciding, told of afterwards.

A copy shares its files with its source and repeats what was reported, without anybody's address.
It carries no answers and no history. ``Case.demonstration`` marks it, so that whatever leaves a
demonstration alone (webhooks, notices, the DSA export, alerts, matching, figures) leaves it alone.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from probity.audit.services import case_chain, event_append
from probity.cases.clocks import clocks_set, clocks_stop
from probity.cases.models import TRIAL, Case, CaseState, Category, EvidenceItem, Report, Skip
from probity.cases.notice import Notice
from probity.cases.services import case_open, item_add, report_add, report_erase
from probity.cases.settling import case_settle
from probity.core.clock import now
from probity.core.errors import Conflict, Refusal
from probity.decisions.deadlines import deadlines_of
from probity.decisions.models import Decision, FactAnswer
from probity.decisions.services import case_evaluate
from probity.evidence.models import Asset

from .models import Golden, SamplingRate, Trial, TrialKind
from .selectors import strangers_not

logger = logging.getLogger(__name__)
CHAIN = "quality"
SYSTEM = "system"
#: A copy that nobody took up is taken back after so long.
WAITS = timedelta(days=30)
LONG = timedelta(days=3650)


def source_refuse(case: Case) -> None:
    """Raise Conflict for a case that cannot be copied: undecided, made up, sealed, or erased."""
    if case.state != CaseState.DECIDED or case.demonstration:
        raise Conflict(f"{case.label} is not a decided case of somebody's report.")
    if Asset.objects.filter(items__case=case, sealed_at__isnull=False).exists():
        raise Conflict(f"A file of {case.label} is sealed; nobody is shown it for practice.")
    if not case.reports.exclude(explanation="").exists():
        raise Conflict(f"What was reported in {case.label} is erased; nobody could decide it anew.")


@transaction.atomic
def trial_open(
    *,
    kind: TrialKind,
    decision: Decision,
    golden: Golden | None = None,
    rate: SamplingRate | None = None,
    draw: float | None = None,
    actor: str = SYSTEM,
) -> Trial:
    """Put a copy of a decided case into its queue; ``decision`` is what its answer is held against.

    Raises Conflict for a case that cannot be copied.
    """
    source = Case.objects.select_for_update().get(pk=decision.case_id)
    source_refuse(source)
    case, reports = _copied(source)
    trial = Trial.objects.create(
        kind=kind, case=case, source=source, source_decision=decision, decider=decision.person,
        golden=golden, rate=rate, draw=draw, reports=reports, made_at=now(),
    )  # fmt: skip
    until = now() + LONG
    Skip.objects.bulk_create(
        Skip(case=case, person_id=person, until=until) for person in strangers_not(trial)
    )
    evaluation = case_evaluate(case=case, actor=SYSTEM)
    clocks_set(case=case, deadlines=deadlines_of(evaluation), actor=SYSTEM)
    trial.case = case_settle(case=case, actor=SYSTEM)
    event_append(
        chain=CHAIN, name="trial.opened", actor=actor,
        payload={
            "trial": str(trial.pk), "case": str(case.pk), "kind": kind, "source": str(source.pk),
            "decision": str(decision.pk), "golden": str(golden.pk) if golden else None,
            "rate": str(rate.pk) if rate else None, "draw": draw,
        },
    )  # fmt: skip
    return trial


def _copied(source: Case) -> tuple[Case, dict[str, str]]:
    """The copy with its reports and files; which report was taken from which."""
    rows = list(source.reports.exclude(explanation="").order_by("received_at"))
    places = list(dict.fromkeys(place for row in rows for place in row.places))
    case = case_open(case_id=uuid4(), notice=_notice(rows[0], source, places), actor=SYSTEM)
    case.demonstration = f"{TRIAL}{uuid4().hex}"
    # its reports may fit another queue than the one in which the source was decided
    case.queue, case.queue_fixed = source.queue, True
    case.save(update_fields=["demonstration", "queue", "queue_fixed"])
    copies: dict[str, str] = {}
    by_source: dict[object, Report] = {}
    for row in rows:
        mine, _ = report_add(
            case=case, notice=_notice(row, None, row.places), channel=row.channel, actor=SYSTEM
        )
        _standing_keep(mine, row)
        copies[str(mine.pk)], by_source[row.pk] = str(row.pk), mine
    items = EvidenceItem.objects.filter(case=source, report__isnull=False)
    for item in items.select_related("asset"):
        if not item.asset.sealed:
            item_add(case=case, asset=item.asset, report=by_source.get(item.report_id))
    return case, copies


def _notice(row: Report, case: Case | None, places: list[str]) -> Notice:
    return Notice(
        category=Category(case.category if case else row.category), explanation=row.explanation,
        url=row.url, sha256=row.claimed_sha256, places=places, depicted=row.depicted,
        good_faith=row.good_faith, on_behalf=row.on_behalf, no_consent=row.no_consent,
        resident=row.resident, has_account=row.has_account,
        language=case.language if case else row.language,
    )  # fmt: skip


def _standing_keep(mine: Report, theirs: Report) -> None:
    """What the law and the order make of a report, without saying whose it was. No other report
    finds its thing by the copy."""
    mine.sender_kind, mine.target = theirs.sender_kind, ""
    if theirs.request_valid_at:
        mine.request_valid_at = mine.received_at
        event_append(
            chain=case_chain(mine.case_id), name="request.valid", actor=SYSTEM,
            payload={"report": str(mine.pk), "at": mine.received_at.isoformat()},
        )  # fmt: skip
    mine.signed = theirs.signed
    mine.save(update_fields=["sender_kind", "target", "request_valid_at", "signed"])


@transaction.atomic
def trial_settle(*, decision: Decision) -> Trial | None:
    """Hold the decision of a copy against the known answer, once it took effect.

    None for every other case, and for a copy that is answered or taken back already.
    """
    if not decision.case.is_trial:
        return None
    rows = Trial.objects.select_for_update(of=("self",)).select_related("golden", "source_decision")
    trial = rows.filter(case=decision.case_id, answered_at=None, withdrawn_at=None).first()
    if trial is None:
        return None
    trial.differences = _differences(trial, decision)
    trial.agrees = not ({"action", "facts"} & set(trial.differences))
    trial.decision, trial.person, trial.answered_at = decision, decision.person, now()
    trial.save()
    event_append(
        chain=CHAIN, name="trial.answered", actor=SYSTEM,
        payload={
            "trial": str(trial.pk), "decision": str(decision.pk),
            "person": str(decision.person_id), "agrees": trial.agrees,
        },
    )  # fmt: skip
    _own_chain(trial, why="answered")
    return trial


def _differences(trial: Trial, decision: Decision) -> dict[str, object]:
    """What differs: the headline action, for a golden case also the accepted answers; other
    measures and rules are told, and make no disagreement by themselves."""
    found: dict[str, object] = {}
    if trial.golden is not None:
        if decision.action not in trial.golden.actions:
            found["action"] = [list(trial.golden.actions), decision.action]
        said = _answers(decision.case)
        wrong = {
            name: [value, said.get(name)]
            for name, value in trial.golden.facts.items()
            if said.get(name) is not value
        }
        return {**found, **({"facts": wrong} if wrong else {})}
    first = trial.source_decision
    if decision.action != first.action:
        found["action"] = [first.action, decision.action]
    for name, theirs, mine in (
        ("measures", _actions(first), _actions(decision)),
        ("rules", sorted(first.rules), sorted(decision.rules)),
    ):
        if theirs != mine:
            found[name] = [theirs, mine]
    return found


def _actions(decision: Decision) -> list[str]:
    return sorted(decision.measures.values_list("action", flat=True))


def _answers(case: Case) -> dict[str, object]:
    rows = FactAnswer.objects.filter(case=case).order_by("at")
    return {row.name: row.value for row in rows}


@transaction.atomic
def trial_withdraw(*, trial: Trial, why: str, actor: str = SYSTEM) -> Trial:
    """Take a copy back that nobody decided: out of the queue, its words erased; its log stays.

    Raises Conflict for one that is answered, taken back, or that somebody holds.
    """
    case = Case.objects.select_for_update().get(pk=trial.case_id)
    row = Trial.objects.select_for_update().get(pk=trial.pk)
    if row.answered_at or row.withdrawn_at:
        raise Conflict("This copy is settled already.")
    if case.state != CaseState.OPEN:
        raise Conflict("Somebody works on this copy. Wait until it is decided or given back.")
    row.withdrawn_at = now()
    row.save(update_fields=["withdrawn_at"])
    for report in case.reports.all():
        report_erase(report=report, actor=SYSTEM)
    clocks_stop(case=case, why="removed", actor=SYSTEM)
    case.refresh_from_db()
    case.removed_at = now()
    case.save(update_fields=["removed_at"])
    event_append(
        chain=CHAIN, name="trial.withdrawn", actor=actor,
        payload={"trial": str(row.pk), "why": why},
    )  # fmt: skip
    _own_chain(row, why="withdrawn")
    return row


def trials_sweep() -> int:
    """Take back what nobody took up for too long; how many copies it was."""
    late = Trial.objects.filter(
        answered_at=None, withdrawn_at=None, made_at__lt=now() - WAITS, case__state=CaseState.OPEN
    )
    return sum(_late(trial) for trial in list(late))


def _late(trial: Trial) -> bool:
    try:
        trial_withdraw(trial=trial, why="nobody took it up")
    except Refusal as refusal:
        logger.info("Copy %s stays: %s", trial.pk, refusal.sentence)
        return False
    return True


def _own_chain(trial: Trial, *, why: str) -> None:
    event_append(
        chain=case_chain(trial.case_id), name="case.trial", actor=SYSTEM,
        payload={
            "trial": str(trial.pk), "kind": trial.kind, "source": str(trial.source_id),
            "number": trial.source.number, "why": why,
        },
    )  # fmt: skip
