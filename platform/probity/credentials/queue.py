"""The desk's own queue: signatures first, then checks, and never before a case."""

from __future__ import annotations

from probity.analysis.models import Job, JobState

from .checks import check_claim, check_deepen
from .slots import desk_lock
from .works import work_claim, work_perform


def desk_work() -> int:
    """Do what waits at the desk, one thing at a time in the whole installation; return how many.

    Stops as soon as a case waits for a worker: statutory clocks come first.
    """
    done = 0
    with desk_lock() as mine:
        while mine and not _cases_wait() and _one():
            done += 1
    return done


def _one() -> bool:
    work = work_claim()
    if work is not None:
        work_perform(work)
        return True
    check = check_claim()
    if check is None:
        return False
    check_deepen(check)
    return True


def _cases_wait() -> bool:
    return Job.objects.filter(state=JobState.WAITING, queue="cpu").exists()
