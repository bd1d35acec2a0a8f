"""Many reports in one go: each is kept or refused by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.cases.notice import Notice, notice_read
from probity.core.errors import InvalidInput, Refusal
from probity.evidence.uploads import ReceivedFile

from .report_receive import Receipt, report_receive

NAMES = frozenset(field.name for field in fields(Notice))


@dataclass(frozen=True)
class Incoming:
    """One report as it was sent; ``key`` makes it safe to send again."""

    fields: Mapping[str, object]
    upload: ReceivedFile | None = None
    key: str = ""


def reports_receive(
    *, reports: Iterable[Incoming], channel: str, actor: Actor
) -> Iterator[Receipt | Refusal]:
    """Take reports in one after the other; yields each one's receipt, or why it was refused.

    What is kept stays kept when a later one is refused. Raises NotAllowed before the first.
    """
    actor.require(Ability.REPORTS_WRITE)
    return (_received(report, channel=channel, actor=actor) for report in reports)


def _received(report: Incoming, *, channel: str, actor: Actor) -> Receipt | Refusal:
    unknown = sorted(set(report.fields) - NAMES)
    try:
        if unknown:
            raise InvalidInput.of({name: f"There is no field “{name}”." for name in unknown})
        return report_receive(
            notice=notice_read(report.fields, has_file=report.upload is not None),
            upload=report.upload,
            channel=channel,
            actor=actor,
            idempotency_key=report.key,
        )
    except Refusal as refused:
        return refused
