"""What operators see: the page, Prometheus, the API, the command, and what a case says."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from probity.analysis.models import Batch, Job, JobState, Station
from probity.analysis.rates import expectations, networks_wait
from probity.core.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(obedient: Any, put: Any, items: Any, card: Any) -> Any:
    """Nine jobs done, four waiting, a living worker; a batch of eight takes two seconds."""
    put(*[items() for _ in range(9)])
    worker = card()
    while worker.turn():
        pass
    worker.tell(state="ready", now=True)
    Batch.objects.update(ran_s=2.0)
    Batch.objects.filter(items=1).update(ran_s=0.25)
    return put(*[items() for _ in range(4)])


def signed_in(person: Callable[..., Any], role: str) -> Client:
    client = Client()
    client.force_login(person(f"the-{role}", role))
    return client


def test_the_page_tells_what_waits_and_who_works(busy: Any, person: Callable[..., Any]) -> None:
    client = signed_in(person, "administrator")
    page = client.get("/administration/work").content.decode()
    assert "What waits" in page
    assert re.search(r"Networks \(gpu\)</th><td class=\"n\">4</td>", page)
    assert "sums" in page
    assert page.count('class="work-bar"') == 30
    part = client.get("/administration/work-now").content.decode()
    assert part.startswith('<div id="work-now"')
    assert "<html" not in part


def test_only_those_who_may_see_it_see_it(person: Callable[..., Any]) -> None:
    reviewer = signed_in(person, "reviewer")
    for address in ("/administration/work", "/administration/work-now", "/metrics"):
        assert reviewer.get(address).status_code == 403
        assert Client().get(address).status_code == 302


def test_prometheus_reads_figures_with_its_token(busy: Any, settings: Any) -> None:
    settings.METRICS_TOKEN = "a long token"
    assert Client().get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 302
    answer = Client().get("/metrics", headers={"authorization": "Bearer a long token"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {
        (sample.name, sample.labels.get("state", "")): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }
    assert found["probity_queue_jobs", "waiting"] == 4
    assert found["probity_network_items_total", ""] == 9
    assert found["probity_network_slots_total", ""] == 16
    assert found["probity_network_failed_total", ""] == 0
    assert found["probity_workers", "ready"] == 1
    assert found["probity_worker_memory_total_bytes", ""] > 0
    assert found["probity_worker_network_misses", ""] == 1
    assert found["probity_queue_expected_seconds", ""] == pytest.approx(1.0)


def test_without_a_token_there_is_no_way_in_by_an_empty_one(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 302


def test_how_many_workers_are_wanted(
    busy: Any, client_for: Callable[..., Any], settings: Any
) -> None:
    settings.WORK_TARGET_SECONDS = 0.3
    [gpu] = [row for row in expectations() if row.queue == "gpu"]
    assert (gpu.waiting, gpu.workers, gpu.wanted) == (4, 1, 4)
    assert gpu.expected_seconds == pytest.approx(1.0), "9 items took 2.25 s"
    body = client_for("ops", "administrator", scopes=("work:read",)).get("/api/v1/work").json()
    assert [row["queue"] for row in body["queues"]] == ["cpu", "gpu"]
    assert body["queues"][1]["wanted"] == 4
    out = StringIO()
    call_command("work_expected", "--queue", "gpu", stdout=out)
    assert out.getvalue() == "4\n"
    out = StringIO()
    call_command("work_expected", stdout=out)
    assert "gpu: 4 waiting, 0 being done, about 1 s for one worker; wants 4" in out.getvalue()


def test_nothing_is_promised_that_was_not_measured(obedient: Any, put: Any, items: Any) -> None:
    [row] = put(items())
    [gpu] = [one for one in expectations() if one.queue == "gpu"]
    assert gpu.expected_seconds is None
    assert gpu.wanted == 1
    wait = networks_wait(row.run.case)
    assert wait is not None
    assert (wait.seconds, wait.on_card) == (None, False)


def test_a_case_says_how_long_the_card_takes(busy: Any) -> None:
    from probity.analysis.selectors import progress_of

    Batch.objects.update(ran_s=100.0)
    Batch.objects.filter(items=1).update(ran_s=0.0)
    Station.objects.update(device="cuda:0")
    last = busy[-1].run
    progress = progress_of(last.case)
    assert progress.state == "running"
    assert progress.doing == "Waiting for GPU, about 50 s.", "four items of 12.5 s each"
    first = progress_of(busy[0].run.case)
    assert first.doing == "Waiting for GPU, about 12 s."
    Station.objects.update(device="cpu", seen_at=now())
    assert progress_of(busy[0].run.case).doing.startswith("Waiting for a worker to run")


def test_old_figures_are_swept(busy: Any) -> None:
    from datetime import timedelta

    from probity.analysis.stations import stations_sweep

    assert stations_sweep() == 0
    Batch.objects.update(made_at=now() - timedelta(days=8))
    Station.objects.update(seen_at=now() - timedelta(hours=2))
    assert stations_sweep() == 3
    assert Job.objects.filter(state=JobState.DONE).exists()
