"""The report a judge can read: HTML always, PDF where its library is installed."""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from probity.analysis.engines import detector_cards
from probity.analysis.models import Finding
from probity.analysis.selectors import assessment_of, findings_of
from probity.audit.registry import kind
from probity.audit.selectors import chain_events
from probity.audit.services import case_chain
from probity.cases.models import CATEGORY_WORDS, Case, Category
from probity.decisions.law import rule_titles
from probity.decisions.measures import NAMES, actions_of
from probity.decisions.models import Decision, DecisionState
from probity.decisions.selectors import decisions_of, evaluation_current
from probity.evidence.models import Asset
from probity.evidence.selectors import derivative_read

from .entries import Entry
from .models import Profile
from .pdf_signing import pdf_signed
from .redaction import Redaction

logger = logging.getLogger(__name__)
LIVE = {"applies", "unknown"}
MOST_RULES = 40

#: What has to be said of a decision that is not in effect.
STANDS = {
    DecisionState.HELD: "It waits for a second person and has no effect.",
    DecisionState.WAITING: "It has not taken effect yet.",
    DecisionState.UNDONE: "It was undone before it took effect.",
    DecisionState.REFUSED: "A second person refused it; it never took effect.",
}


def report_entries(
    case: Case, *, about: dict[str, Any], profile: Profile, redactions: Sequence[Redaction]
) -> list[Entry]:
    """``report.html`` and, where WeasyPrint works, ``report.pdf`` of the same text."""
    html = render_to_string("bundles/report.html", _context(case, about, profile, redactions))
    entries = [Entry("report.html", "report", html.encode())]
    pdf = pdf_of(html)
    if pdf:
        entries.append(Entry("report.pdf", "report", pdf_signed(pdf)))
    return entries


def pdf_of(html: str) -> bytes | None:
    """The page as PDF/UA; None where WeasyPrint or its system library is missing."""
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]
    except (ImportError, OSError):
        logger.info("No PDF: install the extra “pdf” and the system library Pango.")
        return None
    # A report fetches nothing: its pictures are inside it.
    inside = URLFetcher(allowed_protocols={"data"})
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    made: bytes = HTML(string=html, url_fetcher=inside).write_pdf(pdf_variant="pdf/ua-1")
    return made


def _context(
    case: Case, about: dict[str, Any], profile: Profile, redactions: Sequence[Redaction]
) -> dict[str, Any]:
    evaluation = evaluation_current(case)
    rules = evaluation.result["rules"] if evaluation else []
    return {
        "case": case,
        "category": CATEGORY_WORDS[Category(case.category)],
        "about": about,
        "reports": case.reports.all(),
        "exhibits": [
            _exhibit(item.asset, pictures=profile != Profile.HASHES)
            for item in case.items.select_related("asset")
        ],
        "rules": [rule for rule in rules if rule["outcome"] in LIVE][:MOST_RULES],
        "facts": evaluation.facts if evaluation else {},
        "decisions": [_decision(row) for row in decisions_of(case)],
        "redactions": redactions,
        "events": [
            {"at": event.at, "says": _says(event.name)}
            for event in chain_events(case_chain(case.pk))
        ],
    }


def _exhibit(asset: Asset, *, pictures: bool) -> dict[str, Any]:
    findings = findings_of(asset)
    cards = detector_cards({finding.producer for finding in findings})
    return {
        "asset": asset,
        "assessment": assessment_of(asset),
        "findings": [
            {
                "row": finding,
                "errs": _error_words(cards.get(finding.producer)),
                "pictures": _pictures(finding) if pictures and not asset.sealed else [],
            }
            for finding in findings
        ],
    }


def _pictures(finding: Finding) -> list[dict[str, str]]:
    """The finding's diagrams, which never show the media recognisably, inside the page."""
    shown = []
    for picture in finding.pictures.all():
        row = picture.derivative
        if row.destroyed_at is None and row.media_type.startswith("image/"):
            body = base64.b64encode(derivative_read(row)).decode()
            uri = f"data:{row.media_type};base64,{body}"
            shown.append({"uri": uri, "caption": picture.caption})
    return shown


def _error_words(card: dict[str, Any] | None) -> str:
    """How often such a test errs, as its card has it measured."""
    if card is None:
        return "Not a measurement with an error rate: it reads what is written in the file."
    rates = card["error_rates"]
    if isinstance(rates, str):
        return "Not calibrated: how often it errs has not been measured, so it carries no weight."
    return "; ".join(
        ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in rate.items())
        for rate in rates
    )


def _decision(row: Decision) -> dict[str, Any]:
    titles = rule_titles()
    staff = f"a member of staff ({str(row.person_id)[:8]})"
    return {
        "row": row,
        "who": staff,
        "actions": ", ".join(NAMES[action] for action in actions_of(row)),
        "stands": STANDS.get(row.state, ""),
        "second": bool(row.second_person and getattr(row, "approval", None)),
        "rules": [titles.get(rule, rule) for rule in row.rules],
    }


def _says(name: str) -> str:
    """An event in the plain words it was registered with."""
    try:
        return kind(name).says
    except KeyError:
        return f"An event called “{name}”."
