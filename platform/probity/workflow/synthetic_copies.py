"""More made-up cases from those that were made: by the database itself, many times faster.

A copy has ids of its own that follow from the original's and the number of the copy, so that a
seed still makes the same cases; all its moments lie a little earlier. What it says stays.
"""

from __future__ import annotations

from django.db import connection, models

from probity.evidence.models import Asset
from probity.search.gathering import words_gather
from probity.search.keeping import words_rebuild

from .synthetic_rows import TABLES

#: Kinds of texts that a copy has word for word, as the search names them.
SAME_WORDS = ("report", "decision")
#: How much earlier each further copy lies.
APART = "7 minutes"
_ID = "md5({column}::text || %(copy)s)::uuid"
_DIGEST = "encode(sha256(({column} || %(copy)s)::bytea), 'hex')"
#: Columns whose value in a copy follows from the original's in a way of its own.
_NAMED = {
    "cases_case.number": "number + %(step)s",
    "cases_report.receipt_digest": _DIGEST,
    "evidence_asset.sha256": _DIGEST,
    "analysis_finding.input_sha256": _DIGEST,
    "analysis_job.case": _ID,
    "analysis_run.case": _ID,
}


_CASES = "SELECT id FROM cases_case WHERE number >= %(first)s AND number < %(first)s + %(count)s"
_OF_CASE = f"case_id IN ({_CASES})"
_OF_RUN = f'run_id IN (SELECT id FROM analysis_run WHERE "case" IN ({_CASES}))'  # noqa: S608
_THOSE = {
    **dict.fromkeys(TABLES, _OF_CASE),
    "cases_case": f"id IN ({_CASES})",
    "evidence_asset": f"sha256 IN (SELECT asset_id FROM cases_evidence_item WHERE {_OF_CASE})",  # noqa: S608
    "analysis_job": f'"case" IN ({_CASES})',
    "analysis_run": f'"case" IN ({_CASES})',
    "analysis_finding": _OF_RUN,
    "analysis_assessment": _OF_RUN,
    "decisions_measure": f"decision_id IN (SELECT id FROM decisions_decision WHERE {_OF_CASE})",  # noqa: S608
}
#: Rows sorted by their new keys fill the index many times faster; so much is needed to sort them.
SORT_MEMORY = "SET LOCAL work_mem = '256MB'"


def originals_keep(*, first: int, count: int) -> None:
    """Set the cases numbered from ``first`` on aside for this transaction, with all their rows."""
    with connection.cursor() as cursor:
        for table, those in _THOSE.items():
            cursor.execute(
                f"CREATE TEMPORARY TABLE original_{table} ON COMMIT DROP AS"  # noqa: S608 - our own
                f" SELECT * FROM {table} WHERE {those}",
                {"first": first, "count": count},
            )


def copies_make(*, copy: int, step: int) -> dict[str, int]:
    """Copy what was set aside once more, its numbers ``step`` higher; rows of each table.

    ``copy`` is a number of its own for each time.
    """
    made = {}
    with connection.cursor() as cursor:
        cursor.execute(SORT_MEMORY)
        for table, model in TABLES.items():
            cursor.execute(_statement(table, model), {"copy": str(copy), "step": step})
            made[table] = cursor.rowcount
    return made


def words_make(*, first: int, count: int, copies: int) -> None:
    """Fill the search: what a copy says word for word is not taken apart once more.

    The originals are the ``count`` cases numbered from ``first`` on; ``copies`` of them follow.
    """
    those = {"first": first, "count": count}
    after = first + count * (1 + copies)
    outside = f"number < {first + count} OR number >= {after}"
    those_made = f"r.case_id IN (SELECT id FROM cases_case WHERE {outside})"  # noqa: S608 - numbers
    words_rebuild(only=dict.fromkeys(SAME_WORDS, those_made))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE original_words ON COMMIT DROP AS"  # noqa: S608 - our own
            " SELECT kind, source, case_id, words FROM search_piece"
            f" WHERE kind = ANY(%(kinds)s) AND {_OF_CASE}",
            {**those, "kinds": list(SAME_WORDS)},
        )
        for copy in range(1, copies + 1):
            cursor.execute(
                "INSERT INTO search_piece (kind, source, case_id, words)"
                " SELECT kind, md5(source::text || %(copy)s)::uuid,"
                " md5(case_id::text || %(copy)s)::uuid, words FROM original_words",
                {"copy": str(copy)},
            )
    words_gather()


def _statement(table: str, model: type[models.Model]) -> str:
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(table, field) for field in fields)
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM original_{table}"  # noqa: S608 - our own
        f" ORDER BY {[field.primary_key for field in fields].index(True) + 1}"
    )


def _value(table: str, field: models.Field[object, object]) -> str:
    column = f'"{field.column}"'
    if named := _NAMED.get(f"{table}.{field.column}"):
        return named.format(column=column)
    if isinstance(field, models.ForeignKey) and field.related_model is Asset:
        return _DIGEST.format(column=column)
    own = isinstance(field, models.ForeignKey) and field.related_model._meta.db_table in TABLES
    if field.column == "reference" or field.primary_key or own:
        return _ID.format(column=column)
    if isinstance(field, models.DateTimeField):
        return f"{column} - %(copy)s::int * interval '{APART}'"
    return column
