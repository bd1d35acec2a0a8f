"""How urgent a case is: every point has a sentence, and the order follows the points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from probity.accounts.actors import Actor
from probity.cases.models import Case, PriorityWeights
from probity.cases.prioritising import priorities_sweep, weights_set
from probity.cases.priority import DEFAULTS, Signals, Ticking, priority_of, why_line
from probity.cases.selectors import cases_in_order
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed

AT = now()
PLAIN = Signals(category="other", opened_at=AT)


def points(signals: Signals) -> int:
    return priority_of(signals, weights=DEFAULTS, at=AT).points


def ticking(hours: float, *, lasts: float = 400, **more: Any) -> Ticking:
    due_at = AT + timedelta(hours=hours)
    return Ticking(due_at, due_at - timedelta(hours=lasts), title="Removal", **more)


def test_the_sentence_names_clock_harm_reports_and_sender() -> None:
    signals = replace(
        PLAIN, category="intimate", reports=14, sender_kinds=frozenset({"trusted_flagger"}),
        clocks=(ticking(17, lasts=48),),
    )  # fmt: skip
    found = priority_of(signals, weights=DEFAULTS, at=AT)
    line = why_line(
        [reason.to_dict() for reason in found.reasons], since=signals.clocks[0].started_at, at=AT
    )
    assert line == "48 h clock at 31 h; intimate imagery; trusted flagger; 14 reports"
    assert found.points == sum(reason.points for reason in found.reasons)
    assert all(reason.sentence.endswith(".") for reason in found.reasons)


@given(
    hours=st.integers(-100, 400), reports=st.integers(1, 5_000), spread=st.integers(0, 5_000),
    days=st.integers(0, 100), own=st.booleans(), sealed=st.booleans(),
)  # fmt: skip
def test_more_reasons_never_make_a_case_less_urgent(
    hours: int, reports: int, spread: int, days: int, own: bool, sealed: bool
) -> None:
    signals = replace(
        PLAIN, clocks=(ticking(hours, own=own),), reports=reports, spread=spread,
        opened_at=AT - timedelta(days=days), sealed=sealed,
    )  # fmt: skip
    here = points(signals)
    worse = (
        replace(signals, reports=reports * 2), replace(signals, spread=spread + 10),
        replace(signals, clocks=(ticking(hours - 30, own=own),)), replace(signals, sealed=True),
        replace(signals, clocks=(ticking(hours),)), replace(signals, escalated=True),
        replace(signals, clocks=(*signals.clocks, ticking(hours - 2, own=True))),
        replace(signals, clocks=(*signals.clocks, ticking(hours - 2, placeless=True))),
        replace(signals, opened_at=signals.opened_at - timedelta(days=3)),
    )  # fmt: skip
    assert all(points(one) >= here for one in worse)
    assert points(replace(signals, demonstration=True)) < here


@given(hours=st.integers(-5, 100))
def test_points_change_at_the_named_moment_and_not_before(hours: int) -> None:
    signals = replace(PLAIN, clocks=(ticking(hours), ticking(hours + 7, own=True)))
    found = priority_of(signals, weights=DEFAULTS, at=AT)
    assert found.next_at is not None
    assert found.next_at > AT
    before = found.next_at - timedelta(seconds=1)
    assert priority_of(signals, weights=DEFAULTS, at=before).points == found.points


def test_a_target_of_ours_hides_no_deadline_and_a_place_nobody_named_counts_for_half() -> None:
    law = replace(PLAIN, clocks=(ticking(23),))
    both = replace(PLAIN, clocks=(ticking(23), ticking(9, own=True)))
    assert points(law) == points(both) == DEFAULTS["within_24h"] + DEFAULTS["harm_low"]
    guessed = priority_of(
        replace(PLAIN, clocks=(ticking(1, placeless=True),)), weights=DEFAULTS, at=AT
    )
    assert guessed.points == DEFAULTS["within_2h"] // 2 + DEFAULTS["harm_low"]
    assert "no place was named" in guessed.reasons[0].sentence


@pytest.mark.django_db
def test_whoever_names_no_place_goes_not_before_a_valid_request(
    opened: Callable[..., Case],
) -> None:
    valid = opened(category="intimate", places=["US"])
    opened(category="other", places=[])
    assert cases_in_order().first() == valid


@pytest.mark.django_db
def test_the_order_follows_reports_and_time(
    reported: Callable[..., Any], opened: Callable[..., Case]
) -> None:
    mild = opened(category="defamation", places=["JP"])
    grave = opened(category="intimate", places=["JP"])
    assert list(cases_in_order()) == [grave, mild]
    url = mild.reports.get().url
    for _ in range(20):
        reported(category="defamation", places=["JP"], url=url)
    mild.refresh_from_db()
    shown = [reason["short"] for reason in mild.priority_why]
    assert "21 reports" in shown

    Case.objects.filter(pk=mild.pk).update(opened_at=now() - timedelta(days=10))
    Case.objects.update(priority_next_at=now())
    before = mild.priority
    assert priorities_sweep() == 2
    assert priorities_sweep() == 0
    mild.refresh_from_db()
    assert mild.priority == before + 10 * DEFAULTS["waiting_day"]


@pytest.mark.django_db
def test_a_lead_weighs_anew_on_the_record(
    opened: Callable[..., Case], lea: Actor, ada: Actor
) -> None:
    case = opened(category="other")
    values = {**DEFAULTS, "harm_low": 500}
    with pytest.raises(NotAllowed):
        weights_set(values=values, reason="x", seen=0, actor=ada)
    with pytest.raises(InvalidInput):
        weights_set(values={**DEFAULTS, "harm_low": -1}, reason="x", seen=0, actor=lea)
    weights_set(values=values, reason="Small things first for a day.", seen=0, actor=lea)
    with pytest.raises(Conflict, match="a colleague changed the weights"):
        weights_set(values=values, reason="x", seen=0, actor=lea)
    priorities_sweep()
    case.refresh_from_db()
    assert case.priority >= 500
    assert PriorityWeights.objects.get().number == 1


@pytest.mark.django_db
def test_the_order_is_an_index_scan(opened: Callable[..., Case]) -> None:
    case = opened()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; "
            "SET LOCAL enable_sort = off"
        )
        for query in (cases_in_order(), cases_in_order().filter(queue=case.queue)):
            plan = query[:50].explain()
            assert "Index Scan using case_order" in plan, plan
            assert "Sort" not in plan, plan
