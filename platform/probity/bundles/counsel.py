"""Outside counsel: an address that opens one case for reading, until it expires."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction

from probity.accounts.models import Person
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import InvalidInput, NotFound

from .models import CounselLink

DAYS_MOST = 90
LABEL_MAX = 200


@transaction.atomic
def counsel_link_make(
    *, case: Case, label: str, days: int, person: Person, actor: str
) -> tuple[CounselLink, str]:
    """Make an address; its secret is returned once and kept nowhere. Raises InvalidInput."""
    label = label.strip()
    wrong = {}
    if not label or len(label) > LABEL_MAX:
        wrong["label"] = f"Say who reads, in at most {LABEL_MAX} characters."
    if not 1 <= days <= DAYS_MOST:
        wrong["days"] = f"The address can be open for 1 to {DAYS_MOST} days."
    if wrong:
        raise InvalidInput.of(wrong)
    secret = secrets.token_urlsafe(24)
    digest, salt = commit_to(label)
    link = CounselLink.objects.create(
        case=case, digest=_digest(secret), label=label, label_salt=salt, person=person,
        made_at=now(), expires_at=now() + timedelta(days=days),
    )  # fmt: skip
    event_append(
        chain=case_chain(case.pk),
        name="counsel.link_made",
        actor=actor,
        payload={"link": str(link.pk), "label": digest, "expires": link.expires_at.isoformat()},
    )
    return link, secret


@transaction.atomic
def counsel_link_revoke(*, link: CounselLink, actor: str) -> None:
    """Close an address now; closing it twice changes nothing."""
    row = CounselLink.objects.select_for_update().get(pk=link.pk)
    if row.revoked_at:
        return
    row.revoked_at = now()
    row.save(update_fields=["revoked_at"])
    event_append(
        chain=case_chain(row.case_id),
        name="counsel.link_revoked",
        actor=actor,
        payload={"link": str(row.pk)},
    )


@transaction.atomic
def counsel_view(*, secret: str, page: str) -> CounselLink:
    """Open an address and record the view; raises NotFound when it is closed or was never one."""
    rows = CounselLink.objects.select_related("case")
    link = rows.filter(digest=_digest(secret), revoked_at=None, expires_at__gt=now()).first()
    if link is None:
        raise NotFound("This address is closed or was never given out. Ask whoever sent it.")
    event_append(
        chain=case_chain(link.case_id),
        name="counsel.viewed",
        actor=f"counsel:{link.pk}",
        payload={"link": str(link.pk), "page": page},
    )
    return link


def _digest(secret: str) -> str:
    return hashlib.sha256(b"counsel:" + secret.encode()).hexdigest()
