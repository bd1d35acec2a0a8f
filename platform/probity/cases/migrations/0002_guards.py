from django.db import migrations

from probity.cases.models import CASE_MOVES
from probity.core.append_only import append_only, fixed_columns
from probity.core.moves import moves_guard, once_set

NUMBERS = """
CREATE SEQUENCE cases_number;
"""
BACK = """
DROP SEQUENCE IF EXISTS cases_number;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RunSQL(NUMBERS, BACK),
        moves_guard("cases_case", CASE_MOVES),
        once_set("cases_claim", "ended_at"),
        once_set("cases_handover", "ended_at"),
        once_set("cases_clock", "warned_at", "breached_at", "ended_at"),
        once_set("cases_report", "request_confirmed_at"),
        fixed_columns(
            "cases_clock", "id", "case_id", "rule", "duty", "title", "provisional",
            "started_at", "warn_at", "due_at", "service", "pausable",
        ),
        append_only("cases_priority_weights"),
        append_only("cases_change"),
    ]  # fmt: skip
