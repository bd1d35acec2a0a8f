"""How far machines had a part in a decision, in the words of the Digital Services Act.

Art. 17(3)(c) of Reg. (EU) 2022/2065 wants two things told: whether the decision was taken by
automated means, and whether the content was detected by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from probity.analysis.selectors import findings_of
from probity.cases.models import Case

from .models import PolicyEvaluation
from .selectors import rules_by_id

NOT_AUTOMATED, PARTIALLY = "not_automated", "partially_automated"
MACHINES = frozenset({"detector", "provenance"})


def automation_of(
    *,
    case: Case,
    rules: Sequence[str],
    evaluation: PolicyEvaluation | None,
    carried_from: str = "",
) -> dict[str, Any]:
    """The degree of automation of a decision that a person is about to take, as it is kept.

    ``decision`` is partially automated when it was carried here from another case because software
    found a copy, or when it rests on a rule of which a condition was answered, or proposed, by
    software alone; else it is not automated. It is never fully automated: a person always decides.
    ``detection`` tells whether software found the item: it did for a copy, while reports come from
    people. ``findings`` are the measurements that lay before the person, ``proposed`` the facts
    that only software said, ``recommended`` the rules that the evaluation said apply.
    """
    proposed, findings = _proposed(rules, evaluation), _findings(case)
    if carried_from:
        because = "A person took the decision in another case; software found this copy of it."
    elif proposed:
        because = "A person decided; software alone answered some of what the rules ask."
    elif findings:
        because = "A person decided; measurements lay before them."
    else:
        because = "A person decided; no measurement lay before them."
    return {
        "decision": PARTIALLY if carried_from or proposed else NOT_AUTOMATED,
        "detection": bool(carried_from),
        "because": because,
        "carried_from": carried_from or None,
        "findings": findings,
        "proposed": proposed,
        "recommended": sorted(
            name for name, rule in rules_by_id(evaluation).items() if rule["outcome"] == "applies"
        ),
    }


def _proposed(rules: Sequence[str], evaluation: PolicyEvaluation | None) -> list[str]:
    known = rules_by_id(evaluation)
    return sorted(
        {
            line["fact"]
            for name in rules
            if name in known
            for line in known[name]["trace"]
            if line.get("source") in MACHINES and line.get("given") is not None
        }
    )


def _findings(case: Case) -> list[dict[str, str]]:
    return [
        {"id": str(row.pk), "title": row.title, "asset": item.asset_id}
        for item in case.items.select_related("asset")
        for row in findings_of(item.asset)
        if row.status == "ok"
    ]
