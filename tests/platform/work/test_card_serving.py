"""A card worker at work in threads of its own: it overlaps, drains, and survives the database."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Min

from probity.analysis.models import Job, JobState, Station

real = pytest.mark.usefixtures("real_transactions")


def states() -> Counter[str]:
    return Counter(Job.objects.exclude(model="").values_list("state", flat=True))


def wait(until: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, states()
        time.sleep(0.02)


def lease_end() -> datetime:
    ends = Job.objects.filter(state=JobState.LEASED).aggregate(last=Min("lease_until"))["last"]
    assert ends is not None
    return ends


def serving(worker: Any) -> threading.Thread:
    thread = threading.Thread(target=worker.serve, daemon=True)
    thread.start()
    return thread


@real
def test_serving_drains_and_stops(obedient: Any, put: Any, items: Any, card: Any) -> None:
    """On SIGTERM the batch under way is finished, and what was read ahead goes back."""
    put(*[items() for _ in range(24)])
    obedient.held = True
    worker = card()
    thread = serving(worker)
    assert obedient.begun.wait(90)
    worker.stop()
    obedient.go_on.set()
    thread.join(90)
    assert not thread.is_alive()
    assert states() == {JobState.DONE: 8, JobState.WAITING: 16}
    assert set(Job.objects.filter(state="waiting").values_list("attempts", flat=True)) == {0}
    assert Station.objects.get().state == "stopped"


@real
def test_a_database_that_goes_away_in_mid_batch_costs_nothing(
    obedient: Any, put: Any, items: Any, card: Any, settings: Any
) -> None:
    """Every connection of the worker is cut while its card computes."""
    from probity.analysis.queue import leases_sweep

    settings.JOB_LEASE_SECONDS = 6
    put(*[items() for _ in range(24)])
    obedient.held = True
    worker = card()
    thread = serving(worker)
    assert obedient.begun.wait(90)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    obedient.go_on.set()
    obedient.held = False
    # what was being claimed at that moment is free again once its lease has run out
    wait(lambda: bool(leases_sweep() + 1) and states() == {JobState.DONE: 24}, seconds=120)
    worker.stop()
    thread.join(90)
    assert sum(obedient.batches) == 24, "each was computed once"


@real
def test_a_long_batch_is_not_stolen(
    obedient: Any, put: Any, items: Any, card: Any, settings: Any
) -> None:
    from probity.analysis.queue import leases_sweep

    settings.JOB_LEASE_SECONDS = 9
    put(items(), items())
    obedient.held = True
    worker = card()
    thread = serving(worker)
    assert obedient.begun.wait(90)
    first = lease_end()
    wait(lambda: lease_end() > first + timedelta(seconds=1))
    assert leases_sweep() == 0
    obedient.go_on.set()
    wait(lambda: states() == {JobState.DONE: 2})
    worker.stop()
    thread.join(90)
    assert set(Job.objects.exclude(model="").values_list("attempts", flat=True)) == {1}


@real
def test_a_message_wakes_it_and_none_is_needed(
    obedient: Any, put: Any, items: Any, card: Any
) -> None:
    worker = card()
    thread = serving(worker)
    put(items())
    wait(lambda: states() == {JobState.DONE: 1})
    put(items())
    worker.wake()
    wait(lambda: states() == {JobState.DONE: 2})
    worker.stop()
    thread.join(90)


@real
def test_after_so_many_batches_it_retires(
    obedient: Any, put: Any, items: Any, card: Any, settings: Any
) -> None:
    settings.CARD_BATCHES = 1
    put(*[items() for _ in range(20)])
    worker = card()
    worker.serve()
    found = states()
    assert found[JobState.LEASED] == 0
    assert found[JobState.DONE] >= 8
    assert found[JobState.WAITING] >= 4


@pytest.mark.django_db
def test_it_tells_of_itself(obedient: Any, put: Any, items: Any, card: Any) -> None:
    from probity.analysis.stations import models_on_cards, stations_live

    put(items())
    worker = card()
    worker.turn()
    worker.tell(state="ready", now=True)
    [station] = stations_live()
    assert (station.name, station.device, station.state) == (worker.name, "cpu", "ready")
    assert station.models_warm == [f"sums@{'0' * 16}"]
    assert station.figures["items"] == 1
    assert station.figures["memory_total"] > station.figures["memory_used"] > 0
    assert models_on_cards() == set(), "this one has no card"
    Station.objects.update(device="cuda:0")
    assert models_on_cards() == {f"sums@{'0' * 16}"}
