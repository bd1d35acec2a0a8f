from django.db import migrations

from probity.core.moves import once_set


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]
    operations = [
        once_set("parties_sender_binding", "ended_at"),
        once_set("parties_uploader", "erased_at"),
    ]
