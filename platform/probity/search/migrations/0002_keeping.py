"""Words follow their texts, and a count the reports, in the same transaction."""

from __future__ import annotations

from django.db import migrations

from probity.search.gathering import words_gathered
from probity.search.keeping import kept_current, tally_kept, words_function
from probity.search.of_cases import CASE, ITEM, NOTE, REPORT


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial"), ("cases", "0001_initial")]

    operations = [
        words_function(),
        words_gathered(),
        tally_kept(),
        *(kept_current(source) for source in (CASE, REPORT, ITEM, NOTE)),
    ]
