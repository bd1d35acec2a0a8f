"""What the installation runs with, in the system chain: recorded at each start that changed it."""

from __future__ import annotations

from importlib.metadata import version

from django.conf import settings
from django.db import transaction

from probity.audit.canonical import digest_of
from probity.audit.models import AuditEvent
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.resources import resource_digests

#: Settings that change what a case experiences; secrets and addresses are left out.
RECORDED = (
    "SEAL_CATEGORIES", "SERVICE_FACTS", "SERVED_PLACES", "UPLOAD_MAX_BYTES",
    "JOB_MAX_ATTEMPTS", "CLAIM_LEASE_MINUTES", "REPORT_RATE", "PLATFORM_NAME",
    "TIME_STAMP_AUTHORITIES", "LOG_NAME",
)  # fmt: skip


@transaction.atomic
def instance_record() -> bool:
    """Append an event unless the last one says the same; return whether one was appended."""
    said = {
        "version": version("probity-platform"),
        "settings": {name: getattr(settings, name) for name in RECORDED},
        "resources": resource_digests(),
    }
    rows = AuditEvent.objects.filter(chain_id=SYSTEM_CHAIN, name="instance.started")
    last = rows.order_by("-seq").first()
    if last and digest_of(last.payload) == digest_of(said):
        return False
    event_append(chain=SYSTEM_CHAIN, name="instance.started", actor="system", payload=said)
    return True
