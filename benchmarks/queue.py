"""Queue page, case page and search at a million cases: the 95th percentile of whole answers.

The case pages are of cases with a file, each with the findings of a dozen detectors and readers.

``PROBITY_BENCH_CASES`` makes it smaller, ``PROBITY_BENCH_HOME`` names a folder whose cases stay, so
that the same ones are asked again. The baseline of each page is the one statement that it cannot do
without, sent bare over the same connection in the same run.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Sequence
from random import Random
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from benchmarks import stage
from benchmarks.figures import Figure, keep

if TYPE_CHECKING:
    from django.test import Client

CASES = int(os.environ.get("PROBITY_BENCH_CASES", "1000000"))
ROUNDS = 60
#: Case pages asked for before the clock runs: what detectors are worth here is counted once an hour
#: for each category, not for each page.
WARMED = 12
GOALS = {"queue page": 100.0, "case page": 100.0, "search": 200.0}
SEARCHES = (
    "{word}",
    "{word} state:undecided",
    "{rare}",
    '"{word} {other}"',
    "category:intimate place:EU state:undecided",
    "clock:<6h",
    "queue:synthetic-fraud reports:>5",
    "{word} -{other} decided:<30d",
    "opened:<2d category:election",
    "{start}*",
    "action:remove decided:<7d",
    "decided-by:made-up-1 {word}",
)
IN_ORDER = (
    "SELECT id FROM cases_case WHERE state IN ('open', 'in_review') AND removed_at IS NULL"
    " ORDER BY priority DESC, due_at, opened_at, id LIMIT 101"
)
ONE = "SELECT * FROM cases_case WHERE id = %s"
WORD = "SELECT case_id FROM search_piece WHERE words @@ to_tsquery('simple', %s) LIMIT 51"


def main() -> list[Figure]:
    """Load, ask each page many times, compare with the bare statements."""
    stage.django_begin(kept=os.environ.get("PROBITY_BENCH_HOME", ""))
    # everything is imported and compiled before the clock runs
    window = _window()
    _fill()
    rng = Random(11)
    figures = [*_pages(window, rng), _search(window, rng)]
    for figure in figures:
        goal = GOALS[figure.name.split(",")[0]]
        verdict = "met" if figure.ours <= goal else "MISSED"
        print(f"{figure.name}: p95 {figure.ours:.0f} ms; goal {goal:.0f} ms {verdict}")
    keep("queue", figures)
    return figures


def _fill() -> None:
    """As many cases as are asked for; those that a kept home has already are taken as they are."""
    from django.core.management import call_command

    from probity.cases.models import Case

    there = Case.objects.count()
    if there not in {0, CASES}:
        raise SystemExit(f"PROBITY_BENCH_HOME holds {there:,} cases, not {CASES:,}. Name another.")
    begun = time.perf_counter()
    if not there:
        call_command(
            "synthetic_load", cases=CASES, into_empty=True, stdout=io.StringIO(),
            stderr=io.StringIO(),
        )  # fmt: skip
        print(f"queue: {CASES:,} cases made in {time.perf_counter() - begun:.0f} s")


def _pages(window: Client, rng: Random) -> list[Figure]:
    from probity.cases.models import Case, Queue

    with_files = Case.objects.filter(items__isnull=False).order_by("id")
    ids = list(with_files.values_list("pk", flat=True)[: ROUNDS * 4])
    keys = [f"/triage?queue={key}" for key in Queue.objects.values_list("key", flat=True)]
    tabs = ["/triage", "/triage?show=open", "/triage?show=decided", "/triage?show=mine", *keys]
    for key in ids[:WARMED]:
        _ask(window, f"/triage/{key}")
    queue = [_ask(window, rng.choice(tabs)) for _ in range(ROUNDS)]
    case = [_ask(window, f"/triage/{rng.choice(ids)}") for _ in range(ROUNDS)]
    return [
        _figure("queue page", queue, [_bare(IN_ORDER) for _ in range(ROUNDS)]),
        _figure("case page", case, [_bare(ONE, [rng.choice(ids)]) for _ in range(ROUNDS)]),
    ]


def _search(window: Client, rng: Random) -> Figure:
    from probity.cases.models import Report
    from probity.workflow.synthetic_rows import BEGINNING

    texts = list(Report.objects.order_by("id").values_list("explanation", flat=True)[:200])
    said = len(BEGINNING.split())
    words = [word.strip(".") for text in texts for word in text.split()[said:]]
    times, slow = [], (0.0, "")
    for number in range(ROUNDS):
        word, other = rng.choice(words), rng.choice(words)
        rare = rng.choice(texts).split()[-1].strip(".")
        query = SEARCHES[number % len(SEARCHES)].format(
            word=word, other=other, rare=rare, start=word[:4]
        )
        times.append(_ask(window, "/triage/search", q=query))
        slow = max(slow, (times[-1], query))
    print(f"search: the slowest was {slow[1]!r}, {slow[0]:.0f} ms")
    bare = [_bare(WORD, [rng.choice(words)]) for _ in range(ROUNDS)]
    return _figure("search", times, bare)


def _figure(name: str, ours: list[float], bare: list[float]) -> Figure:
    return Figure(
        f"{name}, p95 at {CASES:,} cases", _p95(ours), _p95(bare), "ms",
        "its one bare statement", "lower",
    )  # fmt: skip


def _window() -> Client:
    from django.conf import settings
    from django.test import Client

    from probity.accounts.models import Person
    from probity.accounts.services import person_create

    settings.ALLOWED_HOSTS = ["testserver"]
    if not Person.objects.filter(username="bench-reviewer").exists():
        person_create(username="bench-reviewer", roles=["reviewer"])
    Person.objects.filter(username="bench-reviewer").update(password_change_required=False)
    client = Client()
    client.force_login(Person.objects.get(username="bench-reviewer"))
    for address in ("/triage", "/triage/search?q=word"):
        client.get(address)
    return client


def _ask(window: Client, address: str, **asked: str) -> float:
    def get() -> None:
        answer = window.get(address, asked)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")

    return _timed(get)


def _bare(statement: str, values: Sequence[Any] | None = None) -> float:
    from django.db import connection

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.fetchall()

    return _timed(run)


def _timed(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]
