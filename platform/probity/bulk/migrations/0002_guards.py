from django.db import migrations

from probity.bulk.models import ITEM_MOVES, RUN_MOVES
from probity.core.moves import moves_guard, once_set


class Migration(migrations.Migration):
    dependencies = [("bulk", "0001_initial")]
    operations = [
        moves_guard("bulk_run", RUN_MOVES),
        moves_guard("bulk_item", ITEM_MOVES),
        once_set("bulk_run", "forgotten_at"),
    ]
