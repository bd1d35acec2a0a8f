"""Findings are append-only, but what they read from a file goes with the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from probity.analysis.forgetting import ERASED, WORDS, findings_forget
from probity.analysis.models import Assessment, Finding, Job, Run
from probity.analysis.selectors import run_erased
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.roles import application_role_grant
from probity.keeping.forgetting import asset_forget

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]


def analysed(case: Case) -> Finding:
    asset = case.items.get().asset
    job = Job.objects.create(kind="analyse", asset=asset, case=case.pk, created_at=now())
    run = Run.objects.create(
        asset=asset, job=job, case=case.pk, attempt=1, worker="test", started_at=now(), state="done"
    )
    Assessment.objects.create(
        run=run, asset=asset, status="ok", sentence="Nothing speaks for synthesis.",
        indications=[{"says": "Made by Ada Lovelace."}], made_at=now(),
    )  # fmt: skip
    return Finding.objects.create(
        run=run, asset=asset, kind="provenance", producer="metadata", title="Metadata",
        version="1", status="ok", sentence="The author is Ada Lovelace.", score=0.5,
        details={"artist": "Ada Lovelace"}, input_sha256=asset.pk, duration_ms=1.0, made_at=now(),
    )  # fmt: skip


def test_what_was_read_from_a_file_goes_with_it(
    made: Made, words_left: Callable[[Case], set[str]]
) -> None:
    case = made(words="Nobody is named here.")
    finding = analysed(case)
    asset_forget(asset=case.items.get().asset, case=case, actor="system", why="test")
    finding.refresh_from_db()
    assert (finding.details, finding.sentence) == (ERASED, WORDS)
    assert (finding.score, finding.producer) == (0.5, "metadata")
    assert run_erased(finding.run)
    assert not {name for name in words_left(case) if name.startswith("analysis")}
    assert findings_forget(finding.asset_id) == 0


def test_nothing_is_blanked_while_the_file_exists(made: Made) -> None:
    finding = analysed(made())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        findings_forget(finding.asset_id)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(sentence=WORDS, details=ERASED)


@pytest.mark.parametrize("change", [{"score": 0.9}, {"sentence": "Other."}, {"details": {}}])
def test_nothing_else_changes_even_then(made: Made, change: dict[str, object]) -> None:
    case = made()
    finding = analysed(case)
    asset_forget(asset=case.items.get().asset, case=case, actor="system", why="test")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**change)


def test_the_application_may_call_it_and_still_not_write_itself(made: Made) -> None:
    case = made()
    finding = analysed(case)
    application_role_grant(role="probity_app")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE probity_app")
        asset_forget(asset=case.items.get().asset, case=case, actor="system", why="test")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Finding.objects.filter(pk=finding.pk).update(sentence=WORDS)
        cursor.execute("RESET ROLE")
    finding.refresh_from_db()
    assert finding.details == ERASED
