"""Two cases of one thing become one: reports, files and the work move; both logs tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.analysis.models import Job, JobState
from probity.audit.services import case_chain, event_append
from probity.cases.access import case_visible
from probity.cases.claims import claim_end
from probity.cases.clocks import clocks_stop
from probity.cases.models import Case, CaseState, EvidenceItem
from probity.cases.notes import reason_check, work_note
from probity.cases.priority import SEVERITY
from probity.cases.queue_models import Severity
from probity.cases.services import case_places_set
from probity.cases.targets import UNDECIDED, target_keep
from probity.cases.versions import case_touch
from probity.cases.waiting import handover_close, snooze_close
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.core.vetoes import vetoes_ask
from probity.decisions.services import case_evaluate

from .clocks import case_clocks_set

WHY = "Say in a few words why they are about the same thing."


@dataclass(frozen=True)
class Moved:
    """What went from one case to the other."""

    reports: list[str]
    files: list[str]

    def to_dict(self) -> dict[str, list[str]]:
        """For the log."""
        return {"reports": self.reports, "files": self.files}


@transaction.atomic
def case_merge(*, case: Case, into: Case, reason: str, actor: Actor) -> Case:
    """Put everything of ``case`` into ``into`` and close ``case`` for good; return ``into``.

    Each reporter keeps the receipt, which now tells of the other case. The older reports keep
    their dates, and their clocks. Raises InvalidInput, Conflict (held by somebody else, decided or
    about to be), and the Refusal of a legal hold on ``case``; then nothing changes.
    """
    person = actor.require_person(Ability.CASES_WORK)
    text = reason_check(reason, needed=WHY)
    if case.pk == into.pk:
        raise InvalidInput.of({"into": "Name another case than this one."})
    source, target = _both(case, into)
    for one in (source, target):
        movable(one, actor)
    vetoes_ask("case", source)
    moved = _move(source, target)
    _close(source, target, actor)
    _told(source, target, moved, actor)
    for one in (source, target):
        work_note(case=one, kind="merged", person=person, text=text, actor=actor.name)
        case_touch(case=one, what="merged", actor=actor.name)
    _graver(source, target, actor)
    places = list(dict.fromkeys([*target.places, *source.places]))
    target = case_places_set(case=target, places=places, actor=actor.name)
    if source.opened_at < target.opened_at:
        target.opened_at = source.opened_at
        target.save(update_fields=["opened_at"])
    target_keep(target)
    evaluation = case_evaluate(case=target, actor=actor.name)
    case_clocks_set(case=target, evaluation=evaluation, actor=actor.name)
    return Case.objects.get(pk=target.pk)


def movable(case: Case, actor: Actor) -> None:
    """Raise Conflict unless a locked case is undecided, real, and held by the actor or nobody."""
    if case.demonstration:
        if case.shown_as:
            raise Conflict(f"{case.label} is a demonstration; it stays by itself.")
        raise Conflict(f"{case.label} cannot be put together with others; it stays by itself.")
    if case.state not in UNDECIDED:
        raise Conflict(f"{case.label} is {case.state}; only undecided cases can be put together.")
    claim = case.claims.filter(ended_at=None).first()
    if claim is None and case.state == CaseState.IN_REVIEW:
        raise Conflict(f"A decision on {case.label} is about to take effect; undo it first.")
    mine = claim is not None and actor.person is not None and claim.person_id == actor.person.pk
    if claim and not mine and claim.until >= now():
        if actor.person is None or not case_visible(actor.person, case.pk):
            raise Conflict(f"Somebody else holds {case.label}. Ask them to release it first.")
        name, until = claim.person.username, f"{claim.until:%H:%M}"
        raise Conflict(
            f"{name} holds {case.label} until {until} UTC. Ask them to release it first."
        )


def _both(case: Case, into: Case) -> tuple[Case, Case]:
    """Both cases locked, always in the same order, so that two merges never wait for each other."""
    rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=[case.pk, into.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[case.pk], found[into.pk]


def _move(source: Case, target: Case) -> Moved:
    """A file that lies in both stays where it is too: each case holds it once."""
    reports = [str(key) for key in source.reports.values_list("pk", flat=True)]
    source.reports.update(case=target)
    known = set(target.items.values_list("asset_id", flat=True))
    items = EvidenceItem.objects.filter(case=source).exclude(asset__in=known)
    files = list(items.values_list("asset_id", flat=True))
    items.update(case=target)
    Job.objects.filter(case=source.pk, state=JobState.WAITING).update(case=target.pk)
    return Moved(reports, files)


def _close(source: Case, target: Case, actor: Actor) -> None:
    for claim in source.claims.filter(ended_at=None):
        claim_end(claim=claim, why="merged", actor=actor.name)
    if source.snoozed_until:
        snooze_close(case=source, why="merged", actor=actor.name)
    if source.kept_for_id:
        handover_close(case=source, why="withdrawn", actor=actor.name)
    clocks_stop(case=source, why="merged", actor=actor.name)
    was = source.state
    source.state, source.merged_into, source.target = CaseState.MERGED, target, ""
    source.save(update_fields=["state", "merged_into", "target"])
    event_append(
        chain=case_chain(source.pk),
        name="case.state",
        actor=actor.name,
        payload={"was": was, "now": CaseState.MERGED},
    )


def _told(source: Case, target: Case, moved: Moved, actor: Actor) -> None:
    for here, name, other in (
        (source, "case.merged", target),
        (target, "case.absorbed", source),
    ):
        event_append(
            chain=case_chain(here.pk),
            name=name,
            actor=actor.name,
            payload={"other": str(other.pk), "number": other.number, **moved.to_dict()},
        )


def _graver(source: Case, target: Case, actor: Actor) -> None:
    rank = list(Severity).index
    if rank(SEVERITY[source.category]) >= rank(SEVERITY[target.category]):
        return
    was, target.category = target.category, source.category
    target.save(update_fields=["category"])
    event_append(
        chain=case_chain(target.pk),
        name="case.category",
        actor=actor.name,
        payload={"was": was, "now": target.category},
    )
