"""The kinds of notice, what each may say, and what it must not leave out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is for. The last two are paragraphs that others include."""

    STATEMENT = "statement"
    LIFTED = "lifted"
    RECEIPT = "receipt"
    DECIDED = "decided"
    APPEAL_RECEIPT = "appeal_receipt"
    APPEAL_OUTCOME = "appeal_outcome"
    WARNING_UPLOADER = "warning_uploader"
    WARNING_REPORTER = "warning_reporter"
    UPDATE = "update"
    REDRESS = "redress"
    REDRESS_LAST = "redress_last"


@dataclass(frozen=True)
class Shape:
    """A kind as its editor sees it; ``must`` is what the law wants said, each in ``may`` too."""

    title: str
    says: str
    must: frozenset[str]
    may: frozenset[str]
    needs: dict[str, str] = field(default_factory=dict)
    block: bool = False


EVERYWHERE = frozenset({"platform", "case", "page"})


def _shape(
    title: str, says: str, *, must: str, may: str = "", needs: dict[str, str] | None = None,
    block: bool = False,
) -> Shape:  # fmt: skip
    needed = frozenset(must.split())
    return Shape(title, says, needed, needed | frozenset(may.split()) | EVERYWHERE, needs or {},
                 block)  # fmt: skip


SHAPES: dict[Kind, Shape] = {
    Kind.STATEMENT: _shape(
        "Statement of reasons",
        "To the uploader, when something was restricted (Digital Services Act, article 17).",
        must="measures facts occasion automation grounds redress",
        may="decided_on content replaces",
        needs={
            "measures": "article 17(3)(a): what was restricted, where, and for how long",
            "facts": "article 17(3)(b): the facts and circumstances",
            "occasion": "article 17(3)(b): whether a notice led to it",
            "automation": "article 17(3)(c): the use of automated means",
            "grounds": "article 17(3)(d) and (e): the law or the terms, and why they apply",
            "redress": "article 17(3)(f): what can be done about it",
        },
    ),
    Kind.LIFTED: _shape(
        "Measure ended", "To the uploader, when a restriction was lifted or ran out.",
        must="measures", may="ended_on reason",
    ),
    Kind.RECEIPT: _shape(
        "Report received", "To the reporter (Digital Services Act, article 16(4)).",
        must="case", may="received_on category",
    ),
    Kind.DECIDED: _shape(
        "Decision on a report",
        "To the reporter (Digital Services Act, article 16(5) and (6)).",
        must="outcome automation redress", may="received_on category again",
        needs={
            "outcome": "article 16(5): what was decided",
            "automation": "article 16(6): whether automated means were used",
            "redress": "article 16(5): what can be done about it",
        },
    ),
    Kind.APPEAL_RECEIPT: _shape(
        "Complaint received", "To whoever complained about a decision.",
        must="case", may="appealed_on",
    ),
    Kind.APPEAL_OUTCOME: _shape(
        "Outcome of a complaint",
        "To whoever complained, and to the other side (Digital Services Act, article 20(5)).",
        must="outcome reason redress", may="appealed_on",
        needs={
            "outcome": "article 20(5): what was decided",
            "reason": "article 20(5): the reasons for it",
            "redress": "article 20(5): out-of-court settlement and other redress",
        },
    ),
    Kind.WARNING_UPLOADER: _shape(
        "Warning before a suspension, to an uploader",
        "Before the service is suspended (Digital Services Act, article 23(1)).",
        must="occurrences consequence", may="reason",
        needs={
            "occurrences": "article 23(3): what happened how often",
            "consequence": "article 23(1): what follows if it goes on",
        },
    ),
    Kind.WARNING_REPORTER: _shape(
        "Warning before a suspension, to a reporter",
        "Before reports are no longer processed (Digital Services Act, article 23(2)).",
        must="occurrences consequence", may="reason",
        needs={
            "occurrences": "article 23(3): what happened how often",
            "consequence": "article 23(2): what follows if it goes on",
        },
    ),
    Kind.UPDATE: _shape(
        "How far it is", "To the reporter, while a request is being worked on.",
        must="update", may="received_on category",
    ),
    Kind.REDRESS: _shape(
        "What can be done (paragraph)",
        "Stands where a notice says {redress}: complaint, out-of-court body, court.",
        must="deadline", block=True,
        needs={"deadline": "article 20(1): complaints are open for at least six months"},
    ),
    Kind.REDRESS_LAST: _shape(
        "What can be done after a complaint (paragraph)",
        "Stands where the outcome of a complaint says {redress}.", must="", block=True,
    ),
}  # fmt: skip
