"""Made-up cases: as many as asked for, the same for a seed, never beside real ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from probity.analysis.models import Assessment, Finding, Job, Run
from probity.analysis.selectors import assessment_of, findings_of, progress_of
from probity.cases.models import Case, CaseState, EvidenceItem, Report
from probity.cases.queues import queue_general
from probity.core.clock import now
from probity.decisions.models import Decision, Standing
from probity.search.keeping import words_rebuild
from probity.search.models import Piece, Tally
from probity.search.selectors import cases_found
from probity.web.triage.findings_page import findings_page

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


def standing() -> list[tuple[str, str]]:
    """Every index, key and trigger of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, tablename FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " UNION ALL SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
        )
        return sorted(cursor.fetchall())


def pieces() -> list[tuple[object, ...]]:
    """Everything that the search knows."""
    names = ("kind", "source", "case", "words")
    return list(Piece.objects.order_by("kind", "source").values_list(*names))


def test_copies_make_up_the_number_and_leave_the_tables_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("probity.workflow.synthetic.ORIGINALS", 16)
    before = standing()
    load(seed=3)
    assert standing() == before
    assert Case.objects.count() == Case.objects.values("number").distinct().count() == 60
    assert Decision.objects.count() == Case.objects.filter(state=CaseState.DECIDED).count() == 44
    assert Report.objects.values("case").distinct().count() == 60
    assert sum(Tally.objects.values_list("reports", flat=True)) == Report.objects.count()
    assert cases_found(query="nothing real", person=None).count() == 60
    assert Case.objects.filter(opened_at__gt=now()).count() == 0
    found = pieces()
    words_rebuild()
    assert pieces() == found
    files = list(EvidenceItem.objects.select_related("asset"))
    assert 10 < len(files) == len({item.asset_id for item in files})
    assert len(files) == Job.objects.count() == Run.objects.count() == Assessment.objects.count()
    for item in files:
        rows = findings_of(item.asset)
        assert {row.input_sha256 for row in rows} == {item.asset_id}
        assert progress_of(item.case_id).state == "done"
        assert assessment_of(item.asset)
    assert Finding.objects.count() == len(files) * len(rows)


def test_every_file_was_looked_at_by_the_installed_detectors() -> None:
    load(seed=5)
    item = EvidenceItem.objects.select_related("asset").order_by("id")[0]
    page = findings_page(item.asset, category="other")
    assert 12 <= len(page.findings) == len({row.producer for row in page.findings})
    assert {"digital", "physical", "semantic"} == {group.key for group in page.groups}
    assert all(row.sentence.startswith("Made up") for row in page.findings)
    assert page.together


def test_never_beside_a_real_case_nor_unasked() -> None:
    with pytest.raises(CommandError, match="--into-empty"):
        call_command("synthetic_load", cases=1)
    Case.objects.create(number=1, category="other", opened_at=now(), queue=queue_general())
    with pytest.raises(CommandError, match="holds cases"):
        load()
    assert Case.objects.count() == 1
