"""Senders and uploaders: whose reports come from whom, records, and erasing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from probity.accounts.actors import Actor, person_actor, token_actor
from probity.accounts.tokens import token_create
from probity.cases.models import Case
from probity.cases.notice import notice_read
from probity.contests.records import record_of_sender
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.core.shares import wilson
from probity.decisions.measures import Asked
from probity.parties.models import Sender, Uploader
from probity.parties.services import (
    sender_bind,
    sender_end,
    sender_register,
    sender_unbind,
    uploader_erase,
)
from probity.workflow.case_decide import case_decide
from probity.workflow.report_receive import report_receive


@pytest.fixture
def lead(person: Callable[..., Any]) -> Actor:
    return person_actor(person("lea", "lead"))


@pytest.fixture
def flagger(lead: Actor) -> Sender:
    return sender_register(
        name="Faces Watch", kind="trusted_flagger", award_authority="Coordinator of Ireland",
        awarded_on=date(2026, 1, 1), areas=["impersonation"], actor=lead,
    )  # fmt: skip


def report(actor: Actor, number: int = 1, **fields: Any) -> Case:
    given = {
        "category": "impersonation", "explanation": "x", "url": f"https://h.example/{number}",
        **fields,
    }  # fmt: skip
    notice = notice_read(given, has_file=False)
    return report_receive(notice=notice, upload=None, channel="api", actor=actor).case


@pytest.mark.django_db
def test_a_bound_token_reports_for_its_organisation_until_it_is_unbound(
    flagger: Sender, lead: Actor, person: Callable[..., Any]
) -> None:
    somebody = person("flo", "reviewer")
    token, _ = token_create(person=somebody, scopes=["all"])
    binding = sender_bind(sender=flagger, token=token, actor=lead)
    sent = report(token_actor(token)).reports.get()
    assert (sent.sender, sent.sender_kind) == (flagger, "trusted_flagger")
    own = report(person_actor(somebody), 2).reports.get()
    assert (own.sender, own.sender_kind) == (None, "public")
    with pytest.raises(Conflict):
        sender_bind(sender=flagger, token=token, actor=lead)
    sender_unbind(binding=binding, actor=lead)
    assert report(token_actor(token), 3).reports.get().sender is None


@pytest.mark.django_db
def test_an_ended_standing_ends_the_lane(
    flagger: Sender, lead: Actor, person: Callable[..., Any]
) -> None:
    somebody = person("flo", "reviewer")
    sender_bind(sender=flagger, person=somebody, actor=lead)
    with pytest.raises(InvalidInput):
        sender_end(sender=flagger, on=date(2025, 1, 1), why="Revoked", actor=lead)
    sender_end(sender=flagger, on=date(2026, 2, 1), why="Revoked", actor=lead)
    assert report(person_actor(somebody)).reports.get().sender is None
    with pytest.raises(NotAllowed):
        sender_end(sender=flagger, on=date(2026, 2, 1), why="x", actor=person_actor(somebody))


@pytest.mark.django_db
def test_the_record_says_nothing_below_five_and_is_explained_above(
    flagger: Sender, lead: Actor, person: Callable[..., Any]
) -> None:
    somebody = person("flo", "reviewer")
    sender_bind(sender=flagger, person=somebody, actor=lead)
    for number in range(1, 6):
        assert record_of_sender(flagger).share is None
        case = report(person_actor(somebody), number)
        action = "remove" if number < 5 else "no_action"
        case_decide(case=case, measures=[Asked(action)], reason="r", rules=[], actor=lead)
    record = record_of_sender(flagger)
    assert (record.acted, record.decided) == (4, 5)
    assert "4 of 5 reports were acted on" in record.sentence
    assert record.mean_hours is not None
    assert report(person_actor(somebody), 9).reports.get().sender == flagger


@pytest.mark.django_db
def test_the_record_as_a_table_is_harmless_and_read_right(
    flagger: Sender, lead: Actor, person: Callable[..., Any]
) -> None:
    Sender.objects.create(
        name="=cmd()",
        kind="authority",
        award_authority="Müller",
        awarded_on=date(2026, 1, 1),
        registered_at=now(),
    )
    window = Client()
    window.force_login(person("leo", "legal"))
    answer = window.get(reverse("senders-record"))
    content = answer.getvalue()
    lines = content.decode("utf-8-sig").splitlines()
    assert content.startswith(b"\xef\xbb\xbf"), "else a spreadsheet reads MÃ¼ller"
    assert lines[0].startswith("name,kind,areas")
    assert [line for line in lines if line.startswith("'=cmd(),authority,,Müller,2026-01-01")]


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_holds_the_share(acted: int, more: int) -> None:
    decided = acted + more
    low, high = wilson(acted, decided) or (0, 0)
    assert 0 <= low <= acted / decided <= high <= 1


@pytest.mark.django_db
def test_an_uploader_is_one_row_over_cases_and_can_be_erased(lead: Actor) -> None:
    account = {"reference": "user-1", "email": "u@example.org", "language": "de"}
    first = report(lead, 1, uploader=account)
    second = report(lead, 2, uploader={"reference": "user-1"})
    assert first.uploader == second.uploader
    assert first.uploader is not None
    assert first.uploader.email == "u@example.org"
    uploader_erase(uploader=first.uploader, actor="system")
    kept = Uploader.objects.get()
    assert (kept.reference, kept.email, kept.language) == ("", "", "")
    assert kept.erased_at


def test_what_an_uploader_may_look_like() -> None:
    base = {"category": "other", "explanation": "x", "url": "https://h.example"}
    wrongs: tuple[object, ...] = (
        "user-1", {"reference": ""}, {"reference": "a", "name": "b"},
        {"reference": "a", "email": "no"}, {"reference": "a", "language": "!"},
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(InvalidInput) as refused:
            notice_read({**base, "uploader": wrong}, has_file=False)
        assert "uploader" in refused.value.fields
