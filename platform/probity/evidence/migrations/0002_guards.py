from django.db import migrations

from probity.core.append_only import append_only, fixed_columns
from probity.core.moves import moves_guard
from probity.evidence.models import LIFT_MOVES


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [
        append_only("evidence_custody"),
        append_only("evidence_fixity"),
        fixed_columns("evidence_asset", "sha256", "bytes", "received_at"),
        fixed_columns("evidence_seal", "asset_id", '"case"', "at", "actor", "cause", "destroyed"),
        fixed_columns("evidence_seal_lift", "asset_id", '"case"', "person_id", "note", "at"),
        moves_guard("evidence_seal_lift", LIFT_MOVES, column="outcome"),
        fixed_columns("evidence_derivative", "asset_id", "name", "sha256", "producer", "made_at"),
        migrations.RunSQL(
            """
            CREATE TRIGGER probed_once BEFORE UPDATE ON evidence_asset FOR EACH ROW
              WHEN (OLD.probe <> '{}' AND NEW.probe IS DISTINCT FROM OLD.probe)
              EXECUTE FUNCTION probity_refuse_change();
            CREATE TRIGGER stay_lifted BEFORE UPDATE ON evidence_seal FOR EACH ROW
              WHEN (OLD.lifted_at IS NOT NULL AND (NEW.lifted_at IS DISTINCT FROM OLD.lifted_at
                    OR NEW.lifted_by_id IS DISTINCT FROM OLD.lifted_by_id))
              EXECUTE FUNCTION probity_refuse_change();
            CREATE OR REPLACE FUNCTION probity_lifted_by_two() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT EXISTS (SELECT FROM evidence_seal_lift
                              WHERE asset_id = OLD.asset_id AND outcome = 'agreed'
                                AND settled_by_id = NEW.lifted_by_id
                                AND settled_at = NEW.lifted_at) THEN
                RAISE EXCEPTION 'two people lift this seal'
                  USING ERRCODE = 'integrity_constraint_violation';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER lifted_by_two BEFORE UPDATE ON evidence_seal FOR EACH ROW
              WHEN (OLD.cause <> 'tick' AND OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL)
              EXECUTE FUNCTION probity_lifted_by_two();
            CREATE TRIGGER lift_settled BEFORE UPDATE ON evidence_seal_lift FOR EACH ROW
              WHEN (OLD.outcome <> '' AND OLD.outcome = NEW.outcome)
              EXECUTE FUNCTION probity_refuse_change();
            CREATE OR REPLACE FUNCTION probity_stay_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF NEW.sealed_at IS NULL
                 AND EXISTS (SELECT FROM evidence_seal WHERE asset_id = OLD.sha256)
                 AND NOT EXISTS (SELECT FROM evidence_seal
                                  WHERE asset_id = OLD.sha256 AND lifted_at IS NULL) THEN
                RETURN NEW;
              END IF;
              RAISE EXCEPTION 'a sealed asset stays sealed'
                USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER stay_sealed BEFORE UPDATE ON evidence_asset FOR EACH ROW
              WHEN (OLD.sealed_at IS NOT NULL AND NEW.sealed_at IS DISTINCT FROM OLD.sealed_at)
              EXECUTE FUNCTION probity_stay_sealed();
            CREATE OR REPLACE FUNCTION probity_stay_destroyed() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION 'a destroyed derivative stays destroyed'
                USING ERRCODE = 'integrity_constraint_violation';
            END $$;
            CREATE TRIGGER stay_destroyed BEFORE UPDATE ON evidence_derivative FOR EACH ROW
              WHEN (OLD.destroyed_at IS NOT NULL AND NEW.destroyed_at IS DISTINCT FROM OLD.destroyed_at)
              EXECUTE FUNCTION probity_stay_destroyed();
            """,
            """
            DROP TRIGGER IF EXISTS stay_sealed ON evidence_asset;
            DROP TRIGGER IF EXISTS probed_once ON evidence_asset;
            DROP TRIGGER IF EXISTS stay_lifted ON evidence_seal;
            DROP TRIGGER IF EXISTS lifted_by_two ON evidence_seal;
            DROP TRIGGER IF EXISTS lift_settled ON evidence_seal_lift;
            DROP TRIGGER IF EXISTS stay_destroyed ON evidence_derivative;
            """,
        ),
    ]
