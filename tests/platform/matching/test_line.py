"""Known copies in the work: the same file joins, a copy is found and explained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageOps

from probity.analysis.models import Finding, Job
from probity.audit.models import AuditEvent
from probity.cases.models import Case
from probity.matching.models import ClusterMember, Match, Signal

pytestmark = pytest.mark.django_db
Send = Callable[..., dict[str, Any]]


def test_the_same_file_joins_its_case(
    send: Send, look: Callable[[], int], draw: Any, jpeg: Any
) -> None:
    data = jpeg(draw(1))
    first = send(data, places="DE")
    look()
    second = send(data, places="US-CA")
    assert second["case"] == first["case"]
    case = Case.objects.get()
    assert case.reports.count() == 2
    assert case.items.count() == 1
    assert set(case.places) == {"DE", "US-CA"}
    assert Job.objects.count() == 1
    assert AuditEvent.objects.filter(name="report.joined").count() == 1


def test_another_complaint_about_the_same_file_is_another_case(
    send: Send, draw: Any, jpeg: Any
) -> None:
    data = jpeg(draw(2))
    send(data)
    send(data, category="defamation")
    assert Case.objects.count() == 2


def test_a_report_that_names_the_hash_only_joins_too(
    send: Send, client_for: Callable[..., Any], draw: Any, jpeg: Any
) -> None:
    first = send(jpeg(draw(3)))
    sha256 = Case.objects.get(pk=first["case"]).items.get().asset_id
    body = {"category": "election", "explanation": "This one again.", "sha256": sha256}
    answer = client_for("eve", "administrator").post("/api/v1/reports", body, format="json")
    assert answer.json()["case"] == first["case"]


def test_a_copy_is_found_with_its_turn_and_its_reason(
    send: Send, look: Callable[[], int], work: Callable[[], int], draw: Any, jpeg: Any
) -> None:
    picture: Image.Image = draw(4)
    send(jpeg(picture))
    send(jpeg(draw(5)))
    look()
    copy = send(jpeg(ImageOps.mirror(picture.resize((320, 240))), quality=60))
    work()
    match = Match.objects.get()
    assert (match.signal, match.turn) == ("pdq", 4)
    assert 0 < match.distance <= 20
    assert str(match.case) == copy["case"]
    said = Finding.objects.filter(kind="match", asset=match.asset).get()
    assert "mirrored" in said.sentence
    assert said.details["matches"][0]["known"] == match.known_id
    members = set(ClusterMember.objects.values_list("asset", flat=True))
    assert members == {match.asset_id, match.known_id}
    assert AuditEvent.objects.filter(name="match.found").count() == 1


def test_signals_are_computed_once_an_asset(
    send: Send, look: Callable[[], int], draw: Any, jpeg: Any
) -> None:
    data = jpeg(draw(6))
    send(data)
    look()
    kept = list(Signal.objects.values_list("pk", "kind"))
    send(data, category="defamation")
    assert look() == 1
    assert list(Signal.objects.values_list("pk", "kind")) == kept
    assert sorted(kind for _, kind in kept) == ["md5", "pdq", "sha256"]


def test_a_sealed_file_is_found_by_its_bytes_alone(send: Send, draw: Any, jpeg: Any) -> None:
    send(jpeg(draw(7)), may_show_minor=True)
    assert list(Signal.objects.values_list("kind", flat=True)) == ["sha256"]
