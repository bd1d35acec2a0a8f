from django.db import migrations

from probity.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial")]
    operations = [
        append_only("decisions_fact_answer"),
        append_only("decisions_pack_version"),
        append_only("decisions_pack_approval"),
        append_only("decisions_evaluation"),
        append_only("decisions_decision"),
        append_only("decisions_statement"),
    ]
