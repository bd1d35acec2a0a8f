from django.db import migrations

from probity.core.append_only import append_only, fixed_columns
from probity.core.moves import moves_guard
from probity.keeping.models import ERASURE_MOVES, NOTE_MOVES

# An open hold refuses destruction whoever asks, the application and its owner alike. Sealing still
# destroys previews: the original they were made from stays.
HELD = """
CREATE OR REPLACE FUNCTION probity_case_held(held uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM keeping_hold WHERE released_at IS NULL AND case_id = held)
$$;
CREATE OR REPLACE FUNCTION probity_asset_held(held text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM keeping_hold h WHERE h.released_at IS NULL AND (h.asset_id = held
    OR h.case_id IN (SELECT i.case_id FROM cases_evidence_item i WHERE i.asset_id = held)))
$$;
CREATE OR REPLACE FUNCTION probity_refuse_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held boolean;
BEGIN
  held := CASE TG_TABLE_NAME
    WHEN 'evidence_asset' THEN probity_asset_held(to_jsonb(OLD) ->> 'sha256')
    WHEN 'evidence_derivative' THEN probity_asset_held(to_jsonb(OLD) ->> 'asset_id')
      AND EXISTS (SELECT 1 FROM evidence_asset a
                   WHERE a.sha256 = to_jsonb(OLD) ->> 'asset_id' AND a.sealed_at IS NULL)
    WHEN 'cases_reporter_contact' THEN probity_case_held(
      (SELECT r.case_id FROM cases_report r WHERE r.id = (to_jsonb(OLD) ->> 'report_id')::uuid))
    WHEN 'outbox_message' THEN probity_case_held((SELECT r.case_id FROM cases_report r
      WHERE 'report:' || r.id = to_jsonb(OLD) ->> 'about'))
    ELSE probity_case_held((to_jsonb(OLD) ->> 'case_id')::uuid)
  END;
  IF held THEN
    RAISE EXCEPTION 'a legal hold forbids it: % is kept', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER held_asset BEFORE UPDATE OF destroyed_at ON evidence_asset FOR EACH ROW
  WHEN (OLD.destroyed_at IS NULL AND NEW.destroyed_at IS NOT NULL)
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_derivative BEFORE UPDATE OF destroyed_at ON evidence_derivative FOR EACH ROW
  WHEN (OLD.destroyed_at IS NULL AND NEW.destroyed_at IS NOT NULL)
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_contact BEFORE UPDATE OR DELETE ON cases_reporter_contact FOR EACH ROW
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_report BEFORE UPDATE ON cases_report FOR EACH ROW
  WHEN (OLD.explanation IS DISTINCT FROM NEW.explanation OR OLD.url IS DISTINCT FROM NEW.url
    OR OLD.salts IS DISTINCT FROM NEW.salts OR OLD.case_id IS DISTINCT FROM NEW.case_id)
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_report_gone BEFORE DELETE ON cases_report FOR EACH ROW
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_item BEFORE UPDATE OF case_id, asset_id ON cases_evidence_item FOR EACH ROW
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_item_gone BEFORE DELETE ON cases_evidence_item FOR EACH ROW
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_bundle BEFORE UPDATE OF destroyed_at ON bundles_export FOR EACH ROW
  WHEN (OLD.destroyed_at IS NULL AND NEW.destroyed_at IS NOT NULL)
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_message BEFORE UPDATE OF forgotten_at ON outbox_message FOR EACH ROW
  WHEN (OLD.forgotten_at IS NULL AND NEW.forgotten_at IS NOT NULL AND OLD.about LIKE 'report:%')
  EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_note BEFORE UPDATE OF text ON cases_work_note FOR EACH ROW
  WHEN (OLD.text IS DISTINCT FROM NEW.text) EXECUTE FUNCTION probity_refuse_held();
CREATE TRIGGER held_note_gone BEFORE DELETE ON cases_work_note FOR EACH ROW
  EXECUTE FUNCTION probity_refuse_held();
CREATE OR REPLACE FUNCTION probity_stay_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a released hold stays released: place another'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER stay_released BEFORE UPDATE ON keeping_hold FOR EACH ROW
  WHEN (OLD.released_at IS NOT NULL) EXECUTE FUNCTION probity_stay_released();
"""
BACK = """
DROP TRIGGER IF EXISTS held_asset ON evidence_asset;
DROP TRIGGER IF EXISTS held_derivative ON evidence_derivative;
DROP TRIGGER IF EXISTS held_contact ON cases_reporter_contact;
DROP TRIGGER IF EXISTS held_report ON cases_report;
DROP TRIGGER IF EXISTS held_report_gone ON cases_report;
DROP TRIGGER IF EXISTS held_item ON cases_evidence_item;
DROP TRIGGER IF EXISTS held_item_gone ON cases_evidence_item;
DROP TRIGGER IF EXISTS held_bundle ON bundles_export;
DROP TRIGGER IF EXISTS held_message ON outbox_message;
DROP TRIGGER IF EXISTS held_note ON cases_work_note;
DROP TRIGGER IF EXISTS held_note_gone ON cases_work_note;
DROP TRIGGER IF EXISTS stay_released ON keeping_hold;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("keeping", "0001_initial"),
        ("bundles", "0001_initial"),
        ("cases", "0002_guards"),
        ("evidence", "0002_guards"),
        ("outbox", "0002_guards"),
    ]
    operations = [
        append_only("keeping_schedule"),
        append_only("keeping_cleared"),
        fixed_columns(
            "keeping_hold", "id", "case_id", "asset_id", "placed_in_id", "kind", "placed_by_id", "placed_at",
            "until",
        ),
        fixed_columns(
            "keeping_erasure", "id", "case_id", "report_id", "requester", "asked_at",
            "receipt_digest", "entered_by_id",
        ),
        migrations.RunSQL(HELD, BACK),
        moves_guard("keeping_erasure", ERASURE_MOVES),
        fixed_columns(
            "keeping_note_review", "id", "note_id", "about", "elsewhere", "asked_at", "due_at",
        ),
        moves_guard("keeping_note_review", NOTE_MOVES, column="answer"),
    ]  # fmt: skip
