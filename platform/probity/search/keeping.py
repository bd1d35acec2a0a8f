"""Keeping the words current: triggers that act in the transaction of the text itself.

A trigger, not a call from each service: whoever writes, joins, splits or erases a text, its words
follow, or the whole change fails. Rooms put ``kept_current`` into a migration of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, migrations, transaction

from .gathering import words_gather
from .pausing import GO_ON, PAUSE, PAUSED
from .sources import Source, sources
from .words import FUNCTION_SQL

TALLY_SQL = f"""
CREATE OR REPLACE FUNCTION search_tally_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {PAUSED} THEN RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN
    UPDATE search_tally SET reports = reports - 1 WHERE case_id = OLD.case_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO search_tally (case_id, reports) VALUES (NEW.case_id, 1)
    ON CONFLICT (case_id) DO UPDATE SET reports = search_tally.reports + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER search_tally AFTER INSERT OR DELETE OR UPDATE OF case_id ON cases_report
  FOR EACH ROW EXECUTE FUNCTION search_tally_keep();
"""  # noqa: S608 - nothing in it comes from outside


def words_function() -> migrations.RunSQL:
    """The function that makes words of a text."""
    return migrations.RunSQL(sql=FUNCTION_SQL, reverse_sql="")


def tally_kept() -> migrations.RunSQL:
    """The trigger that counts a case's reports."""
    return migrations.RunSQL(sql=TALLY_SQL, reverse_sql="")


def kept_current(source: Source) -> migrations.RunSQL:
    """The trigger that keeps the words of one table."""
    when = "INSERT OR DELETE"
    if source.columns:
        when += f" OR UPDATE OF {', '.join(source.columns)}"
    return migrations.RunSQL(
        sql=f"""
        CREATE OR REPLACE FUNCTION search_keep_{source.kind}() RETURNS trigger
        LANGUAGE plpgsql AS $$
        DECLARE
          r {source.table}%ROWTYPE;
          found tsvector;
        BEGIN
          IF {PAUSED} THEN RETURN NULL; END IF;
          IF TG_OP = 'DELETE' THEN
            DELETE FROM search_piece WHERE kind = '{source.kind}' AND source = OLD.id;
            RETURN NULL;
          END IF;
          r := NEW;
          found := search_words({source.text});
          IF length(found) = 0 THEN
            DELETE FROM search_piece WHERE kind = '{source.kind}' AND source = NEW.id;
            RETURN NULL;
          END IF;
          INSERT INTO search_piece (kind, source, case_id, words)
          VALUES ('{source.kind}', NEW.id, {source.case}, found)
          ON CONFLICT (kind, source) DO UPDATE
            SET case_id = EXCLUDED.case_id, words = EXCLUDED.words;
          RETURN NULL;
        END $$;
        CREATE TRIGGER search_keep AFTER {when} ON {source.table}
          FOR EACH ROW EXECUTE FUNCTION search_keep_{source.kind}();
        """,  # noqa: S608 - the sources are ours
        reverse_sql="",
    )


@transaction.atomic
def words_rebuild(*, only: Mapping[str, str] | None = None) -> dict[str, int]:
    """Build all words and counts anew from the texts; how many pieces of each kind.

    Nobody writes meanwhile: the table is locked, and writers wait. ``only`` has for a kind a
    condition in SQL, of our own, on its rows ``r``; the others, and what is gathered of each case
    (``words_gather``), are left to whoever calls.
    """
    made = {}
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE search_piece, search_case, search_tally IN EXCLUSIVE MODE")
        cursor.execute(PAUSE)
        cursor.execute("DELETE FROM search_piece")
        for source in sources():
            cursor.execute(
                "INSERT INTO search_piece (kind, source, case_id, words)"  # noqa: S608 - ours
                f" SELECT * FROM (SELECT %s, r.id, {source.case}, search_words({source.text}) AS w"
                f" FROM {source.table} r WHERE {(only or {}).get(source.kind, 'true')}) made"
                " WHERE length(w) > 0",
                [source.kind],
            )
            made[source.kind] = cursor.rowcount
        cursor.execute("DELETE FROM search_tally")
        cursor.execute(
            "INSERT INTO search_tally (case_id, reports)"
            " SELECT case_id, count(*) FROM cases_report GROUP BY case_id"
        )
        if only is None:
            words_gather()
        cursor.execute(GO_ON)
    return made
