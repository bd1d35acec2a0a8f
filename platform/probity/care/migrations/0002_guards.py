from django.db import migrations

from probity.core.moves import once_set


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial")]
    operations = [
        once_set("care_break", "ended_at"),
    ]
