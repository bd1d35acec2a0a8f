"""Broker, workers, what runs when, and how long a lease or a second thought lasts."""

from __future__ import annotations

from pathlib import Path

from celery.schedules import crontab

from probity.core import env

from .record import RETENTION_HOUR

REDIS_URL = env.text("REDIS_URL")
BROKER_DIR = Path(env.text("PROBITY_BROKER_DIR") or env.state_folder("broker"))
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT = None if REDIS_URL else "probity.core.folder_broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 3, "socket_connect_timeout": 2}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.05,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "leases": {"task": "probity.sweep_leases", "schedule": 15.0},
    "claims": {"task": "probity.sweep_claims", "schedule": 30.0},
    "clocks": {"task": "probity.sweep_clocks", "schedule": 30.0},
    "priorities": {"task": "probity.sweep_priorities", "schedule": 20.0},
    "fixity": {"task": "probity.fixity", "schedule": 3600.0},
    "exports": {"task": "probity.exports", "schedule": 10.0},
    "orphans": {"task": "probity.sweep_orphans", "schedule": 300.0},
    "desk": {"task": "probity.desk", "schedule": 5.0},
    "checks": {"task": "probity.sweep_checks", "schedule": 60.0},
    "decisions": {"task": "probity.decisions", "schedule": 5.0},
    "outbox": {"task": "probity.outbox", "schedule": 5.0},
    "alerts": {"task": "probity.alerts", "schedule": 20.0},
    "contests": {"task": "probity.contests", "schedule": 30.0},
    "entries": {"task": "probity.match_entries", "schedule": 10.0},
    "bulk": {"task": "probity.bulk", "schedule": 5.0},
    "quality": {"task": "probity.quality", "schedule": 3600.0},
    "erasures": {"task": "probity.erasures", "schedule": 60.0},
    "retention": {
        "task": "probity.retention",
        "schedule": crontab(hour=str(RETENTION_HOUR), minute="15"),
    },
    "checkpoint": {
        "task": "probity.checkpoint",
        "schedule": float(env.number("PROBITY_CHECKPOINT_SECONDS", 60)),
    },
}
JOB_LEASE_SECONDS = env.number("PROBITY_JOB_LEASE_SECONDS", 30)
JOB_MAX_ATTEMPTS = 3
JOB_LOOK_SECONDS = 3.0
INFERENCE_DEVICE = env.text("PROBITY_INFERENCE_DEVICE", "auto")
INFERENCE_MB = env.number("PROBITY_INFERENCE_MB", 1024)
CARD_BATCHES = env.number("PROBITY_CARD_BATCHES", 20_000)
CARD_SECONDS = env.number("PROBITY_CARD_SECONDS", 120)
METRICS_TOKEN = env.text("PROBITY_METRICS_TOKEN")
WORK_TARGET_SECONDS = env.number("PROBITY_WORK_TARGET_SECONDS", 60)
UNDO_SECONDS = env.number("PROBITY_UNDO_SECONDS", 15)
BULK_MAX = env.number("PROBITY_BULK_MAX", 500)
BULK_SECOND_ABOVE = env.number("PROBITY_BULK_SECOND_ABOVE", 50)
BULK_UNDO_SECONDS = env.number("PROBITY_BULK_UNDO_SECONDS", 300)
CLAIM_LEASE_MINUTES = env.number("PROBITY_CLAIM_LEASE_MINUTES", 30)
HANDOVER_HOURS = env.number("PROBITY_HANDOVER_HOURS", 8)
ESCALATION_MAIL = env.words("PROBITY_ESCALATION_MAIL")
ORPHAN_AGE_SECONDS = env.number("PROBITY_ORPHAN_AGE_SECONDS", 3600)
