"""Made-up cases: as many as asked for, the same for a seed, never beside real ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from probity.cases.models import Case, CaseState, Report
from probity.cases.queues import queue_general
from probity.core.clock import now
from probity.decisions.models import Decision, Standing
from probity.search.models import Tally
from probity.search.selectors import cases_found

pytestmark = pytest.mark.django_db


def load(**options: Any) -> None:
    call_command("synthetic_load", cases=60, undecided=0.25, into_empty=True, **options)


def test_as_many_as_asked_for_and_found_by_words(capsys: pytest.CaptureFixture[str]) -> None:
    load(seed=7)
    assert Case.objects.count() == 60
    assert Case.objects.filter(state=CaseState.OPEN).count() == 15
    assert Decision.objects.count() == Standing.objects.filter(state="effective").count() == 45
    assert sum(Tally.objects.values_list("reports", flat=True)) == Report.objects.count()
    assert cases_found(query="nothing real", person=None).count() == 60
    assert "cases_case: 60" in capsys.readouterr().out


def test_the_guards_stand_again(capsys: pytest.CaptureFixture[str]) -> None:
    load()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone()[0] == 0
    assert capsys.readouterr().out


def test_never_beside_a_real_case_nor_unasked() -> None:
    with pytest.raises(CommandError, match="--into-empty"):
        call_command("synthetic_load", cases=1)
    Case.objects.create(number=1, category="other", opened_at=now(), queue=queue_general())
    with pytest.raises(CommandError, match="holds cases"):
        load()
    assert Case.objects.count() == 1
