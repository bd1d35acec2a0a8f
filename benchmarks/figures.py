"""A figure and its baseline, printed and kept the same way everywhere."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """``ratio`` is ours over the baseline, both measured in this run."""

    name: str
    ours: float
    baseline: float
    unit: str
    against: str
    better: str

    @property
    def ratio(self) -> float:
        """Ours over the baseline."""
        return self.ours / self.baseline if self.baseline else float("nan")

    def line(self) -> str:
        """One line for people."""
        return (
            f"{self.name}: {self.ratio:.2f} x {self.against} "
            f"({self.ours:,.1f} against {self.baseline:,.1f} {self.unit}; {self.better} is better)"
        )


def keep(topic: str, figures: list[Figure]) -> Path:
    """Write the figures of one benchmark with the machine they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{topic}.json"
    body = {
        "topic": topic,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        # what else ran: above the number of cores, times are longer than they need to be
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "figures": [{**asdict(figure), "ratio": round(figure.ratio, 3)} for figure in figures],
    }
    path.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    return path
