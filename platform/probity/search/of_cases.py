"""The texts of the room ``cases`` that can be found; never who reported."""

from __future__ import annotations

from probity.cases.models import CATEGORY_WORDS

from .sources import Source, source_register

_CATEGORY = " ".join(
    f"WHEN '{key}' THEN '{words.replace(chr(39), ' ')}'" for key, words in CATEGORY_WORDS.items()
)
_SAID = "concat_ws(' ', r.explanation, r.url)"

CASE = source_register(
    Source(
        kind="case",
        says="The case itself",
        table="cases_case",
        text=(
            "concat_ws(' ', 'P', lpad(r.number::text, 6, '0'), r.category,"
            f" CASE r.category {_CATEGORY} END, array_to_string(r.places, ' '))"
        ),
        case="r.id",
        columns=("category", "places"),
    )
)
REPORT = source_register(
    Source(
        kind="report",
        says="What was reported",
        table="cases_report",
        text="concat_ws(' ', r.explanation, r.url, r.claimed_sha256)",
        shown=_SAID,
        columns=("explanation", "url", "case_id"),
    )
)
ITEM = source_register(
    Source(
        kind="item",
        says="A file's SHA-256",
        table="cases_evidence_item",
        text="r.asset_id",
        columns=("case_id",),
    )
)
NOTE = source_register(
    Source(
        kind="note",
        says="A note",
        table="cases_work_note",
        text="r.text",
        columns=("text", "case_id"),
    )
)
