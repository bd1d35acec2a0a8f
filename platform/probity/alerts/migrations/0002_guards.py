from django.db import migrations

from probity.core.append_only import fixed_columns

# What an alert says can be erased, all of it at once; it can never be rewritten.
ONLY_EMPTIED = """
CREATE TRIGGER alert_only_emptied BEFORE UPDATE ON alerts_alert FOR EACH ROW
  WHEN ((NEW.found, NEW.sure, NEW.to_do) IS DISTINCT FROM (OLD.found, OLD.sure, OLD.to_do)
    AND (NEW.found, NEW.sure, NEW.to_do) IS DISTINCT FROM ('', '', ''))
  EXECUTE FUNCTION probity_refuse_change();
"""
BACK = "DROP TRIGGER IF EXISTS alert_only_emptied ON alerts_alert;"


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [
        fixed_columns(
            "alerts_alert", "id", "watch_list_id", "key", "level", "withheld", "case", "asset",
            "raised_at",
        ),
        migrations.RunSQL(ONLY_EMPTIED, BACK),
    ]  # fmt: skip
