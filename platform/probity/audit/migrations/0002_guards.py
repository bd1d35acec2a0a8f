from django.db import migrations

from probity.core.append_only import append_only

FORWARD = """
CREATE OR REPLACE FUNCTION probity_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.name = OLD.name AND NEW.events = OLD.events + 1 THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a chain''s head only moves one event forward'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER head_forward BEFORE UPDATE OR DELETE ON audit_chain
  FOR EACH ROW EXECUTE FUNCTION probity_head_forward();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON audit_chain
  FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
"""
BACK = """
DROP TRIGGER IF EXISTS head_forward ON audit_chain;
DROP TRIGGER IF EXISTS append_only_table ON audit_chain;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        append_only("audit_event"),
        append_only("audit_leaf"),
        append_only("audit_node"),
        append_only("audit_checkpoint"),
        append_only("audit_stamp"),
        migrations.RunSQL(FORWARD, BACK),
    ]
