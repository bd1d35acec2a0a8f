from django.db import migrations

from probity.accounts.models import RESET_MOVES
from probity.core.moves import moves_guard, once_set


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        moves_guard("accounts_factor_reset", RESET_MOVES, column="outcome", beginnings=False),
        once_set("accounts_token", "revoked_at"),
        once_set("accounts_grant", "ended_at", "noticed_at"),
        once_set("accounts_session", "ended_at"),
    ]
