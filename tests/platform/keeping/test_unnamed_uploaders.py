"""Somebody uploaded, appealed, and nobody ever named their account: their words can go as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from probity.accounts.actors import REPORTER, Actor, person_actor
from probity.audit.erasures import ledger_append, ledger_read
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.models import Case
from probity.cases.notice import notice_read
from probity.contests.appeals import appeal_note
from probity.contests.asking import asking_read
from probity.contests.models import Appeal
from probity.contests.words import Side
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.decisions.measures import Asked
from probity.keeping.erasing import erasures_run
from probity.keeping.forgetting import unnamed_forget
from probity.keeping.replay import erasures_replay
from probity.keeping.requests import Wanted, erasure_approve, erasure_enter
from probity.notices.models import Notice
from probity.workflow.appeal_receive import UPLOADER, appeal_send
from probity.workflow.case_decide import case_decide
from probity.workflow.report_receive import report_receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def appealed(legal: Actor, person: Callable[..., Any]) -> Appeal:
    """A removal, contested by an uploader without an account that anybody knows."""
    given = {
        "category": "impersonation", "explanation": "Somebody poses as me.", "places": "DE",
        "url": "https://host.example/post/1",
    }  # fmt: skip
    notice = notice_read(given, has_file=False)
    case = report_receive(notice=notice, upload=None, channel="api", actor=REPORTER).case
    case_decide(
        case=case, measures=[Asked("remove")], reason="It poses as somebody else.", rules=[],
        actor=person_actor(person("rev", "reviewer")),
    )  # fmt: skip
    said = {"ground": "satire", "words": "I am Grace Hopper.", "email": "grace@example.net"}
    appeal = appeal_send(
        case=Case.objects.get(pk=case.pk), asking=asking_read(said, side=Side.UPLOADER),
        actor=UPLOADER,
    )  # fmt: skip
    appeal_note(appeal=appeal, text="Grace Hopper rang.", actor=legal)
    return appeal


def test_the_request_needs_no_account_and_reaches_all_of_it(appealed: Appeal, legal: Actor) -> None:
    assert appealed.uploader is None
    case = appealed.case
    row, _ = erasure_enter(case=case, requester="uploader", wanted=Wanted(), actor=legal)
    erasure_approve(request=row, actor=legal)
    assert Notice.objects.filter(to="uploader", forgotten_at=None).exists()
    assert erasures_run() == 1
    appealed.refresh_from_db()
    assert (appealed.words, appealed.email, appealed.salts) == ("", "", {})
    assert appealed.erased_at is not None
    assert appealed.notes.get().text == ""
    assert not Notice.objects.filter(to="uploader", forgotten_at=None).exists()
    assert {line.kind for line in ledger_read().lines} == {"unnamed", "request"}
    assert chain_verify(case_chain(case.pk)).intact
    with pytest.raises(InvalidInput):
        erasure_enter(case=case, requester="uploader", wanted=Wanted(), actor=legal)


def test_a_restore_brings_it_back_and_the_ledger_takes_it_away(appealed: Appeal) -> None:
    case = appealed.case
    ledger_append(kind="unnamed", id=str(case.pk), case=str(case.pk), why="erasure request")
    assert erasures_replay().again == [f"unnamed {case.pk}"]
    appealed.refresh_from_db()
    assert appealed.words == ""
    assert erasures_replay().again == []


def test_what_came_after_the_erasure_is_left_alone(appealed: Appeal) -> None:
    before = now() - timedelta(days=1)
    assert unnamed_forget(case=appealed.case, actor="system", why="test", until=before) == 0
    appealed.refresh_from_db()
    assert appealed.words
    assert ledger_read().lines == []
