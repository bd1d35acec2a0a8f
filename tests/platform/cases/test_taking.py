"""Taking the next case: one statement, one event, and the same walls as everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from probity.accounts.actors import Actor, person_actor
from probity.accounts.grants import category_decline, grant_end, grant_give
from probity.accounts.models import Grant
from probity.audit.selectors import chain_events, chain_verify
from probity.audit.services import case_chain
from probity.cases.claims import case_claim, case_release, next_case_claim
from probity.cases.models import Case, CaseClaim, Skip
from probity.core.clock import now
from probity.core.errors import Conflict
from probity.web.language.said import said

pytestmark = pytest.mark.django_db


def names(case: Case) -> list[str]:
    return [event.name for event in chain_events(case_chain(case.pk))]


def test_one_event_says_the_claim_and_the_move(opened: Callable[..., Case], ada: Actor) -> None:
    case = opened()
    before = names(case)
    claim = next_case_claim(actor=ada)
    assert claim is not None
    assert claim.case_id == case.pk
    assert names(case) == [*before, "case.claimed"]
    event = list(chain_events(case_chain(case.pk)))[-1]
    assert (event.payload["was"], event.payload["now"]) == ("open", "in_review")
    assert event.payload["claim"] == str(CaseClaim.objects.get(case=case).pk)
    assert chain_verify(case_chain(case.pk)).intact
    case.refresh_from_db()
    assert (case.state, case.first_action_at) == ("in_review", claim.since)


def test_a_claim_by_name_is_told_in_the_same_words(opened: Callable[..., Case], ada: Actor) -> None:
    case = opened()
    case_claim(case=case, actor=ada)
    event = list(chain_events(case_chain(case.pk)))[-1]
    assert event.name == "case.claimed"
    assert (event.payload["was"], event.payload["now"]) == ("open", "in_review")
    case.refresh_from_db()
    assert case.state == "in_review"


def test_the_first_look_is_kept_when_a_case_is_taken_again(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    first = next_case_claim(actor=ada)
    assert first is not None
    case_release(case=case, actor=ada)
    assert next_case_claim(actor=ben) is not None
    case.refresh_from_db()
    assert case.first_action_at == first.since


def test_without_a_grant_nothing_is_there_to_take(opened: Callable[..., Case], ada: Actor) -> None:
    opened()
    for grant in Grant.objects.filter(person=ada.person):
        grant_end(grant=grant, actor="system")
    assert next_case_claim(actor=ada) is None


def test_who_holds_a_case_is_named_only_to_whom_it_shows(
    opened: Callable[..., Case], ada: Actor, ben: Actor
) -> None:
    case = opened()
    case_claim(case=case, actor=ada)
    with pytest.raises(Conflict, match=r"^ada holds this case until"):
        case_claim(case=case, actor=ben)
    assert ben.person is not None
    for grant in Grant.objects.filter(person=ben.person):
        grant_end(grant=grant, actor="system")
    with pytest.raises(Conflict, match=r"^A colleague holds this case until") as refused:
        case_claim(case=case, actor=ben)
    with override("de"):
        assert said(refused.value.sentence).startswith("Eine andere Person hat diesen Fall bis ")


def test_only_what_a_grant_names_is_taken(
    opened: Callable[..., Case], person: Callable[..., Any]
) -> None:
    opened(category="impersonation")
    wanted = opened(category="election")
    eve = person("eve", "reviewer")
    for grant in Grant.objects.filter(person=eve):
        grant_end(grant=grant, actor="system")
    grant_give(person=eve, queue="general", category="election")
    claim = next_case_claim(actor=person_actor(eve))
    assert claim is not None
    assert claim.case_id == wanted.pk
    assert next_case_claim(actor=person_actor(eve)) is None


def test_a_declined_category_and_a_skipped_case_are_passed_over(
    opened: Callable[..., Case], ada: Actor
) -> None:
    skipped = opened(category="other")
    opened(category="election")
    assert ada.person is not None
    category_decline(person=ada.person, category="election", actor="system")
    Skip.objects.create(case=skipped, person=ada.person, until=now() + timedelta(hours=1))
    assert next_case_claim(actor=ada) is None
    Skip.objects.update(until=now() - timedelta(seconds=1))
    claim = next_case_claim(actor=ada)
    assert claim is not None
    assert claim.case_id == skipped.pk


def plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%begun%'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("kept", [False, True])
def test_it_works_with_prepared_statements_and_without(
    opened: Callable[..., Case], ada: Actor, settings: Any, kept: bool
) -> None:
    settings.PREPARED_STATEMENTS = kept
    cases, before = {opened().pk for _ in range(3)}, plans()
    taken = {claim.case_id for _ in range(3) if (claim := next_case_claim(actor=ada))}
    assert taken == cases
    assert plans() >= 1 if kept else plans() == before


def test_a_claim_costs_few_statements(opened: Callable[..., Case], ada: Actor) -> None:
    for _ in range(2):
        opened()
    next_case_claim(actor=ada)
    with CaptureQueriesContext(connection) as asked:
        assert next_case_claim(actor=ada) is not None
    # prepared statements bypass Django's count: what is left are the savepoints of the test
    others = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert others == []
