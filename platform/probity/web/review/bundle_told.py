"""What happened to a case's evidence bundles and to the addresses for outside counsel."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext

from probity.audit.commitments import commitment_opens
from probity.bundles.models import CounselLink, Export
from probity.web.words import absolute, size

from .told import Check, Payload, Told, verdict


def _bundle(payload: Payload) -> Told:
    row = Export.objects.filter(pk=payload["export"]).first()
    if row is None:
        return Told(check=Check(gettext("The request is no longer stored."), None))
    lines = [
        gettext("{profile}; for {recipient}: {purpose}.").format(
            profile=row.profile.title(), recipient=row.recipient, purpose=row.purpose
        )
    ]
    good = all(
        not payload[name]
        or commitment_opens(digest=payload[name], salt=row.salts[name], value=getattr(row, name))
        for name in ("purpose", "recipient", "why")
    )
    return Told(
        lines, check=verdict(good, gettext("Purpose and recipient are those that were given."))
    )


def _exported(payload: Payload) -> Told:
    lines = [
        gettext("{files} files, {bytes}, SHA-256 {sha256}").format(
            files=payload["files"], bytes=size(payload["bytes"]), sha256=payload["sha256"]
        ),
        gettext("{redactions} things withheld, each with its reason in the bundle.").format(
            redactions=payload["redactions"]
        ),
    ]
    return Told(lines)


def _downloaded(payload: Payload) -> Told:
    return Told([f"SHA-256 {payload['sha256']}"])


def _counsel(payload: Payload) -> Told:
    row = CounselLink.objects.filter(pk=payload["link"]).first()
    lines = (
        [
            gettext("{label}, until {expires_at}.").format(
                label=row.label, expires_at=absolute(row.expires_at)
            )
        ]
        if row
        else []
    )
    return Told(
        lines
        + ([gettext("Page: {page}.").format(page=payload["page"])] if "page" in payload else [])
    )


def _failed(payload: Payload) -> Told:
    return Told([payload["why"]])


BUNDLE_TELLERS: dict[str, Callable[[Payload], Told]] = {
    "bundle.requested": _bundle,
    "bundle.exported": _exported,
    "bundle.failed": _failed,
    "bundle.downloaded": _downloaded,
    "counsel.link_made": _counsel,
    "counsel.link_revoked": _counsel,
    "counsel.viewed": _counsel,
}
