"""What a case's log says of seals: proposed to be lifted, lifted, and asked for again in vain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from probity.evidence.models import LiftOutcome, SealLift
from probity.web.language.later import later

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]

OUTCOME_WORDS = {
    LiftOutcome.AGREED: later("A second person agreed."),
    LiftOutcome.REFUSED: later("A second person refused; the file stays sealed."),
    LiftOutcome.WITHDRAWN: later("Whoever proposed it took it back; the file stays sealed."),
    LiftOutcome.OVERTAKEN: later("Somebody answers for the seal now; it stays for good."),
}


def _unsealed(payload: Payload) -> Lines:
    lines = [
        _file(payload),
        gettext("It rested on a word that nobody answers for. The pictures are made anew."),
    ]
    row = SealLift.objects.filter(pk=payload["lift"]).first() if payload["lift"] else None
    if row and row.settled_by:
        lines.append(
            gettext("Proposed by {first}, agreed to by {second}.").format(
                first=row.person.username, second=row.settled_by.username
            )
        )
    return lines, bool(row and row.outcome == LiftOutcome.AGREED) if payload["lift"] else None


def _proposed(payload: Payload) -> Lines:
    return [
        _file(payload), gettext("The file stays sealed until a second person agrees.")
    ], SealLift.objects.filter(pk=payload["lift"], note=payload["note"]).exists()  # fmt: skip


def _settled(payload: Payload) -> Lines:
    outcome = LiftOutcome(payload["outcome"])
    kept = SealLift.objects.filter(pk=payload["lift"], outcome=outcome)
    return [_file(payload), str(OUTCOME_WORDS[outcome])], kept.exists()


def _passed_over(payload: Payload) -> Lines:
    lifted = gettext("A person had lifted its seal before; the file stays open.")
    return [_file(payload), lifted], None


def _file(payload: Payload) -> str:
    return f"SHA-256 {payload['asset']}"


SEAL_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "asset.unsealed": _unsealed,
    "asset.lift_proposed": _proposed,
    "asset.lift_settled": _settled,
    "asset.seal_passed_over": _passed_over,
}
