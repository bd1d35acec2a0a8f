"""The routing rules, and what a change would do with today's backlog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from probity.cases.models import Queue, RoutingRule, SenderKind, Severity
from probity.cases.queues import queue_general
from probity.cases.routing import Line, Preview, line_of
from probity.cases.routing_rules import rules_digest
from probity.web.language.later import later
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.words import joined

SEVERITY_WORDS = {
    Severity.CRITICAL: later("Critical: a file is sealed because it may show a minor"),
    Severity.HIGH: later("High: intimate imagery, elections"),
    Severity.MEDIUM: later("Medium: impersonation, advertising, defamation"),
    Severity.LOW: later("Low: something else"),
}
SENDER_WORDS = {
    SenderKind.PUBLIC: later("Anybody"),
    SenderKind.TRUSTED_FLAGGER: later("A trusted flagger"),
    SenderKind.AUTHORITY: later("An authority"),
}
CATEGORIES = cast("Mapping[str, str]", CATEGORY_WORDS)
EMPTY = Line("", "")


@dataclass(frozen=True)
class RuleLine:
    """One rule: kept, in a form, or as it is being changed."""

    rule: RoutingRule | None
    line: Line
    errors: Mapping[str, str] = field(default_factory=dict)
    preview: Preview | None = None

    @property
    def id(self) -> str:
        """Tells its form from the others."""
        return str(self.rule.pk) if self.rule else "new"

    @property
    def queue_title(self) -> str:
        """Where it leads."""
        return self.rule.queue.title if self.rule else ""

    @property
    def says(self) -> str:
        """Its conditions in one line."""
        line = self.line
        parts = [
            _listed("category", [CATEGORIES.get(one, one) for one in line.categories]),
            _listed("place", line.places),
            _listed("language", line.languages),
            _listed("severity", line.severities),
            _listed("sender", [one.replace("_", " ") for one in line.sender_kinds]),
        ]
        return "; ".join(part for part in parts if part) or gettext("every case")

    @property
    def moved_words(self) -> str:
        """``12 of 340 cases would move.``"""
        found = self.preview
        if found is None:
            return ""
        more = (
            gettext(" {more} more were not looked at.").format(more=found.more)
            if found.more
            else ""
        )
        hand = (
            gettext(" {by_hand} stay where a person put them.").format(by_hand=found.by_hand)
            if found.by_hand
            else ""
        )
        return gettext("{moved} of {looked_at} cases would move.{hand}{more}").format(
            moved=found.moved, looked_at=found.looked_at, hand=hand, more=more
        )


@dataclass(frozen=True)
class RoutingPage:
    """All rules, a form for another, and what the forms choose from."""

    lines: list[RuleLine]
    new: RuleLine
    seen: str
    queues: list[Queue]
    general: Queue
    titles: dict[str, str]
    categories: Mapping[str, str]
    severities: Mapping[str, str]
    senders: Mapping[str, str]
    open: str


def routing_page(
    *,
    rule: RoutingRule | None = None,
    draft: Line | None = None,
    errors: Mapping[str, str] | None = None,
    preview: Preview | None = None,
) -> RoutingPage:
    """Gather it; ``draft`` and what belongs to it stand in the form of ``rule``, or the new one."""
    general = queue_general()
    queues = list(Queue.objects.all())
    rows = RoutingRule.objects.select_related("queue")
    lines = [
        RuleLine(row, draft, errors or {}, preview)
        if rule and draft and row.pk == rule.pk
        else RuleLine(row, line_of(row))
        for row in rows
    ]
    fresh = draft if draft and rule is None else None
    new = RuleLine(None, fresh, errors or {}, preview) if fresh else RuleLine(None, EMPTY)
    return RoutingPage(
        lines,
        new,
        rules_digest(),
        queues,
        general,
        {one.key: one.title for one in queues},
        CATEGORIES,
        {str(key): words for key, words in SEVERITY_WORDS.items()},
        {str(key): words for key, words in SENDER_WORDS.items()},
        (str(rule.pk) if rule else "new") if draft else "",
    )


def line_read(data: QueryDict) -> Line:
    """A rule from its form; what is wrong with it is said by the service."""
    return Line(
        title=data.get("title", ""),
        queue=data.get("queue", ""),
        categories=data.getlist("categories"),
        places=_split(data.get("places", "")),
        languages=_split(data.get("languages", "")),
        severities=data.getlist("severities"),
        sender_kinds=data.getlist("sender_kinds"),
    )


def uuid_of(text: str) -> UUID | None:
    """An id in a form, or none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\x00", "").split(",") if part.strip()]


def _listed(name: str, values: Sequence[str]) -> str:
    return f"{name} {joined([str(value) for value in values])}" if values else ""
