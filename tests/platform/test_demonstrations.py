"""Demonstration cases: received like any other, marked, idempotent, removable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from probity.analysis.demonstration import MAKERS
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.cases.claims import next_case_claim
from probity.cases.models import Case
from probity.core.launch import demo
from probity.core.launch.errors import LaunchRefused
from probity.evidence.models import Asset
from probity.workflow.demonstrations import SHOWN

pytestmark = pytest.mark.django_db
FEW = ("tampered-picture", "generator-metadata")
"""The first is analysed, the second only waits."""
HTTP_NOT_FOUND = 404


def add(*names: str) -> None:
    only = [part for name in names for part in ("--only", name)]
    call_command("demonstration", *only)


@pytest.fixture
def added(settings: Any, tmp_path: Path) -> list[Case]:
    """Two demonstrations that wait for a worker."""
    settings.WATERMARK_KEY = tmp_path / "watermark.key"
    add(*FEW)
    return list(Case.objects.order_by("number"))


def test_every_piece_is_reported_once_and_says_what_it_is() -> None:
    assert [shown.name for shown in SHOWN] == list(dict.fromkeys(shown.name for shown in SHOWN))
    assert {shown.name for shown in SHOWN} == set(MAKERS)
    assert len(SHOWN) >= 12


def test_cases_are_marked_in_data_and_on_every_page(
    added: list[Case], person: Callable[..., Any], client_for: Callable[..., Any], client: Client
) -> None:
    assert sorted(case.demonstration for case in added) == sorted(FEW)
    client.force_login(person("rea", "lead"))
    page = client.get(f"/triage/{added[0].pk}").content.decode()
    assert '<span class="demonstration"' in page
    queue = client.get("/triage").content.decode()
    assert queue.count(">Demonstration</span>") == len(FEW)
    assert "why-line" not in queue, "said once a row"
    api = client_for("ada", "administrator")
    shown = api.get(f"/api/v1/cases/{added[0].pk}").json()
    assert shown["demonstration"] == added[0].demonstration
    assert all("nothing here is real" in case.reports.get().explanation for case in added)


def test_the_assessment_is_kept_with_what_is_in_doubt_and_why(
    settings: Any,
    tmp_path: Path,
    work: Callable[[], int],
    client_for: Callable[..., Any],
    person: Callable[..., Any],
    client: Client,
) -> None:
    settings.WATERMARK_KEY = tmp_path / "watermark.key"
    add("tampered-picture")
    assert work() == 1
    tampered = Case.objects.get()
    said = client_for("ada", "administrator").get(f"/api/v1/cases/{tampered.pk}").json()
    assessment = said["assessment"]
    assert (assessment["in_doubt"], assessment["llr"]) == ("file", None)
    assert [(one["source"], one["speaks"]) for one in assessment["indications"]] == [
        ("credentials", "against")
    ]
    client.force_login(person("rea", "lead"))
    page = client.get(f"/triage/{tampered.pk}").content.decode()
    assert "In doubt: the file as a whole" in page
    assert "Speaks against its being what was recorded" in page
    kinds = ("Origin and context", "Pixels, samples and encoding", "Light, bodies and rooms")
    assert [page.count(f">{words}</h3>") for words in kinds] == [1, 1, 1]


def test_adding_again_adds_nothing(added: list[Case], capsys: pytest.CaptureFixture[str]) -> None:
    add(*FEW)
    assert Case.objects.count() == len(added)
    assert "here already" in capsys.readouterr().out


def test_a_real_case_is_handed_out_before_a_demonstration(
    added: list[Case], person: Callable[..., Any]
) -> None:
    from probity.accounts.actors import person_actor

    body = {"category": "other", "explanation": "Look.", "url": "https://example.org/1"}
    assert Client().post("/report", body).status_code == 302
    reviewer = person_actor(person("rea", "reviewer"))
    first = next_case_claim(actor=reviewer)
    assert first is not None
    assert first.case.demonstration == ""


def test_removing_takes_media_and_cases_away_and_leaves_whole_logs(
    added: list[Case],
    person: Callable[..., Any],
    client: Client,
    stored_files: Callable[[], list[Path]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        call_command("demonstration", "--remove")
    client.force_login(person("rea", "lead"))
    assert client.get(f"/triage/{added[0].pk}").status_code == HTTP_NOT_FOUND
    assert added[0].label not in client.get("/triage").content.decode()
    kept = {path.name for path in stored_files()}
    assert not kept & set(Asset.objects.values_list("pk", flat=True))
    assert all(chain_verify(case_chain(case.pk)).intact for case in added)
    assert {case.reports.get().explanation for case in added} == {""}
    add(FEW[0])
    again = Case.objects.get(demonstration=FEW[0], removed_at=None)
    assert again.pk not in {case.pk for case in added}
    assert again.items.get().asset_id not in {row.items.get().asset_id for row in added}


def test_an_unknown_piece_is_refused_with_the_choice() -> None:
    with pytest.raises(CommandError, match="signed-picture"):
        add("moon-landing")


def test_without_a_running_probity_the_way_to_start_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path / "home"))
    with pytest.raises(LaunchRefused, match="make up"):
        demo.demo(remove=False)
