from django.db import migrations

from probity.core.append_only import append_only, fixed_columns
from probity.decisions.guards import approval_guard, measure_guard, standing_guard


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial")]
    operations = [
        append_only("decisions_fact_answer"),
        append_only("decisions_pack_version"),
        append_only("decisions_pack_approval"),
        append_only("decisions_evaluation"),
        append_only("decisions_decision"),
        append_only("decisions_approval"),
        append_only("decisions_measure_outcome"),
        append_only("decisions_second_person_rule"),
        append_only("decisions_statement"),
        fixed_columns("decisions_measure", "id", "decision_id", "action", "scope", "days"),
        standing_guard(),
        approval_guard(),
        measure_guard(),
    ]
