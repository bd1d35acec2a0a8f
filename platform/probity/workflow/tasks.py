"""The Celery tasks: a wake-up call, and what has to happen now and then."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import (
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_shutdown,
    worker_shutting_down,
)
from django.db import connections

from probity.alerts.telling import alerts_tell
from probity.analysis.batches import runs_release
from probity.analysis.queue import leases_sweep
from probity.analysis.sittings import GPU
from probity.analysis.stations import stations_sweep
from probity.audit.checkpoints import checkpoint_make
from probity.audit.stamps import stamps_fetch
from probity.cases.claims import claims_sweep
from probity.cases.clocks import clocks_sweep
from probity.cases.prioritising import priorities_sweep
from probity.cases.waiting import waiting_sweep
from probity.contests.appeals import appeals_sweep
from probity.contests.misuse import suspensions_sweep
from probity.credentials.checks import checks_sweep
from probity.credentials.queue import desk_work
from probity.evidence.fixity import fixity_sweep
from probity.evidence.services import orphans_sweep
from probity.keeping.erasing import erasures_run
from probity.keeping.retention import retention_run
from probity.outbox.delivery import outbox_deliver
from probity.quality.trials import trials_sweep

from . import cards
from .bulk_run import bulk_work
from .case_conclude import conclusions_end
from .case_export import exports_build
from .case_match import entries_match
from .decision_effect import decisions_sweep
from .request_copies import requests_sweep
from .worker import jobs_drain, looking_call, looking_start, looking_stop

_queues: tuple[str, ...] = ("cpu", "gpu")


@shared_task(name="probity.work")
def work() -> int:
    """Call whatever does this process's jobs; where nothing does, do them until none is left.

    The pool's own thread is not kept: the sweeps, decisions and mail go through it.
    """
    return 0 if cards.wake() or looking_call() else jobs_drain(_queues)


@shared_task(name="probity.sweep_leases")
def sweep_leases() -> int:
    """Free the jobs of dead workers, and let go on what they held up."""
    freed = leases_sweep()
    runs_release()
    conclusions_end()
    stations_sweep()
    return freed


@shared_task(name="probity.sweep_claims")
def sweep_claims() -> int:
    """Give cases back whose reviewers went away, or whose time to be put off is over."""
    return claims_sweep() + waiting_sweep()


@shared_task(name="probity.sweep_clocks")
def sweep_clocks() -> int:
    """Record deadlines that came near or passed."""
    return clocks_sweep()


@shared_task(name="probity.contests")
def contests() -> int:
    """Appeals nobody holds any more or that run late, suspensions that are over, copies of what
    the people shown asked for."""
    return appeals_sweep() + suspensions_sweep() + requests_sweep()


@shared_task(name="probity.sweep_priorities")
def sweep_priorities() -> int:
    """Order cases anew whose points have changed with time."""
    return priorities_sweep()


@shared_task(name="probity.fixity")
def fixity() -> int:
    """Hash the originals again whose last check is oldest."""
    return fixity_sweep()


@shared_task(name="probity.exports")
def exports() -> int:
    """Build the evidence bundles that were asked for."""
    return exports_build()


@shared_task(name="probity.checkpoint")
def checkpoint() -> int:
    """Sign the log's new heads and have them stamped; return how many stamps came back."""
    checkpoint_make()
    return stamps_fetch()


@shared_task(name="probity.sweep_orphans")
def sweep_orphans() -> int:
    """Remove files that nothing owns."""
    return orphans_sweep()


@shared_task(name="probity.desk")
def desk() -> int:
    """Sign what creators asked for and look deeper at checks, while no case waits."""
    return desk_work()


@shared_task(name="probity.sweep_checks")
def sweep_checks() -> int:
    """Forget checks that are past their time."""
    return checks_sweep()


@shared_task(name="probity.decisions")
def decisions() -> int:
    """Let decisions take effect whose undo window is over, and end measures whose time is."""
    return decisions_sweep()


@shared_task(name="probity.outbox")
def outbox() -> int:
    """Send the mail and webhooks that wait."""
    return outbox_deliver()


@shared_task(name="probity.match_entries")
def match_entries() -> int:
    """Hold hashes that are new in a bank against everything that was here before them."""
    return entries_match()


@shared_task(name="probity.alerts")
def alerts() -> int:
    """Tell subscribers what watch-lists found."""
    return alerts_tell()


@shared_task(name="probity.quality")
def quality() -> int:
    """Take back the copies for golden cases and second reviews that nobody took up."""
    return trials_sweep()


@shared_task(name="probity.bulk")
def bulk() -> int:
    """Do what runs over many cases have to do next; return to how many cases."""
    return bulk_work()


@shared_task(name="probity.erasures")
def erasures() -> int:
    """End holds that are over, and erase what was granted."""
    return erasures_run()


@shared_task(name="probity.retention")
def retention() -> int:
    """Destroy what is due by its schedule; return how many cases were cleared."""
    return retention_run().cases


@worker_init.connect
def _remember_queues(sender: Any = None, **_: Any) -> None:
    global _queues
    names = tuple(sender.app.amqp.queues.consume_from) if sender is not None else ()
    _queues = names or _queues


@worker_process_init.connect
def _begin(**_: Any) -> None:
    connections.close_all()
    if _queues == (GPU,):
        cards.begin(_queues)
    else:
        looking_start(_queues)


@worker_shutting_down.connect
def _ending(**_: Any) -> None:
    cards.stop()


@worker_process_shutdown.connect
@worker_shutdown.connect
def _end(**_: Any) -> None:
    looking_stop()
    cards.end()
