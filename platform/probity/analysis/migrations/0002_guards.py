from django.db import migrations

from probity.analysis.forgetting import BACK, FORGET
from probity.analysis.models import JOB_MOVES, RUN_MOVES
from probity.core.append_only import append_only
from probity.core.moves import moves_guard


class Migration(migrations.Migration):
    dependencies = [("analysis", "0001_initial")]
    operations = [
        append_only("analysis_finding"),
        append_only("analysis_finding_picture"),
        append_only("analysis_assessment"),
        migrations.RunSQL(FORGET, BACK),
        moves_guard("analysis_job", JOB_MOVES, beginnings=False),
        moves_guard("analysis_run", RUN_MOVES, beginnings=False),
    ]
