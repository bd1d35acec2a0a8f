from django.db import migrations

from probity.core.append_only import append_only, fixed_columns
from probity.core.moves import moves_guard
from probity.matching.models import CARRY_MOVES

# One message a statement, with the span of numbers it wrote: rows may commit out of order, so an
# index cannot trust that it has seen all below the highest number.
FOLLOW = """
CREATE OR REPLACE FUNCTION probity_signals_tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  low bigint;
  high bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT min(id), max(id) INTO low, high FROM fresh
     WHERE kind IN ('pdq', 'video', 'sound');
    IF low IS NOT NULL THEN
      PERFORM pg_notify('probity_signals', low || '-' || high);
    END IF;
  ELSE
    PERFORM pg_notify('probity_signals', 'gone');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER signals_added AFTER INSERT ON matching_signal
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION probity_signals_tell();
CREATE TRIGGER signals_gone AFTER DELETE ON matching_signal
  FOR EACH STATEMENT EXECUTE FUNCTION probity_signals_tell();
"""
BACK = """
DROP TRIGGER IF EXISTS signals_added ON matching_signal;
DROP TRIGGER IF EXISTS signals_gone ON matching_signal;
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial")]
    operations = [
        append_only("matching_match"),
        append_only("matching_answer"),
        append_only("matching_copy_search"),
        fixed_columns(
            "matching_entry", "id", "bank_id", "why", "source", "asset_id", "added_at", "added_by",
        ),
        fixed_columns(
            "matching_carry", "id", "case", "decision", "action", "search_id", "four_eyes",
            "proposer_id", "proposed_at",
        ),
        migrations.RunSQL(FOLLOW, BACK),
        moves_guard("matching_carry", CARRY_MOVES, column="outcome"),
    ]  # fmt: skip
