from django.db import migrations

from probity.core.append_only import append_only, fixed_columns
from probity.core.moves import moves_guard, once_set
from probity.outbox.models import MESSAGE_MOVES

ONLY_EMPTIED = """
CREATE TRIGGER message_only_emptied BEFORE UPDATE ON outbox_message FOR EACH ROW
  WHEN ((NEW.body IS DISTINCT FROM OLD.body AND NEW.body <> '')
     OR (NEW.subject IS DISTINCT FROM OLD.subject AND NEW.subject <> '')
     OR (NEW.recipient IS DISTINCT FROM OLD.recipient AND NEW.recipient <> '')
     OR (NEW.headers IS DISTINCT FROM OLD.headers AND NEW.headers <> '{}'::jsonb))
  EXECUTE FUNCTION probity_refuse_change();
"""
BACK = "DROP TRIGGER IF EXISTS message_only_emptied ON outbox_message;"


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [
        append_only("outbox_attempt"),
        fixed_columns(
            "outbox_message", "id", "channel", "kind", "endpoint_id", "sender", "sha256", "about",
            "key", "chain", "queued_at",
        ),
        migrations.RunSQL(ONLY_EMPTIED, BACK),
        moves_guard("outbox_message", MESSAGE_MOVES),
        once_set("outbox_message", "forgotten_at"),
    ]  # fmt: skip
