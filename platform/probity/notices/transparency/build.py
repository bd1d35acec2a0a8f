"""One decision as a statement for the public database, or the sentences why it cannot be one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from probity.audit.canonical import digest_of
from probity.decisions.facts import facts_of
from probity.decisions.models import Decision, DecisionState, Measure
from probity.decisions.statements import grounds_of

from ..guard import without_reporters
from ..models import PublicFacts
from . import schema
from .mapping import Tables, mapping
from .personal import names_known, personal_data
from .validator import statement_problems

FREE_TEXT = (
    "decision_facts", "illegal_content_legal_ground", "illegal_content_explanation",
    "incompatible_content_ground", "incompatible_content_explanation",
    "decision_visibility_other", "content_type_other",
)  # fmt: skip
ADDRESS_ONLY = "Content known by its address; no file was examined."


@dataclass(frozen=True)
class Built:
    """A statement, what is wrong with it, and what a reader should know about how it was made."""

    decision: Decision
    puid: str
    body: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical object."""
        return digest_of(self.body)


def puid_of(decision: UUID) -> str:
    """The statement's stable name: always the same for a decision, and it says nothing of it."""
    digest = hashlib.sha256(b"probity:statement:" + decision.bytes).hexdigest()
    return f"probity-{digest[:40]}"


def decisions_due() -> QuerySet[Decision]:
    """Decisions that took effect and restrict somebody, the first one first.

    A statement of reasons was given for each, so each is told, also one that another has replaced
    since. Demonstrations are left out: nothing in them is real.
    """
    restricting = list(mapping().measures)
    return (
        Decision.objects.filter(
            standing__state__in=[DecisionState.EFFECTIVE, DecisionState.SUPERSEDED],
            case__demonstration="", measures__action__in=restricting,
        )
        .select_related("case", "case__uploader", "standing", "evaluation")
        .prefetch_related("measures")
        .order_by("standing__effective_at", "pk")
        .distinct()
    )  # fmt: skip


def statement_build(decision: Decision) -> Built:
    """The object with every problem that keeps it here."""
    tables, case = mapping(), decision.case
    rows = [row for row in decision.measures.all() if row.action in tables.measures]
    public = PublicFacts.objects.filter(decision=decision).order_by("-at").first()
    facts = {name: known.value for name, known in facts_of(case).items()}
    remarks: list[str] = []
    body: dict[str, Any] = {
        **_decided(rows, tables),
        **_ground(decision),
        "decision_facts": public.facts if public
        else without_reporters(case=case, text=decision.reason),
        **_content(decision, facts, tables, remarks),
        **_category(decision, facts, tables),
        "content_date": _content_date(decision, public, remarks),
        "application_date": _day(decision.standing.effective_at or decision.at),
        "source_type": _source(decision, tables),
        "automated_detection": "Yes" if decision.automation.get("detection") else "No",
        "automated_decision": tables.automation[decision.automation.get("decision", "")
                                                or "not_automated"],
        "puid": puid_of(decision.pk),
    }  # fmt: skip
    territory = _territory(rows, tables)
    if territory:
        body["territorial_scope"] = territory
    problems = statement_problems(body)
    if "decision_ground" not in body:
        problems.append("It rests on no ground. Decide the case again and tick one.")
    if not territory:
        problems.append("None of its measures holds in the European Economic Area.")
    problems += _personal(decision, body)
    return Built(decision, body["puid"], body, problems, remarks)


def _decided(rows: Iterable[Measure], tables: Tables) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for row in rows:
        name, value = tables.measures[row.action]
        if name in schema.SOME_OF:
            said.setdefault(name, []).append(value)
        else:
            said[name] = value
        end = next(end for end, decision in schema.ENDS.items() if decision == name)
        if row.ends_at:
            said[end] = max(said.get(end, ""), _day(row.ends_at))
    lasting = {tables.measures[row.action][0] for row in rows if row.ends_at is None}
    for end, name in schema.ENDS.items():
        if name in lasting:
            said.pop(end, None)
    return said


def _ground(decision: Decision) -> dict[str, str]:
    """The ground with the most rules behind it; law goes before terms."""
    grounds = [row for row in grounds_of(decision) if row["ground"]]
    law = [row for row in grounds if row["ground"] == "illegal_content"]
    chosen = law or grounds
    kind = schema.ILLEGAL if law else schema.INCOMPATIBLE
    ground, explanation = schema.GROUND_NEEDS[kind]
    if not chosen:
        return {}
    return {
        "decision_ground": kind,
        ground: _shortened("; ".join(_cited(row) for row in chosen), schema.TEXTS[ground]),
        explanation: _shortened(
            " ".join(dict.fromkeys(row["explanation"] or row["title"] for row in chosen)),
            schema.TEXTS[explanation],
        ),
    }


def _cited(row: dict[str, Any]) -> str:
    citation = row["citation"]
    where = ", ".join(part for part in (citation.get("law"), citation.get("section")) if part)
    return where or row["title"]


def _category(decision: Decision, facts: dict[str, Any], tables: Tables) -> dict[str, Any]:
    found = tables.categories[decision.case.category]
    if facts.get("minor_sexualised") is True:
        found = tables.minors
    keywords = list(found.keywords) if facts.get("synthetic") is True else []
    return {
        "category": found.category,
        **({"category_specification": keywords} if keywords else {}),
    }


def _content(
    decision: Decision, facts: dict[str, Any], tables: Tables, remarks: list[str]
) -> dict[str, Any]:
    kinds = {
        item.asset.media_type.partition("/")[0]
        for item in decision.case.items.select_related("asset")
    }
    types = [tables.content[kind] for kind in sorted(kinds) if kind in tables.content]
    if facts.get("synthetic") is True:
        types.append(tables.synthetic)
    if types:
        return {"content_type": types}
    remarks.append("No file was examined, so the kind of content is given as other.")
    return {"content_type": ["CONTENT_TYPE_OTHER"], "content_type_other": ADDRESS_ONLY}


def _content_date(decision: Decision, public: PublicFacts | None, remarks: list[str]) -> str:
    if public and public.content_date:
        return public.content_date.isoformat()
    first = decision.case.reports.order_by("received_at").first()
    remarks.append(
        "Nobody said when the content was posted; the day of the first report stands in for it."
    )
    return _day(first.received_at if first else decision.case.opened_at)


def _source(decision: Decision, tables: Tables) -> str:
    first = decision.case.reports.order_by("received_at").first()
    carried = bool(decision.automation.get("carried_from"))
    return tables.sources["none" if first is None or carried else first.sender_kind]


def _territory(rows: Iterable[Measure], tables: Tables) -> list[str]:
    found: set[str] = set()
    for row in rows:
        found |= set(tables.territory(row.scope.get("places", [])))
    return [code for code in schema.EEA if code in found]


def _personal(decision: Decision, body: dict[str, Any]) -> list[str]:
    names = names_known(decision.case)
    return [
        f"“{name}”: {sentence}"
        for name in FREE_TEXT
        for sentence in personal_data(str(body.get(name, "")), names=names)
    ]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _day(at: Any) -> str:
    day: date = at.date()
    return day.isoformat()
