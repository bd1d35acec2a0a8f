from django.db import migrations

from probity.core.append_only import append_only, fixed_columns

MOVES = """
CREATE SEQUENCE cases_number;
CREATE OR REPLACE FUNCTION probity_case_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) IN (
    ('open', 'in_review'), ('in_review', 'open'), ('in_review', 'decided'),
    ('decided', 'in_review'), ('open', 'merged'), ('in_review', 'merged')
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a case cannot go from % to %', OLD.state, NEW.state
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_moves BEFORE UPDATE ON cases_case FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION probity_case_moves();
CREATE OR REPLACE FUNCTION probity_case_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a case begins open' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_begins_open BEFORE INSERT ON cases_case FOR EACH ROW
  WHEN (NEW.state <> 'open') EXECUTE FUNCTION probity_case_begins_open();
"""
BACK = """
DROP TRIGGER IF EXISTS case_moves ON cases_case;
DROP TRIGGER IF EXISTS case_begins_open ON cases_case;
DROP SEQUENCE IF EXISTS cases_number;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RunSQL(MOVES, BACK),
        fixed_columns(
            "cases_clock", "id", "case_id", "rule", "duty", "title", "provisional",
            "started_at", "warn_at", "due_at", "service", "pausable",
        ),
        append_only("cases_priority_weights"),
        append_only("cases_change"),
    ]  # fmt: skip
