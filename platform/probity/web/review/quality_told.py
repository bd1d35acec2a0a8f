"""What a case's log says once it was a copy, to see whether people decide alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from probity.quality.models import Trial, TrialKind

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]


def _trial(payload: Payload) -> Lines:
    row = Trial.objects.select_related("source").filter(pk=payload["trial"]).first()
    golden = payload["kind"] == TrialKind.GOLDEN
    number = f"P-{payload['number']:06d}"
    said = (
        gettext("A copy of the golden case %(case)s.")
        if golden
        else gettext("A copy of %(case)s, for a second review without knowing the first decision.")
    ) % {"case": number}
    lines = [said, gettext("Nothing left because of it, and it is in no figure.")]
    good = row is not None and (row.kind, str(row.source_id), row.source.number) == (
        payload["kind"], payload["source"], payload["number"],
    )  # fmt: skip
    return lines, good


QUALITY_EVENTS: dict[str, Callable[[Payload], Lines]] = {"case.trial": _trial}
