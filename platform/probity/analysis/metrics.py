"""Figures for Prometheus, read from the database: the same whichever process is asked."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .models import Tally
from .rates import depths, expectations
from .stations import stations_live

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTERS = (
    ("batches", "Batches run."),
    ("jobs", "Jobs ended in batches."),
    ("items", "Tensors run through networks."),
    ("slots", "Places that the batches had; items divided by slots is how full they were."),
    ("failed", "Jobs that failed in batches."),
    ("waited_s", "Seconds that jobs waited before their batch began."),
    ("ran_s", "Seconds that networks ran."),
    ("spent_s", "Seconds from claiming a batch to writing its results."),
)
STATION_GAUGES = (
    ("memory_used", "memory_used_bytes", "Memory of the device that is in use."),
    ("memory_total", "memory_total_bytes", "Memory of the device."),
    ("hits", "network_hits", "Batches whose network was ready, since the worker began."),
    ("misses", "network_misses", "Batches whose network had to be made ready."),
    ("evictions", "network_evictions", "Networks that made room for others."),
    ("failed", "failed_jobs", "Jobs that failed at this worker."),
)


class Work(Collector):
    """Queues, sums over batches, and the workers that are alive."""

    def collect(self) -> Iterator[Metric]:
        """All metrics, read now."""
        yield from _queues()
        yield from _tallies()
        yield from _stations()


def exposition() -> bytes:
    """The text that a Prometheus server takes."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Work())
    return generate_latest(registry)


def _queues() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("probity_queue_jobs", "Open jobs.", labels=["queue", "model", "state"])
    items = GaugeMetricFamily(
        "probity_queue_items", "Tensors of open jobs.", labels=["queue", "model"]
    )
    oldest = GaugeMetricFamily(
        "probity_queue_oldest_seconds", "How long the first waiting job has waited.",
        labels=["queue", "model"],
    )  # fmt: skip
    for one in depths():
        jobs.add_metric([one.queue, one.model, "waiting"], one.waiting)
        jobs.add_metric([one.queue, one.model, "leased"], one.leased)
        items.add_metric([one.queue, one.model], one.items)
        oldest.add_metric([one.queue, one.model], one.oldest_s)
    expected = GaugeMetricFamily(
        "probity_queue_expected_seconds", "What one worker would need for all open jobs.",
        labels=["queue"],
    )  # fmt: skip
    wanted = GaugeMetricFamily(
        "probity_queue_workers_wanted", "Workers with which the target time is kept.",
        labels=["queue"],
    )  # fmt: skip
    for row in expectations():
        wanted.add_metric([row.queue], row.wanted)
        if row.expected_seconds is not None:
            expected.add_metric([row.queue], row.expected_seconds)
    yield from (jobs, items, oldest, expected, wanted)


def _tallies() -> Iterator[Metric]:
    rows = list(Tally.objects.order_by("queue", "model", "device"))
    for name, words in COUNTERS:
        told = name.removesuffix("_s") + ("_seconds" if name.endswith("_s") else "")
        metric = CounterMetricFamily(
            f"probity_network_{told}", words, labels=["queue", "model", "device"]
        )
        for row in rows:
            metric.add_metric([row.queue, row.model, row.device], getattr(row, name))
        yield metric


def _stations() -> Iterator[Metric]:
    live = stations_live()
    alive = GaugeMetricFamily(
        "probity_workers", "Workers for networks that are alive.", labels=["device", "state"]
    )
    counts: dict[tuple[str, str], int] = {}
    for one in live:
        key = (one.device.partition(":")[0], one.state)
        counts[key] = counts.get(key, 0) + 1
    for labels, count in sorted(counts.items()):
        alive.add_metric(list(labels), count)
    yield alive
    for name, told, words in STATION_GAUGES:
        metric = GaugeMetricFamily(f"probity_worker_{told}", words, labels=["worker", "device"])
        for one in live:
            metric.add_metric([one.name, one.device], float(one.figures.get(name, 0)))
        yield metric
