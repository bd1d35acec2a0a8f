"""What is decided can be found by its words."""

from __future__ import annotations

from django.db import migrations

from probity.decisions.found import APPROVAL, REASON, STATEMENT
from probity.search.keeping import kept_current


class Migration(migrations.Migration):
    dependencies = [("decisions", "0002_guards"), ("search", "0002_keeping")]

    operations = [kept_current(source) for source in (REASON, STATEMENT, APPROVAL)]
