"""Erasing what findings said of a destroyed file: metadata and transcripts may name people.

Findings are append-only, and the application's role may not change them. A function of the
database's owner blanks them, which the trigger lets through only for a file that is destroyed; see
this room's guards. Numbers, versions and hashes stay, and so does the log's digest.
"""

from __future__ import annotations

from django.db import connection

ERASED = {"erased": True}
WORDS = "Erased together with its file."

FORGET = """
CREATE OR REPLACE FUNCTION probity_finding_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - 'details' - 'sentence' = to_jsonb(OLD) - 'details' - 'sentence'
      AND NEW.details = '{"erased": true}'::jsonb
      AND NEW.sentence = 'Erased together with its file.'
      AND EXISTS (SELECT 1 FROM evidence_asset
                   WHERE sha256 = NEW.asset_id AND destroyed_at IS NOT NULL)
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION probity_assessment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - 'indications' = to_jsonb(OLD) - 'indications'
      AND NEW.indications = '[]'::jsonb
      AND EXISTS (SELECT 1 FROM evidence_asset
                   WHERE sha256 = NEW.asset_id AND destroyed_at IS NOT NULL)
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER append_only_row ON analysis_finding;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON analysis_finding
  FOR EACH ROW EXECUTE FUNCTION probity_finding_fixed();
DROP TRIGGER append_only_row ON analysis_assessment;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON analysis_assessment
  FOR EACH ROW EXECUTE FUNCTION probity_assessment_fixed();
CREATE OR REPLACE FUNCTION probity_findings_forget(asset text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  blanked integer;
BEGIN
  UPDATE analysis_finding
     SET details = '{"erased": true}', sentence = 'Erased together with its file.'
   WHERE asset_id = asset AND sentence <> 'Erased together with its file.';
  GET DIAGNOSTICS blanked = ROW_COUNT;
  UPDATE analysis_assessment SET indications = '[]'
   WHERE asset_id = asset AND indications <> '[]'::jsonb;
  RETURN blanked;
END $$;
"""
BACK = """
DROP FUNCTION IF EXISTS probity_findings_forget(text);
DROP TRIGGER IF EXISTS append_only_row ON analysis_finding;
DROP TRIGGER IF EXISTS append_only_row ON analysis_assessment;
DROP FUNCTION IF EXISTS probity_finding_fixed();
DROP FUNCTION IF EXISTS probity_assessment_fixed();
"""


def findings_forget(sha256: str) -> int:
    """Blank what was found in a destroyed file; how many findings it were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT probity_findings_forget(%s)", [sha256])
        return int(cursor.fetchone()[0])
