"""One pack as readable law: conditions beside their citations, states as a strip, who approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from probity.core.clock import now
from probity.decisions.library import pack_text_find
from probity.decisions.models import PackApproval, PackVersion
from probity.decisions.packs import approval_of, pack_version, pack_versions
from probity.web.language import law
from probity.web.language.later import later
from probity.web.words import iso_duration, sentence_case

from .strip import Strip, strip

GRADE_WORDS = {
    "P": later("the official text was read"),
    "S": later("a secondary source was read"),
    "M": later("read in part, known in part"),
    "G": later("general knowledge, not verified"),
}
LEVEL_WORDS = {
    "order": later("Order"),
    "law": later("Law"),
    "policy": later("Terms of the service"),
}
SCOPE_WORDS = {
    "worldwide": later("everywhere"),
    "territory": later("where the law holds"),
    "account": later("for the account"),
    "notice": later("to the person who notified"),
}
#: What a time is counted from (``policy.api.Event``).
EVENT_WORDS = {
    "complaint_received": later("complaint received"),
    "confirmation_issued": later("confirmation issued"),
    "decision_taken": later("decision taken"),
    "first_exposure": later("first exposure"),
    "knowledge_gained": later("knowledge gained"),
    "notice_received": later("notice received"),
    "order_received": later("order received"),
    "report_received": later("report received"),
    "restriction_imposed": later("restriction imposed"),
    "valid_request_received": later("valid request received"),
}


@dataclass(frozen=True)
class Node:
    """One line of a condition tree; ``depth`` says how far it stands in."""

    depth: int
    words: str
    leaf: bool
    test: str = ""
    citation: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RulePage:
    """One rule, its tree laid out line by line."""

    text: Mapping[str, Any]
    strip: Strip
    when: list[Node]
    exceptions: list[tuple[Mapping[str, Any], list[Node]]]
    grade_words: str
    level_words: str
    obligations: list[tuple[Mapping[str, Any], str]]


@dataclass(frozen=True)
class RecordPage:
    """A dated piece of law that is no rule, and why."""

    text: Mapping[str, Any]
    strip: Strip | None


@dataclass(frozen=True)
class PackPage:
    """A pack with its rules, records, versions used here, and approval."""

    text: Mapping[str, Any]
    rules: list[RulePage]
    records: list[RecordPage]
    version: PackVersion
    versions: list[PackVersion]
    approval: PackApproval | None


def pack_page(name: str) -> PackPage:
    """Read an installed pack; raises NotFound."""
    text = pack_text_find(name)
    version = pack_version(text["digest"])
    return PackPage(
        text=text,
        rules=[_rule(rule) for rule in text["rules"]],
        records=[_record(record) for record in text.get("records", [])],
        version=version,
        versions=pack_versions(name),
        approval=approval_of(version),
    )


def _rule(text: Mapping[str, Any]) -> RulePage:
    return RulePage(
        text=text,
        strip=strip(text["timeline"], today=now().date()),
        when=nodes(text["when"]),
        exceptions=[(entry, nodes(entry["when"])) for entry in text["exceptions"]],
        grade_words=GRADE_WORDS[text["grade"]],
        level_words=LEVEL_WORDS[text["level"]],
        obligations=[(entry, _until(entry)) for entry in text["obligations"]],
    )


def _record(text: Mapping[str, Any]) -> RecordPage:
    timeline = text.get("timeline") or []
    return RecordPage(text, strip(timeline, today=now().date()) if timeline else None)


def nodes(tree: Mapping[str, Any], *, depth: int = 0) -> list[Node]:
    """A condition tree from its root down, each node one line."""
    if tree["kind"] == "leaf":
        return [Node(depth, tree["words"], True, tree["test"], tree["citation"])]
    lines = [Node(depth, tree["words"], False)]
    for child in tree["children"]:
        lines += nodes(child, depth=depth + 1)
    return lines


def _until(entry: Mapping[str, Any]) -> str:
    """Within what time, from which event, and where."""
    event = str(EVENT_WORDS[entry["from_event"]])
    if entry["else_from"]:
        event = gettext("{event} (until then of: {earlier})").format(
            event=event, earlier=EVENT_WORDS[entry["else_from"]]
        )
    time = (
        gettext("Within {within} of: {event}").format(
            within=iso_duration(entry["within"]), event=event
        )
        if entry["within"]
        else event
    )
    if entry["clock"] == "qualitative":
        time = gettext("No fixed time: {effort}").format(effort=law.told(entry["effort"]))
    more = (
        gettext(", at most {max_extension} more").format(
            max_extension=iso_duration(entry["max_extension"])
        )
        if entry["max_extension"]
        else ""
    )
    return f"{sentence_case(time)}{more}; {SCOPE_WORDS[entry['scope']]}."
