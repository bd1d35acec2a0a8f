"""The report of an evaluation: one HTML file without scripts, to be read by anybody."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

from detectors.calibration.model import AS_RECEIVED, EQUALISED
from detectors.evaluation import charts
from detectors.evaluation.figures import Figures
from detectors.evaluation.study import Study

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#22252a;background:#fff;max-width:84rem;
margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-size:14px;display:block;overflow-x:auto}
th,td{text-align:right;padding:.2rem .7rem;border-bottom:1px solid #d7dbe0;white-space:nowrap;
vertical-align:top;font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}
.loud{border:3px solid #b5532a;padding:.6rem 1rem;margin:1rem 0;font-weight:600}
.charts{display:flex;flex-wrap:wrap;gap:.5rem}
h2{margin-top:2.5rem;border-top:2px solid #22252a;padding-top:.6rem}
"""
FORMS = (AS_RECEIVED, EQUALISED)


def page(study: Study, result: dict[str, Any]) -> str:
    """The whole page; file names and generators are escaped, nothing is loaded from anywhere."""
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>Evaluation</title><style>{STYLE}</style></head><body><h1>Evaluation</h1>",
        _intro(result),
        *(f"<p class='loud'>{_text(warning)}</p>" for warning in result["warnings"]),
        *_assessments(study, result),
        *(_detector(study, name, one) for name, one in result["detectors"].items()),
        "<h2>Leaks</h2><p>What tells the classes apart without looking at the media.</p>",
        *(_leaks(form, result[key]) for form, key in
          zip(FORMS, ("leaks", "leaks_equalised"), strict=True)),
        _refused(result),
        "</body></html>",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _intro(result: dict[str, Any]) -> str:
    about = result["set"]
    skipped = ", ".join(
        f"{count} with the label {name}" for name, count in about["skipped"].items()
    )
    grouped = "" if about["grouped"] else " The manifest names no groups: each file is its own."
    return (
        f"<p>{about['files']} files, set {about['digest'][:16]}."
        f"{' Left out: ' + _text(skipped) + '.' if skipped else ''}{grouped}</p>"
        "<p>An abstention counts as a likelihood ratio of 1; the last columns leave abstentions "
        "out. Intervals are 95 % bootstrap intervals over files. Files of one group are alike, so "
        "the true uncertainty is wider.</p>"
    )


def _assessments(study: Study, result: dict[str, Any]) -> Iterable[str]:
    forms = [(AS_RECEIVED, result["fused"]), (EQUALISED, result["fused_equalised"])]
    forms += list(result["fused_degraded"].items())
    rows = [
        (f"{modality}, {form}", one) for form, several in forms for modality, one in several.items()
    ]
    if not rows:
        return
    yield "<h2>The assessment</h2>" + _figures(rows)
    for modality in study.modalities:
        for form in FORMS:
            if form in study.scored and (found := study.fused(form, modality)):
                yield f"<h3>{_text(modality)}, {form}</h3>{_charts(found)}{_rates(found.table)}"


def _detector(study: Study, name: str, one: dict[str, Any]) -> str:
    rows = [(AS_RECEIVED, one)] if one["auc"] is not None else []
    rows += [(EQUALISED, one["equalised"])] if one["equalised"] else []
    rows += list(one["degraded"].items())
    head = (
        f"<h2>{_text(name)} {_text(one['version'])}</h2>"
        f"<p>Likelihood ratios: {_text(one['likelihood_ratios'])}. "
        f"{'It is weighed' if one['weighed'] else 'It informs and is not weighed'} in the "
        "assessment.</p>"
    )
    if not rows:
        return f"{head}<p>{one['n_real']} genuine and {one['n_fake']} altered files: no figure.</p>"
    body = [head, _figures(rows)]
    for form in FORMS:
        if form in study.scored and (found := study.detector(name, form)):
            body.append(f"<h3>{form}</h3>{_charts(found)}{_rates(found.table)}")
            body.append(_generators(found.table["by_generator"]))
    return "".join(body)


def _charts(found: Figures) -> str:
    drawn = [charts.roc(found.values, found.fake), charts.det(found.values, found.fake)]
    if found.llrs is not None:
        drawn.append(charts.reliability(found.llrs, found.fake))
    drawn.append(charts.scores(found.values, found.fake))
    return f"<div class='charts'>{''.join(drawn)}</div>"


def _figures(rows: Sequence[tuple[str, dict[str, Any]]]) -> str:
    columns = ("", "genuine", "altered", "abstained", "AUC", "EER", "Cllr", "ECE",
               "AUC answered", "Cllr answered")  # fmt: skip
    body = []
    for name, one in rows:
        answered = one["answered"] or {}
        body.append(
            (
                name, str(one["n_real"]), str(one["n_fake"]), str(one["n_abstained"]),
                *(_measured(one, key) for key in ("auc", "eer", "cllr", "ece")),
                _measured(answered, "auc"), _measured(answered, "cllr"),
            )
        )  # fmt: skip
    return _table(columns, body)


def _rates(one: dict[str, Any]) -> str:
    if not one["rates"]:
        return ""
    body = [
        (f"{name} (LLR {rate['threshold']:g})",
         *(_rate(rate[key]) for key in ("false_alarm", "hit", "false_reassurance", "cleared")))
        for name, rate in one["rates"].items()
    ]  # fmt: skip
    return _table(
        ("threshold", "genuine called altered", "altered called altered",
         "altered called genuine", "genuine called genuine"), body,
    )  # fmt: skip


def _generators(several: dict[str, Any]) -> str:
    body = [
        (name, str(one["n_fake"]), str(one["n_abstained"]), _measured(one, "auc"),
         _rate(one["hit"]) if one["hit"] else "-")
        for name, one in several.items()
    ]  # fmt: skip
    return _table(("generator", "files", "abstained", "AUC", "found at LLR 0"), body)


def _leaks(form: str, by_modality: dict[str, Any]) -> str:
    body = [
        (f"{modality}: {name}", str(leak["n"]), _measured(leak, "auc"))
        for modality, several in by_modality.items()
        for name, leak in several.items()
    ]
    return f"<h3>{form}</h3>{_table(('probe', 'files', 'AUC'), body)}" if body else ""


def _refused(result: dict[str, Any]) -> str:
    body = [
        (form, name, why)
        for form, several in result["set"]["refused"].items()
        for name, why in several.items()
    ]
    return f"<h2>Not measured</h2>{_table(('form', 'file', 'why'), body)}" if body else ""


def _measured(one: dict[str, Any], key: str) -> str:
    value, ends = one.get(key), one.get(f"{key}_ci")
    if value is None:
        return "-"
    return f"{value:.3f}" + (f" [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else "")


def _rate(one: dict[str, Any]) -> str:
    return f"{one['count']}/{one['n']} [{one['ci'][0]:.3f}, {one['ci'][1]:.3f}]"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{_text(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(words: str) -> str:
    return html.escape(words, quote=True)
