from django.db import migrations

from probity.core.append_only import fixed_columns


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial")]
    operations = [
        fixed_columns(
            "alerts_alert", "id", "watch_list_id", "key", "level", "found", "sure", "to_do",
            "withheld", "case", "asset", "raised_at",
        ),
    ]  # fmt: skip
