"""Figures: what they count, how they are drawn, and who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from probity.accounts.models import Person
from probity.analysis.models import Finding, Run
from probity.analysis.queue import job_enqueue
from probity.cases.models import Case, Clock, EvidenceItem, Queue
from probity.cases.queues import queue_general
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.core.shares import wilson
from probity.decisions.models import FactAnswer
from probity.evidence.models import Asset
from probity.insight import flow, outcomes
from probity.insight.figures import Chart, Figure, Series, Span, span_read
from probity.web.figures.drawing import draw, scale_for

TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPAN = Span(date(2026, 11, 1), date(2026, 11, 20))


@pytest.fixture
def opened(db: None) -> Callable[..., Case]:
    """A case with moments of its own, decided when ``took`` is given."""
    numbers = iter(range(1, 1000))

    def make(*, at: datetime = TODAY, took: float | None = None, **fields: Any) -> Case:
        fields.setdefault("queue", queue_general())
        case = Case.objects.create(number=next(numbers), category="other", opened_at=at, **fields)
        if took is not None:
            Case.objects.filter(pk=case.pk).update(state="in_review")
            Case.objects.filter(pk=case.pk).update(
                state="decided", decided_at=at + timedelta(hours=took),
                first_action_at=at + timedelta(hours=took / 2),
            )  # fmt: skip
        return case

    return make


def row_of(figure: Figure, name: str) -> list[Any]:
    return next(list(row) for row in figure.rows if row[0] == name)


def test_backlog_by_age_leaves_decided_and_demonstrations_out(opened: Callable[..., Case]) -> None:
    fast = Queue.objects.create(key="fast", title="Fast")
    for hours in (1, 30, 100, 400):
        opened(at=now() - timedelta(hours=hours), queue=fast)
    opened(at=now(), demonstration="shown", queue=fast)
    opened(at=now() - timedelta(hours=9), took=1.0, queue=fast)
    row = row_of(flow.backlog(None), "Fast")
    assert row[1:6] == [1, 1, 1, 1, 4]
    assert row[6] == pytest.approx(400, abs=0.1)
    assert row_of(flow.backlog(None), "General")[1:] == [0, 0, 0, 0, 0, None]


def test_times_are_the_median_and_the_ninetieth(opened: Callable[..., Case]) -> None:
    for took in (1, 2, 3, 4, 100):
        opened(at=TODAY - timedelta(days=6), took=took)
    opened(at=TODAY - timedelta(days=60), took=1)
    opened(at=TODAY)
    assert row_of(flow.decision(None, SPAN), "General") == ["General", 5, 3.0, 61.6]
    assert row_of(flow.first_action(None, SPAN), "General") == ["General", 5, 1.5, 30.8, 1]


def test_days_are_days_in_utc_and_both_ends_count(opened: Callable[..., Case]) -> None:
    opened(at=datetime(2026, 11, 1, 0, 0, tzinfo=UTC))
    opened(at=datetime(2026, 11, 20, 23, 59, tzinfo=UTC))
    opened(at=datetime(2026, 11, 21, 0, 0, tzinfo=UTC))
    rows = flow.days(None, SPAN).rows
    assert [row[1] for row in rows] == [1, *[0] * 18, 1]


def test_clocks_kept_missed_and_running(opened: Callable[..., Case]) -> None:
    case = opened()
    for place, (missed, why) in enumerate(
        [(False, "decided"), (False, "decided"), (True, "decided"), (False, ""), (False, "moved")]
    ):
        Clock.objects.create(
            case=case, rule=f"r{place}", duty="d", title="t", provisional=False, started_at=TODAY,
            warn_at=TODAY, due_at=TODAY, breached_at=TODAY if missed else None,
            ended_at=TODAY if why else None, ended_why=why,
        )  # fmt: skip
    assert list(flow.clocks(None, SPAN).rows[0]) == ["General", "law", 2, 1, 1, 0.667]


def test_detectors_are_held_against_what_people_said(
    opened: Callable[..., Case], person: Callable[..., Any]
) -> None:
    ada = person()
    for place, (said, llr, status) in enumerate(
        [(True, 2.0, "ok"), (True, -1.0, "ok"), (False, -2.0, "ok"), (True, None, "abstained")]
    ):
        case = opened(at=TODAY - timedelta(days=2), took=1)
        asset = Asset.objects.create(sha256=f"{place:064x}", bytes=1, received_at=TODAY)
        EvidenceItem.objects.create(case=case, asset=asset, report=None, added_at=TODAY)
        run = Run.objects.create(**_run(asset))
        Finding.objects.create(
            run=run, asset=asset, kind="detector", producer="splice", title="Splice", version="1",
            status=status, sentence="x", llr=llr, input_sha256=asset.pk, duration_ms=1.0,
            made_at=TODAY,
        )  # fmt: skip
        FactAnswer.objects.create(case=case, name="synthetic", value=said, person=ada, at=TODAY)
    row = row_of(outcomes.detectors(None, SPAN), "Splice")
    low, high = wilson(2, 3) or (0, 0)
    assert row[1:] == [3, 2, 0.667, round(low, 3), round(high, 3), 1, 0]


def _run(asset: Asset) -> dict[str, Any]:
    job = job_enqueue(kind="analyse", asset=asset, case=uuid4())
    return {
        "job": job, "asset": asset, "case": job.case, "attempt": 1, "worker": "w",
        "started_at": TODAY,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(8, 10, 0.490, 0.943), (0, 10, 0, 0.278)]
)
def test_the_interval_is_wilsons(hits: int, count: int, low: float, high: float) -> None:
    found = wilson(hits, count)
    assert found == pytest.approx((low, high), abs=0.001)
    assert wilson(0, 0) is None


@example([5e-324], False)
@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=40), st.booleans())
def test_every_bar_stays_inside_its_picture(values: list[float], stacked: bool) -> None:
    chart = Chart(
        "cases", [f"<{n}>" for n in range(len(values))], [Series("a&b", values)], stacked=stacked
    )
    picture = ElementTree.fromstring(draw(chart, title='"x"'))
    _, _, width, height = (float(part) for part in picture.attrib["viewBox"].split())
    bars = [element for element in picture if element.tag == "rect"]
    assert len(bars) == len(values)
    for bar in bars:
        x, y, wide, high = (float(bar.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width + 0.2
        assert 0 <= y <= y + high <= height + 0.2


def test_the_axis_begins_at_zero_and_names_its_unit() -> None:
    chart = Chart("hours", ["General"], [Series("Median", [7.0])], counts=[3])
    assert list(scale_for(chart, length=100).ticks) == [0, 2, 4, 6, 8]
    few = Chart("cases", ["General"], [Series("All", [2.0])])
    assert list(scale_for(few, length=100).ticks) == [0, 1, 2]
    text = draw(chart, title="Times")
    assert ">hours<" in text
    assert "(n=3)" in text


@pytest.mark.parametrize(
    ("first", "last"), [("x", ""), ("2026-11-20", "2026-11-01"), ("2020-01-01", "2026-01-01")]
)
def test_impossible_days_are_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidInput):
        span_read(first, last)


@pytest.mark.django_db
def test_page_table_and_api_show_the_same(
    opened: Callable[..., Case], person: Callable[..., Any], client_for: Callable[..., APIClient]
) -> None:
    opened(at=TODAY - timedelta(days=2), took=4)
    lena = person("lena", "lead")
    Person.objects.filter(pk=lena.pk).update(password_change_required=False)
    client = Client()
    client.force_login(Person.objects.get(pk=lena.pk))
    asked = {"from": "2026-11-01", "to": "2026-11-20"}
    page = client.get("/leading/figures", asked).content.decode()
    assert page.count('<svg class="chart"') >= 5
    assert "Time to the decision" in page
    table = b"".join(client.get("/leading/figures/decision.csv", asked)).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(table)))
    assert ["General", "1", "4.0", "4.0"] in lines
    api = client_for("root", "administrator").get("/api/v1/figures/decision", asked).json()
    assert ["General", 1, 4.0, 4.0] in api["figures"][0]["rows"]
    assert client.get("/leading/figures/nothing.csv").status_code == 404


@pytest.mark.django_db
def test_reviewers_see_no_figures(client_for: Callable[..., APIClient]) -> None:
    assert client_for("ada", "reviewer").get("/api/v1/figures").status_code == 403
