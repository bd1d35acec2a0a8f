"""Writing a statement of reasons: what DSA art. 17(3)(a)–(f) asks for, in plain words."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from .models import Action, Decision, PolicyEvaluation

MEASURES = {
    Action.REMOVE: "The content was removed.",
    Action.LABEL: "The content stays visible and was labelled.",
    Action.RESTRICT: "The content was made unavailable in the places named below.",
    Action.AGE_GATE: "The content is now shown to adults only.",
    Action.REDUCE: "The content is shown to fewer people.",
    Action.WARN: "A warning was sent; the content stays visible.",
    Action.SUSPEND: "The account was suspended.",
    Action.REFER: "The matter was referred to the competent authority.",
    Action.PRESERVE: "The content was preserved; nothing else was changed.",
    Action.NO_ACTION: "Nothing was restricted: the content stays as it was.",
}
COMPLAIN = (
    "Complain to {platform}, free of charge, within six months of this statement; a person who "
    "did not take this decision will look at it."
)
TERRITORIAL = {Action.RESTRICT}


def statement_body(
    *, decision: Decision, evaluation: PolicyEvaluation | None, sources: list[str]
) -> dict[str, Any]:
    """The statement as data, one member per item of art. 17(3)."""
    rules = _grounds(decision, evaluation)
    action = Action(decision.action)
    places = ", ".join(decision.case.places)
    return {
        "case": decision.case.label,
        "decided_at": decision.at.isoformat(timespec="seconds"),
        "measure": MEASURES[action],
        "scope": places if action in TERRITORIAL and places else "everywhere on the service",
        "duration": "until it is changed by a new decision",
        "facts": decision.reason,
        "occasion": "a notice that somebody sent",
        "automated_detection": False,
        "automated_assistance": sources,
        "automated_decision": False,
        "grounds": rules,
        "redress": [
            COMPLAIN.format(platform=settings.PLATFORM_NAME),
            "Bring the dispute before a certified out-of-court settlement body (DSA art. 21).",
            "Go to court.",
        ],
    }


def _grounds(decision: Decision, evaluation: PolicyEvaluation | None) -> list[dict[str, Any]]:
    if evaluation is None:
        return []
    by_id = {rule["id"]: rule for rule in evaluation.result["rules"]}
    return [
        {
            "rule": rule_id,
            "title": by_id[rule_id]["title"],
            "citation": by_id[rule_id]["citation"],
            "ground": by_id[rule_id].get("ground", ""),
            "explanation": by_id[rule_id].get("explanation", ""),
            "outcome": by_id[rule_id]["outcome"],
        }
        for rule_id in decision.rules
    ]


def statement_text(body: dict[str, Any]) -> str:
    """The same statement as a letter."""
    parts = [
        f"Statement of reasons for case {body['case']}",
        "",
        "What was decided",
        body["measure"],
        f"Where: {body['scope']}. For how long: {body['duration']}.",
        f"Decided on {body['decided_at'].replace('T', ' at ').replace('+00:00', ' UTC')}.",
        "",
        "On what facts",
        body["facts"],
        f"It was looked at because of {body['occasion']}. Who sent it is not disclosed.",
        "",
        "On what ground",
        *_ground_lines(body["grounds"]),
        "",
        "Automated means",
        "A person took this decision. "
        + (
            "These automated measurements were in front of them: "
            + "; ".join(body["automated_assistance"])
            + "."
            if body["automated_assistance"]
            else "No automated measurement was used."
        ),
        "",
        "What you can do",
        *[f"- {line}" for line in body["redress"]],
    ]
    return "\n".join(parts) + "\n"


def _ground_lines(grounds: list[dict[str, Any]]) -> list[str]:
    if not grounds:
        return ["No rule was named; the decision rests on the facts stated above."]
    lines = []
    for ground in grounds:
        kind = {
            "illegal_content": "Law",
            "incompatible_content": "Terms of the service",
        }.get(ground["ground"], "Rule")
        citation = ground["citation"]
        where = citation.get("section") or citation.get("law") or citation.get("text") or ""
        line = f"{kind}: {ground['title']}" + (f" ({where})." if where else ".")
        if ground["explanation"]:
            line += f" {ground['explanation']}"
        if ground["outcome"] == "unknown":
            line += " Not every fact that this rule asks for was established."
        lines.append(line)
    return lines
