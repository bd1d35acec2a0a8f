"""Requests for erasure (GDPR art. 17): asked, extended, approved or refused by a person."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, Report
from probity.cases.notes import work_note
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.core.wake import task_wake

from .holds import TASK
from .models import ErasureRequest, ErasureState, Ground, Requester
from .receipts import erasure_digest, erasure_token
from .selectors import uploader_known
from .texts import plain

MONTHS, MORE_MONTHS = 1, 2
WORDS_MAX, REASON_MAX, WHY_MAX = 2000, 1000, 500


@dataclass(frozen=True)
class Wanted:
    """What should go: ids of reports, SHA-256 of files, and what the requester said."""

    reports: Collection[UUID] = ()
    assets: Collection[str] = ()
    words: str = ""


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many months on, or that month's last (Reg. (EEC) 1182/71 art. 3(2)(c))."""
    place = moment.month - 1 + months
    year, month = moment.year + place // 12, place % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


@transaction.atomic
def erasure_ask_reporter(*, report: Report, files: bool, words: str) -> ErasureRequest:
    """A reporter asks, on their private page, that their report goes, and the media if they say so.

    Raises InvalidInput, and Conflict while an earlier request of theirs is open.
    """
    case = Case.objects.select_for_update().get(pk=report.case_id)
    if ErasureRequest.objects.filter(report=report, ended_at=None).exists():
        raise Conflict("You have already asked for this; you see below how far it is.")
    assets = list(case.items.values_list("asset", flat=True)) if files else []
    return _ask(
        case=case, report=report, requester=Requester.REPORTER, actor="reporter",
        wanted=Wanted([report.pk], assets, words),
    )  # fmt: skip


@transaction.atomic
def erasure_enter(
    *, case: Case, requester: str, wanted: Wanted, actor: Actor
) -> tuple[ErasureRequest, str]:
    """Staff write down what an uploader or a depicted person asked for.

    The second value is the secret part of the address on which the requester sees what became of
    it; it is kept nowhere. What an uploader asks again joins their open request. Raises NotAllowed,
    InvalidInput, and Conflict where more is asked than was granted already.
    """
    person = actor.require_person(Ability.CASES_WORK)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if requester not in set(Requester):
        raise InvalidInput.of({"requester": f"Say who asks: {', '.join(Requester)}."})
    known = set(locked.reports.values_list("pk", flat=True))
    files = set(locked.items.values_list("asset", flat=True))
    if not set(wanted.reports) <= known or not set(wanted.assets) <= files:
        raise InvalidInput.of({"what": "This case has no such report or file."})
    earlier = locked.erasures.filter(ended_at=None, requester=Requester.UPLOADER).first()
    if requester == Requester.UPLOADER and earlier:
        return _join(earlier, wanted, actor), erasure_token(earlier.pk)
    row = _ask(
        case=locked, report=None, requester=Requester(requester), wanted=wanted,
        actor=actor.name, entered_by=person.pk,
    )  # fmt: skip
    return row, erasure_token(row.pk)


def _join(row: ErasureRequest, wanted: Wanted, actor: Actor) -> ErasureRequest:
    """Have the open request of an uploader reach what they ask for now; their case is locked."""
    person = actor.require_person(Ability.CASES_WORK)
    row.joined, words = True, _words(wanted)
    reports = sorted({*row.reports, *wanted.reports}, key=str)
    assets = sorted({*row.assets, *wanted.assets})
    wider = (reports, assets) != (sorted(row.reports, key=str), sorted(row.assets))
    if wider and row.state != ErasureState.ASKED:
        raise Conflict(
            f"The uploader asked for this before, on {row.asked_at:%d %B %Y}, and that request is "
            f"{row.state}. What they want beyond it can be entered once it is finished."
        )
    row.reports, row.assets = reports, assets
    row.save(update_fields=["reports", "assets"])
    event_append(
        chain=case_chain(row.case_id), name="erasure.joined", actor=actor.name,
        payload={
            "request": str(row.pk), "reports": [str(key) for key in reports], "assets": assets,
        },
    )  # fmt: skip
    work_note(case=row.case, kind="asked_again", person=person, text=words, actor=actor.name)
    return row


def _words(wanted: Wanted) -> str:
    words = plain(wanted.words)
    if len(words) > WORDS_MAX:
        raise InvalidInput.of({"words": f"At most {WORDS_MAX} characters; shorten it."})
    return words


def _ask(
    *, case: Case, report: Report | None, requester: Requester, wanted: Wanted, actor: str,
    entered_by: UUID | None = None,
) -> ErasureRequest:  # fmt: skip
    words = _words(wanted)
    own = requester == Requester.UPLOADER and uploader_known(case)
    if not (wanted.reports or wanted.assets or own):
        raise InvalidInput.of({"what": "Say what should be erased: a report, a file, or both."})
    digest, salt = commit_to(words) if words else ("", "")
    moment, row_id = now(), uuid4()
    row = ErasureRequest.objects.create(
        id=row_id, case=case, report=report, requester=requester,
        reports=sorted(wanted.reports, key=str), assets=sorted(wanted.assets), words=words,
        salts={"words": salt} if salt else {}, entered_by_id=entered_by, asked_at=moment,
        receipt_digest=erasure_digest(erasure_token(row_id)), due_at=months_after(moment, MONTHS),
    )  # fmt: skip
    event_append(
        chain=case_chain(case.pk), name="erasure.asked", actor=actor,
        payload={
            "request": str(row.pk), "requester": requester, "words": digest,
            "reports": [str(key) for key in row.reports], "assets": row.assets,
            "due": row.due_at.isoformat(),
        },
    )  # fmt: skip
    return row


@transaction.atomic
def erasure_approve(
    *, request: ErasureRequest, actor: Actor, assets: Collection[str] | None = None
) -> ErasureRequest:
    """Grant a request; a worker erases. ``assets`` narrows the files, never widens them.

    Raises NotAllowed, Conflict when it was decided before, InvalidInput for a file not asked for.
    """
    person = actor.require_person(Ability.ERASURES_DECIDE)
    row = _locked(request)
    if assets is not None:
        if not set(assets) <= set(row.assets):
            raise InvalidInput.of({"assets": "Only files that were asked for can be erased."})
        own = row.requester == Requester.UPLOADER and uploader_known(row.case)
        if not (assets or row.reports or own):
            raise InvalidInput.of({"assets": "Nothing would be left to erase; refuse it instead."})
        row.assets = sorted(assets)
    row.state, row.decided_by, row.decided_at = ErasureState.APPROVED, person, now()
    row.save(update_fields=["state", "decided_by", "decided_at", "assets"])
    event_append(
        chain=case_chain(row.case_id), name="erasure.approved", actor=actor.name,
        payload={"request": str(row.pk), "assets": row.assets},
    )  # fmt: skip
    transaction.on_commit(lambda: task_wake(TASK))
    return row


@transaction.atomic
def erasure_refuse(
    *, request: ErasureRequest, ground: str, reason: str, actor: Actor
) -> ErasureRequest:
    """Refuse a request; the requester reads the reason (GDPR art. 12(4)).

    Raises NotAllowed, Conflict, InvalidInput.
    """
    person = actor.require_person(Ability.ERASURES_DECIDE)
    row, reason = _locked(request), plain(reason)
    wrong = {}
    if ground not in set(Ground):
        wrong["ground"] = f"Choose the ground: {', '.join(Ground)}."
    if not reason or len(reason) > REASON_MAX:
        wrong["reason"] = f"Tell the requester why, in at most {REASON_MAX} characters."
    if wrong:
        raise InvalidInput.of(wrong)
    moment = now()
    row.state, row.ground, row.reason = ErasureState.REFUSED, ground, reason
    row.decided_by, row.decided_at, row.ended_at = person, moment, moment
    row.words, row.salts = "", {}
    row.save()
    event_append(
        chain=case_chain(row.case_id), name="erasure.refused", actor=actor.name,
        payload={"request": str(row.pk), "ground": ground},
    )  # fmt: skip
    return row


@transaction.atomic
def erasure_extend(*, request: ErasureRequest, why: str, actor: Actor) -> ErasureRequest:
    """Take up to two further months, within the first (GDPR art. 12(3)); the requester is told why.

    Raises NotAllowed, InvalidInput, Conflict when it was extended before or the month is over.
    """
    actor.require_person(Ability.ERASURES_DECIDE)
    row, why = _locked(request), plain(why)
    if not why or len(why) > WHY_MAX:
        raise InvalidInput.of({"why": f"Say why it takes longer, in at most {WHY_MAX} characters."})
    if row.extended_at or now() > row.due_at:
        raise Conflict("The time can be extended once, and only before the first month is over.")
    row.extended_at, row.extended_why = now(), why
    row.due_at = months_after(row.asked_at, MONTHS + MORE_MONTHS)
    row.save(update_fields=["extended_at", "extended_why", "due_at"])
    event_append(
        chain=case_chain(row.case_id), name="erasure.extended", actor=actor.name,
        payload={"request": str(row.pk), "due": row.due_at.isoformat()},
    )  # fmt: skip
    return row


def _locked(request: ErasureRequest) -> ErasureRequest:
    Case.objects.select_for_update().get(pk=request.case_id)
    row = ErasureRequest.objects.select_for_update().get(pk=request.pk)
    if row.state != ErasureState.ASKED:
        raise Conflict("This request was decided already.")
    return row
