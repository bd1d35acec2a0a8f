from django.db import migrations

from probity.analysis.forgetting import BACK, FORGET
from probity.core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("analysis", "0001_initial")]
    operations = [
        append_only("analysis_finding"),
        append_only("analysis_finding_picture"),
        append_only("analysis_assessment"),
        migrations.RunSQL(FORGET, BACK),
    ]
