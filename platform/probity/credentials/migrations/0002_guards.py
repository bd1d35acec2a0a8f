from django.db import migrations

from probity.core.moves import moves_guard, once_set
from probity.credentials.models import STEP_MOVES


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]
    operations = [
        moves_guard("credentials_check", STEP_MOVES, column="step", beginnings=False),
        moves_guard("credentials_work", STEP_MOVES, column="step", beginnings=False),
        once_set("credentials_work", "withdrawn_at"),
        once_set("credentials_identity", "revoked_at"),
    ]
