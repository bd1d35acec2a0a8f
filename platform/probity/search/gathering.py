"""All words of a case in one list, kept current by the database from the words of its texts.

Several words at once (``a & b & !c``) are a question to one index then, whichever of the case's
texts they stand in. Where words stand is left out: phrases are asked of the texts.
"""

from __future__ import annotations

from django.db import connection, migrations

from .pausing import PAUSED

#: A list of the database holds a little more than a million bytes; a case with more has none.
LIST_MAX = 1_000_000

GATHER_SQL = f"""
CREATE AGGREGATE search_union(tsvector) (
  SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = ''
);
CREATE OR REPLACE FUNCTION search_size(words tsvector) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT octet_length(tsvectorsend(words))::bigint $$;

CREATE OR REPLACE FUNCTION search_case_add(owner uuid, more tsvector) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO search_case AS known (case_id, words, whole) VALUES (owner, strip(more), true)
  ON CONFLICT (case_id) DO UPDATE SET
    whole = known.whole
      AND search_size(known.words) + search_size(EXCLUDED.words) <= {LIST_MAX},
    words = CASE
      WHEN known.whole AND search_size(known.words) + search_size(EXCLUDED.words) <= {LIST_MAX}
      THEN known.words || EXCLUDED.words ELSE '' END
$$;

CREATE OR REPLACE FUNCTION search_case_anew(owner uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  size bigint;
BEGIN
  -- whoever adds a text meanwhile waits here, or is waited for
  PERFORM FROM search_case WHERE case_id = owner FOR UPDATE;
  SELECT coalesce(sum(octet_length(word) + 3), 0) INTO size FROM (
    SELECT DISTINCT unnest(tsvector_to_array(words)) AS word FROM search_piece
    WHERE case_id = owner
  ) each;
  UPDATE search_case SET whole = size <= {LIST_MAX}, words = CASE
    WHEN size <= {LIST_MAX} THEN (
      SELECT array_to_tsvector(coalesce(array_agg(word), '{{}}')) FROM (
        SELECT DISTINCT unnest(tsvector_to_array(words)) AS word FROM search_piece
        WHERE case_id = owner
      ) each
    ) ELSE '' END
  WHERE case_id = owner;
END $$;

CREATE OR REPLACE FUNCTION search_case_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {PAUSED} THEN RETURN NULL; END IF;
  IF TG_OP <> 'INSERT' THEN PERFORM search_case_anew(OLD.case_id); END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.case_id <> OLD.case_id) THEN
    PERFORM search_case_add(NEW.case_id, NEW.words);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER search_case_keep AFTER INSERT OR DELETE OR UPDATE ON search_piece
  FOR EACH ROW EXECUTE FUNCTION search_case_keep();
"""  # noqa: S608 - nothing in it comes from outside

#: Cases whose texts hold too many words together to be joined without looking; few or none.
_MANY = f"""
SELECT case_id FROM search_piece GROUP BY case_id
HAVING sum(search_size(strip(words))) > {LIST_MAX}
"""  # noqa: S608
_ALL = """
INSERT INTO search_case (case_id, words, whole)
SELECT case_id, search_union(strip(words)), true FROM search_piece
WHERE NOT case_id = ANY(%s) GROUP BY case_id
"""
_EACH = "INSERT INTO search_case (case_id, words, whole) SELECT unnest(%s::uuid[]), '', false"


def words_gathered() -> migrations.RunSQL:
    """The functions and the trigger that keep a case's words together."""
    return migrations.RunSQL(sql=GATHER_SQL, reverse_sql="")


def words_gather() -> int:
    """Build every case's list anew from its pieces, in the transaction of whoever calls; how many.

    The pieces must not change meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_case")
        cursor.execute(_MANY)
        many = [row[0] for row in cursor.fetchall()]
        cursor.execute(_ALL, [many])
        made = int(cursor.rowcount)
        if many:
            cursor.execute(_EACH, [many])
            cursor.execute("SELECT search_case_anew(owner) FROM unnest(%s::uuid[]) owner", [many])
        return made + len(many)
