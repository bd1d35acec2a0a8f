from django.db import migrations

from probity.core.append_only import append_only, fixed_columns
from probity.core.moves import moves_guard, once_set
from probity.notices.models import ENTRY_MOVES

# What a notice said can be erased, all of it at once; it can never be rewritten.
ONLY_EMPTIED = """
CREATE TRIGGER notice_only_emptied BEFORE UPDATE ON notices_notice FOR EACH ROW
  WHEN ((NEW.subject, NEW.text, NEW.salt, NEW.values) IS DISTINCT FROM
        (OLD.subject, OLD.text, OLD.salt, OLD.values)
    AND (NEW.subject, NEW.text, NEW.salt, NEW.values) IS DISTINCT FROM ('', '', '', '{}'::jsonb))
  EXECUTE FUNCTION probity_refuse_change();
"""
BACK = "DROP TRIGGER IF EXISTS notice_only_emptied ON notices_notice;"

# Once the public database holds a statement, what was sent is what was sent.
STORED_STAYS = """
CREATE TRIGGER transparency_stored_stays BEFORE UPDATE ON notices_transparency_entry FOR EACH ROW
  WHEN (OLD.state IN ('stored', 'existing')) EXECUTE FUNCTION probity_refuse_change();
"""
STORED_BACK = "DROP TRIGGER IF EXISTS transparency_stored_stays ON notices_transparency_entry;"


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [
        append_only("notices_text"),
        append_only("notices_transparency_call"),
        append_only("notices_public_facts"),
        fixed_columns(
            "notices_notice", "id", "case_id", "kind", "to", "report_id", "uploader_id",
            "decision_id", "language", "wording_id", "digest", "way", "why", "message_id",
            "after_id", "key", "at",
        ),
        fixed_columns(
            "notices_hold", "id", "case_id", "to", "ground", "reason", "reference", "placed_by_id",
            "placed_at", "until",
        ),
        fixed_columns(
            "notices_transparency_entry", "id", "decision_id", "puid", "begun_at",
        ),
        migrations.RunSQL(ONLY_EMPTIED, BACK),
        moves_guard("notices_transparency_entry", ENTRY_MOVES),
        once_set("notices_notice", "forgotten_at"),
        once_set("notices_hold", "ended_at"),
        migrations.RunSQL(STORED_STAYS, STORED_BACK),
    ]  # fmt: skip
