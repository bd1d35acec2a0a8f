from django.db import migrations

from probity.core.append_only import append_only, fixed_columns


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [
        append_only("evidence_custody"),
        append_only("evidence_fixity"),
        fixed_columns("evidence_asset", "sha256", "bytes", "probe", "received_at"),
        fixed_columns("evidence_derivative", "asset_id", "name", "sha256", "producer", "made_at"),
        migrations.RunSQL(
            """
            CREATE OR REPLACE FUNCTION probity_stay_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
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
            DROP TRIGGER IF EXISTS stay_destroyed ON evidence_derivative;
            """,
        ),
    ]
