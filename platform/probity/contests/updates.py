"""What is written to somebody who asked as the person shown, and what is still owed to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.access import visible
from probity.cases.models import Case, CaseState, Report
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from .request_models import RequestUpdate, UpdateKind

TEXT_MAX = 5_000
#: Within seven days of the confirmation (California Business and Professions Code 22671).
STATUS_WITHIN = timedelta(days=7)
#: Which written words meet which duty towards whoever asked.
ANSWERS = {
    "acknowledge": frozenset({UpdateKind.CONFIRMED}),
    "update": frozenset({UpdateKind.STATUS, UpdateKind.DELAYED}),
}


@dataclass(frozen=True)
class Owed:
    """A request, what was written so far, and the next update that the law wants."""

    report: Report
    written: list[RequestUpdate]
    california: bool
    next: str
    due_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether the time for it is over."""
        return self.due_at is not None and self.due_at < now()


@transaction.atomic
def update_write(*, report: Report, kind: str, text: str, actor: Actor) -> RequestUpdate:
    """Keep one written update; whoever calls sends it in the same transaction.

    Only the confirmation is written by the system, once. Raises InvalidInput, Conflict where the
    report is no request by the person shown, NotAllowed.
    """
    person = actor.person
    if kind != UpdateKind.CONFIRMED:
        person = actor.require_person(Ability.CASES_WORK)
    if not report.depicted:
        raise Conflict("This report does not come from the person shown, or somebody for them.")
    said = text.replace("\x00", "").strip()
    if kind not in set(UpdateKind):
        raise InvalidInput.of({"kind": f"Choose what it says: {', '.join(UpdateKind)}."})
    if not said or len(said) > TEXT_MAX:
        raise InvalidInput.of({"text": f"Write what to tell, in at most {TEXT_MAX} characters."})
    Case.objects.select_for_update().get(pk=report.case_id)
    if kind == UpdateKind.CONFIRMED and report.updates.filter(kind=kind).exists():
        raise Conflict("This request was confirmed already.")
    digest, salt = commit_to(said)
    row = RequestUpdate.objects.create(
        report=report, kind=kind, text=said, salt=salt, person=person, at=now()
    )
    if row.kind == UpdateKind.CONFIRMED:
        Report.objects.filter(pk=report.pk).update(request_confirmed_at=row.at)
    event_append(
        chain=case_chain(report.case_id), name="request.updated", actor=actor.name,
        payload={
            "report": str(report.pk), "update": str(row.pk), "kind": kind, "text": digest,
        },
    )  # fmt: skip
    return row


def duties_met(case: Case) -> dict[str, datetime]:
    """Which duties to write to whoever asked as the person shown are done, and since when.

    By the obligation's action (see ``policy.terms.Action``). A duty is met once it is towards
    everybody to whom it is owed: those whose own words have what SB 981 wants, else all who asked.
    """
    asked = list(case.reports.filter(depicted=True).prefetch_related("updates"))
    owed = [report for report in asked if californian(report)] or asked
    met = {duty: [_first(report, kinds) for report in owed] for duty, kinds in ANSWERS.items()}
    return {duty: max(filter(None, at)) for duty, at in met.items() if at and all(at)}


def _first(report: Report, kinds: frozenset[UpdateKind]) -> datetime | None:
    return next((row.at for row in report.updates.all() if row.kind in kinds), None)


def californian(report: Report) -> bool:
    """Whether a report has what SB 981 wants, as far as the one who asks can say it."""
    return bool(
        report.category == "intimate" and report.depicted and not report.on_behalf
        and report.no_consent and report.resident and report.has_account
    )  # fmt: skip


def requests_open(person: Person | None) -> list[Owed]:
    """Undecided requests by people who are shown; what is owed first comes first."""
    rows = (
        Report.objects.filter(visible(person, through="case"), depicted=True)
        .exclude(case__state__in=[CaseState.DECIDED, CaseState.MERGED])
        .filter(Q(category="intimate") | ~Q(request_valid_at=None), case__removed_at=None)
        .select_related("case")
        .prefetch_related("updates")
        .order_by("received_at")[:500]
    )
    owed = [_owed(row) for row in rows]
    return sorted(
        owed, key=lambda each: (each.due_at is None, each.due_at or each.report.received_at)
    )


def _owed(report: Report) -> Owed:
    written = list(report.updates.all())
    california = californian(report)
    if not california:
        return Owed(report, written, california, "", None)
    confirmed = next((row.at for row in written if row.kind == UpdateKind.CONFIRMED), None)
    if confirmed is None:
        return Owed(
            report,
            written,
            california,
            "Confirm in writing",
            report.received_at + timedelta(hours=48),
        )
    if not any(row.kind in ANSWERS["update"] for row in written):
        return Owed(report, written, california, "Write a status update", confirmed + STATUS_WITHIN)
    return Owed(report, written, california, "Decide", confirmed + timedelta(days=30))
