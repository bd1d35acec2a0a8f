"""What the log vouches for of a run: its findings with details and pictures, its assessment."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .models import Assessment, Finding, Run


def run_digest(run: Run) -> str:
    """SHA-256 over the stored rows of a run, read from the database, so that it can be repeated."""
    return hashlib.sha256(json.dumps(run_body(run), sort_keys=True).encode()).hexdigest()


def run_body(run: Run) -> dict[str, Any]:
    """What is hashed: every finding with its pictures' hashes, and the assessment."""
    rows = run.findings.prefetch_related("pictures__derivative")
    findings = sorted((_finding(row) for row in rows), key=lambda row: str(row["id"]))
    assessment = Assessment.objects.filter(run=run).first()
    return {"findings": findings, "assessment": _assessment(assessment) if assessment else None}


def _finding(row: Finding) -> dict[str, Any]:
    said = (
        "kind", "producer", "title", "version", "status", "sentence", "details", "resources",
        "parameters", "runtime", "device", "input_sha256",
    )  # fmt: skip
    return {name: getattr(row, name) for name in said} | {
        "id": str(row.pk),
        "score": repr(row.score),
        "llr": repr(row.llr),
        "duration_ms": repr(row.duration_ms),
        "pictures": sorted([one.derivative.sha256, one.caption] for one in row.pictures.all()),
    }


def _assessment(row: Assessment) -> dict[str, Any]:
    said = ("status", "sentence", "verbal", "in_doubt", "parts", "subjects", "indications")
    return {name: getattr(row, name) for name in said} | {"id": str(row.pk), "llr": repr(row.llr)}
