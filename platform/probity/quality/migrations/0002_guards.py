from django.db import migrations

from probity.core.append_only import append_only, fixed_columns
from probity.quality.guards import answered_once, blind


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("decisions", "0001_initial")]
    operations = [
        append_only("quality_rate"),
        append_only("quality_ruling"),
        fixed_columns(
            "quality_golden", "id", "source_id", "decision_id", "actions", "facts", "why",
            "person_id", "at",
        ),
        fixed_columns(
            "quality_trial", "id", "kind", "case_id", "source_id", "source_decision_id",
            "decider_id", "golden_id", "rate_id", "draw", "reports", "made_at",
        ),
        blind(),
        answered_once(),
    ]  # fmt: skip
