"""A legal hold beats everything: in the services, and in the database itself."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from probity.accounts.actors import Actor, person_actor
from probity.audit.models import AuditEvent
from probity.audit.selectors import chain_verify
from probity.audit.services import case_chain
from probity.bundles.building import bundle_write
from probity.bundles.services import export_destroy
from probity.cases.models import Case, ReporterContact
from probity.cases.services import report_erase
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.evidence.models import Asset, SealCause
from probity.evidence.seals import asset_seal
from probity.evidence.services import asset_destroy
from probity.keeping.errors import UnderHold
from probity.keeping.holds import hold_place, hold_release, holds_sweep
from probity.keeping.models import LegalHold

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]
SAID = {"kind": "court_order", "reason": "Ordered in Doe v. Roe.", "reference": "HC-2026-17"}

DESTROYING = (
    "UPDATE evidence_asset SET destroyed_at = now()",
    "UPDATE evidence_derivative SET destroyed_at = now()",
    "DELETE FROM cases_reporter_contact",
    "UPDATE cases_reporter_contact SET email = ''",
    "UPDATE cases_report SET explanation = ''",
    "UPDATE cases_report SET url = ''",
    "UPDATE cases_report SET salts = '{}'",
    "DELETE FROM cases_evidence_item",
    "UPDATE bundles_export SET destroyed_at = now()",
)


def destroyed_by_hand(statement: str) -> bool:
    refused = ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except IntegrityError as error:
        refused = str(error)
    assert not refused or "legal hold" in refused
    return not refused


@pytest.mark.parametrize("statement", DESTROYING)
def test_the_database_refuses_even_its_owner(made: Made, legal: Actor, statement: str) -> None:
    case = made()
    assert destroyed_by_hand(statement)
    hold = hold_place(case=case, actor=legal, **SAID)
    assert not destroyed_by_hand(statement)
    hold_release(hold=hold, reason="Withdrawn.", actor=legal)
    assert destroyed_by_hand(statement)


def test_a_hold_on_one_file_keeps_it_in_every_case_and_nothing_else(
    made: Made, legal: Actor
) -> None:
    one, two = made(data=b"the same bytes"), made(data=b"the same bytes")
    asset = one.items.get().asset
    hold_place(case=one, asset=asset, actor=legal, **SAID)
    with pytest.raises(UnderHold):
        asset_destroy(asset=asset, actor="system", case=two.pk, why="test")
    report_erase(report=one.reports.get(), actor="system")
    assert not ReporterContact.objects.filter(report__case=one).exists()


def test_every_service_that_destroys_refuses_with_a_sentence(made: Made, legal: Actor) -> None:
    case = made()
    hold_place(case=case, actor=legal, **SAID)
    asset, export = case.items.get().asset, case.exports.get()
    for act in (
        lambda: asset_destroy(asset=asset, actor="system", case=case.pk, why="test"),
        lambda: report_erase(report=case.reports.get(), actor="system"),
        lambda: export_destroy(export=export, actor="system", why="test"),
    ):
        with pytest.raises(UnderHold, match="legal hold keeps this"):
            act()
    asset.refresh_from_db()
    assert asset.destroyed_at is None


def test_several_holds_stand_until_the_last_is_released(made: Made, legal: Actor) -> None:
    case = made()
    first = hold_place(case=case, actor=legal, **SAID)
    second = hold_place(case=case, actor=legal, **SAID | {"kind": "preservation"})
    hold_release(hold=first, reason="Settled.", actor=legal)
    assert not destroyed_by_hand(DESTROYING[0])
    hold_release(hold=second, reason="Not renewed.", actor=legal)
    assert destroyed_by_hand(DESTROYING[0])
    with pytest.raises(Conflict, match="ended already"):
        hold_release(hold=first, reason="Again.", actor=legal)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.filter(pk=first.pk).update(released_at=None, release_reason="")


def test_a_hold_is_on_the_record_without_its_words(made: Made, legal: Actor) -> None:
    case = made()
    hold = hold_place(case=case, actor=legal, **SAID)
    hold_release(hold=hold, reason="Settled with Doe.", actor=legal)
    trail = json.dumps(list(AuditEvent.objects.values_list("payload", "actor")), default=str)
    for word in ("Doe", "HC-2026-17"):
        assert word not in trail
    names = list(
        AuditEvent.objects.filter(chain=case_chain(case.pk)).values_list("name", flat=True)
    )
    assert names[-2:] == ["hold.placed", "hold.released"]
    actions = case.items.get().asset.custody.order_by("at").values_list("action", flat=True)
    assert list(actions)[-2:] == ["held", "hold_released"]
    assert chain_verify(case_chain(case.pk)).intact


def test_a_hold_with_an_end_is_ended_by_the_sweep(made: Made, legal: Actor, freezer: Any) -> None:
    case = made()
    hold = hold_place(case=case, actor=legal, until=now() + timedelta(days=90), **SAID)
    assert holds_sweep() == 0
    freezer(days=91)
    assert not destroyed_by_hand(DESTROYING[0]), "only a written end opens the way"
    assert holds_sweep() == 1
    assert holds_sweep() == 0
    hold.refresh_from_db()
    assert hold.released_by is None
    assert destroyed_by_hand(DESTROYING[0])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "whim"}, "kind"),
        ({"reason": "  "}, "reason"),
        ({"reference": ""}, "reference"),
        ({"reason": "x" * 1001}, "reason"),
        ({"until": "past"}, "until"),
    ],
)
def test_what_is_wrong_is_said(
    made: Made, legal: Actor, change: dict[str, Any], field: str
) -> None:
    said = SAID | change
    if "until" in said:
        said["until"] = now() - timedelta(minutes=1)
    with pytest.raises(InvalidInput) as wrong:
        hold_place(case=made(), actor=legal, **said)
    assert set(wrong.value.fields) == {field}
    assert not LegalHold.objects.exists()


def test_who_may_and_what_is_too_late(made: Made, legal: Actor, person: Callable[..., Any]) -> None:
    case = made()
    with pytest.raises(NotAllowed):
        hold_place(case=case, actor=person_actor(person("rev", "reviewer")), **SAID)
    asset = case.items.get().asset
    asset_destroy(asset=asset, actor="system", case=case.pk, why="test")
    with pytest.raises(Conflict, match="destroyed before"):
        hold_place(case=case, asset=asset, actor=legal, **SAID)


def test_sealing_is_never_held_up(made: Made, legal: Actor) -> None:
    case = made()
    asset = case.items.get().asset
    hold_place(case=case, actor=legal, **SAID)
    asset_seal(
        asset=asset, cause=SealCause.PERSON, actor="system", case=case.pk, why="may show a minor",
    )  # fmt: skip
    asset.refresh_from_db()
    assert asset.sealed
    assert not Asset.objects.exclude(destroyed_at=None).exists()


def test_a_bundle_tells_of_holds_and_withholds_why(
    made: Made, legal: Actor, tmp_path: Path
) -> None:
    case = made()
    asset_seal(
        asset=case.items.get().asset, cause=SealCause.PERSON, actor="system", case=case.pk,
        why="not decoded here",
    )  # fmt: skip
    hold_place(case=case, actor=legal, **SAID)
    export = case.exports.get()
    bundle_write(export, target=tmp_path / "court.zip")
    export.profile, export.why = "full", "Ordered."
    bundle_write(export, target=tmp_path / "full.zip")
    court, full = (_holds(tmp_path / name) for name in ("court.zip", "full.zip"))
    assert court["kind"] == "court_order"
    assert court["withheld"] is True
    assert "reason" not in court
    assert (full["reason"], full["reference"]) == (SAID["reason"], SAID["reference"])


def _holds(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("data/holds.json"))
        rows: list[dict[str, Any]] = json.loads(archive.read(name))
    return rows[0]
