"""A report that is about something else gets a case of its own; both logs tell of it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, Category, EvidenceItem, Report
from probity.cases.notes import reason_check, work_note
from probity.cases.notice import Notice
from probity.cases.services import case_open, item_add
from probity.cases.targets import target_keep
from probity.cases.versions import case_touch
from probity.core.errors import Conflict, InvalidInput
from probity.core.vetoes import vetoes_ask
from probity.decisions.services import case_evaluate
from probity.evidence.models import Asset

from .case_merge import movable
from .clocks import case_clocks_set

WHY = "Say in a few words what the report is about instead."


@transaction.atomic
def report_split(
    *, report: Report, reason: str, actor: Actor, also: Collection[str] = ()
) -> Case:  # fmt: skip
    """Give a report a case of its own and return it. Its date, receipt and clocks stay its own.

    The files that came with it go along; those named in ``also`` (SHA-256) lie in both cases from
    now on. Raises Conflict for a case's only report, or while somebody else holds the case;
    InvalidInput for a file that the case does not have; the Refusal of a legal hold on the case.
    """
    person = actor.require_person(Ability.CASES_WORK)
    text = reason_check(reason, needed=WHY)
    case = Case.objects.select_for_update(of=("self",)).get(pk=report.case_id)
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.case_id != case.pk:
        raise Conflict("This report was moved a moment ago. Reload the page.")
    movable(case, actor)
    if case.reports.count() < 2:
        raise Conflict("This is the only report of the case; there is nothing to split.")
    vetoes_ask("case", case)
    copied = _copied(case, also)
    fresh = case_open(
        case_id=uuid4(), notice=_notice(report), actor=actor.name, opened_at=report.received_at
    )
    if case.uploader_id:
        fresh.uploader_id = case.uploader_id
        fresh.save(update_fields=["uploader"])
    report.case = fresh
    report.save(update_fields=["case"])
    gone = _files(case, fresh, report, copied)
    _told(case, fresh, report, gone, actor)
    for one in (case, fresh):
        work_note(case=one, kind="split", person=person, text=text, actor=actor.name)
        case_touch(case=one, what="split", actor=actor.name)
        target_keep(one)
        evaluation = case_evaluate(case=one, actor=actor.name)
        case_clocks_set(case=one, evaluation=evaluation, actor=actor.name)
    return Case.objects.get(pk=fresh.pk)


def _copied(case: Case, also: Collection[str]) -> list[Asset]:
    found = list(Asset.objects.filter(pk__in=also, items__case=case))
    if len(found) != len(set(also)):
        raise InvalidInput.of({"also": "The case has no such file. Reload the page."})
    return found


def _files(case: Case, fresh: Case, report: Report, copied: list[Asset]) -> list[str]:
    """Its own files move, unless they were named to stay as well; the others are in both."""
    own = EvidenceItem.objects.filter(case=case, report=report).exclude(asset__in=copied)
    gone = list(own.values_list("asset_id", flat=True))
    own.update(case=fresh)
    for asset in copied:
        item_add(case=fresh, asset=asset, report=report)
    return [*gone, *(asset.pk for asset in copied)]


def _told(case: Case, fresh: Case, report: Report, files: list[str], actor: Actor) -> None:
    for here, name, other in ((case, "case.split", fresh), (fresh, "case.split_off", case)):
        event_append(
            chain=case_chain(here.pk),
            name=name,
            actor=actor.name,
            payload={
                "other": str(other.pk), "number": other.number, "report": str(report.pk),
                "files": files,
            },
        )  # fmt: skip


def _notice(report: Report) -> Notice:
    return Notice(
        category=Category(report.category),
        explanation=report.explanation,
        places=report.places,
        language=report.language,
    )
