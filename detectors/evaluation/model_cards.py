"""A model card in Markdown for each detector: what its card declares, and what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detectors.card import Card
from detectors.evaluation.study import Study


def write(study: Study, result: dict[str, Any], *, folder: Path) -> list[Path]:
    """One file a detector; what an earlier run wrote is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for card in study.ran:
        path = folder / f"{card.id}.md"
        path.write_text(text(card, result), encoding="utf-8")
        written.append(path)
    return written


def text(card: Card, result: dict[str, Any]) -> str:
    """The card of one detector."""
    one = result["detectors"][card.id]
    forms = [("as received", one), ("equalised", one["equalised"]), *one["degraded"].items()]
    rows = [_row(name, found) for name, found in forms if found and found["auc"] is not None]
    lines = [
        f"# {card.name} (`{card.id}` {card.version})",
        "",
        card.summary,
        "",
        f"Looks at: {card.modality}. Speaks about: {card.speaks_about}. Licence: {card.licence}.",
        "",
        f"Evidence: {card.evidence}.",
        "",
        f"**Score** {card.score.low:g} to {card.score.high:g}. {card.score.meaning}",
        "",
        "## What defeats or misleads it",
        "",
        *(f"- {limit}" for limit in card.limits),
        "",
        "## Measured",
        "",
        *_measured(rows),
        f"Likelihood ratios: {one['likelihood_ratios']}. "
        + (
            "It is weighed in the assessment."
            if one["weighed"]
            else "Not calibrated: it informs and carries no weight."
        ),
        "",
        *_leaks(card, result),
        *_generators(one),
        f"Set {result['set']['digest'][:16]}, {result['set']['files']} files.",
        "An abstention counts as a likelihood ratio of 1. Intervals: 95 %, bootstrap over files.",
        "",
        "## Sources",
        "",
        *(f"- {citation}" for citation in card.citations),
    ]
    return "\n".join(lines) + "\n"


def _measured(rows: list[str]) -> list[str]:
    if not rows:
        return ["No figure: the set lacks genuine or altered files that it looks at.", ""]
    return [
        "| form | genuine / altered | abstained | AUC | EER | Cllr | ECE | AUC answered |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
    ]


def _row(name: str, one: dict[str, Any]) -> str:
    answered = one["answered"] or {}
    cells = [
        name,
        f"{one['n_real']} / {one['n_fake']}",
        str(one["n_abstained"]),
        *(_value(one, key) for key in ("auc", "eer", "cllr", "ece")),
        _value(answered, "auc"),
    ]
    return f"| {' | '.join(cells)} |"


def _value(one: dict[str, Any], key: str) -> str:
    value, ends = one.get(key), one.get(f"{key}_ci")
    if value is None:
        return "-"
    return f"{value:.3f}" + (f" [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else "")


def _leaks(card: Card, result: dict[str, Any]) -> list[str]:
    found = []
    for form, key in (("as received", "leaks"), ("equalised", "leaks_equalised")):
        strongest = next(iter(result[key].get(card.modality.value, {}).items()), None)
        if strongest:
            name, leak = strongest
            found.append(f"Strongest leak of the set {form}: {name}, AUC {_value(leak, 'auc')}.")
    return [" ".join(found), ""] if found else []


def _generators(one: dict[str, Any]) -> list[str]:
    several = (one["equalised"] or one).get("by_generator") or {}
    if not several:
        return []
    return [
        "| generator | files | abstained | AUC |",
        "|---|---|---|---|",
        *(
            f"| {name.replace('|', '/')} | {its['n_fake']} | {its['n_abstained']} | "
            f"{_value(its, 'auc')} |"
            for name, its in several.items()
        ),
        "",
    ]
