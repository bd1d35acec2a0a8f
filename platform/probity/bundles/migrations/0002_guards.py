from django.db import migrations

from probity.bundles.models import EXPORT_MOVES
from probity.core.moves import moves_guard, once_set


class Migration(migrations.Migration):
    dependencies = [("bundles", "0001_initial")]
    operations = [
        moves_guard("bundles_export", EXPORT_MOVES, beginnings=False),
        once_set("bundles_export", "destroyed_at"),
        once_set("bundles_counsel_link", "revoked_at"),
    ]
