"""Keeping processes alive, and ending them in order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence

from .children import Child, Program
from .logs import rotate
from .signals import Signals

WATCH_SECONDS = 3.0
ROTATE_SECONDS = 60.0
COLD_SECONDS = 5.0
TICK_SECONDS = 0.5


class Supervisor:
    """Runs stages of programs; the first stage is the first to be stopped.

    ``say`` gets sentences for the person. ``watch`` is called every few seconds, and at once when
    a program has died: it looks after what the programs stand on.
    """

    def __init__(
        self,
        *,
        stages: Sequence[Sequence[Program]],
        signals: Signals,
        say: Callable[[str], None],
        watch: Callable[[], None],
    ) -> None:
        self.stages = [[Child(program) for program in stage] for stage in stages]
        self.signals = signals
        self.say = say
        self.watch = watch
        self._watched = self._rotated = time.monotonic()

    @property
    def children(self) -> list[Child]:
        """All programs, in the order of stopping."""
        return [child for stage in self.stages for child in stage]

    def start(self) -> None:
        """Start everything, what others stand on first."""
        for child in reversed(self.children):
            rotate(child.program.log)
            child.start()

    def run(self) -> None:
        """Keep everything alive until somebody asks for a stop."""
        while not self.signals.asked:
            self.tick()
            self.signals.wait(TICK_SECONDS)

    def tick(self) -> None:
        """Look once: bury the dead, start what is due, watch the ground."""
        died = [(child, ending) for child in self.children if (ending := child.reap())]
        for child, ending in died:
            self.say(
                f"The {child.program.name} {ending}; it starts again in {child.pause:g} s."
                f" Its log: {child.program.log}"
            )
        now = time.monotonic()
        if died or now - self._watched > WATCH_SECONDS:
            self.watch()
            self._watched = now
        if now - self._rotated > ROTATE_SECONDS:
            for child in self.children:
                rotate(child.program.log)
            self._rotated = now
        for child in self.children:
            if not child.running and now >= child.due and not self.signals.asked:
                child.start()

    def stop(self) -> None:
        """End every stage: politely, then coldly, then for good. A second request hurries."""
        for stage in self.stages:
            hurry = self.signals.asked
            for child in stage:
                child.send(signal.SIGTERM)
            limit = max((child.program.stop_seconds for child in stage), default=0.0)
            self._await(stage, seconds=limit, hurry=hurry)
            for child in stage:
                child.send(signal.SIGQUIT)
            self._await(stage, seconds=COLD_SECONDS, hurry=None)
            for child in stage:
                child.signal_group(signal.SIGKILL)
            self._await(stage, seconds=COLD_SECONDS, hurry=None)

    def _await(self, stage: Sequence[Child], *, seconds: float, hurry: int | None) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for child in stage:
                child.reap()
            if not any(child.running for child in stage):
                return
            if hurry is not None and self.signals.asked > max(1, hurry):
                return
            self.signals.wait(0.1)
