"""A seal on an unproved word: told as such, lifted by a person, and its pictures made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from probity.accounts.actors import Actor, person_actor
from probity.analysis.models import Run
from probity.analysis.selectors import progress_of
from probity.cases.models import Case, WorkNote
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.evidence.models import Asset, Seal, SealCause
from probity.parties.models import Sender
from probity.workflow.sealing import evidence_seal, evidence_unseal

pytestmark = pytest.mark.django_db
KNOWN = "It is the candidate's own portrait of 2019."


def views(asset: Asset) -> set[str]:
    """What there is to see of it now."""
    return set(asset.derivatives.filter(destroyed_at=None).values_list("name", flat=True))


def test_a_tick_seals_is_told_and_lifted_and_the_worker_brings_the_pictures_back(
    report: Callable[..., Case], lead: Actor, work: Callable[[], int], committed: Any
) -> None:
    first = report()
    assert work() == 1
    asset = first.items.get().asset
    before = views(asset)
    assert "view" in before
    second = report(category="other", may_show_minor="true")
    asset.refresh_from_db()
    assert (asset.sealed, views(asset), second.pk == first.pk) == (True, set(), False)

    browser = Client()
    assert lead.person is not None
    browser.force_login(lead.person)
    page = browser.get(f"/triage/{first.pk}").content.decode()
    assert "Whoever reported it ticked the box. Nobody has checked that." in page
    assert "The file lies in 2 cases, and is sealed in all of them." in page
    assert f"{len(before)} pictures and clips made from it were destroyed." in page
    fields = {"asset": asset.pk, "reason": KNOWN, "version": Case.objects.get(pk=first.pk).version}
    with committed():
        assert browser.post(f"/triage/{first.pk}/unseal", fields).status_code == 302
    assert work() == 2, "the file was never looked at for the second case"
    told = progress_of(first.pk)
    assert (told.state, told.done) == ("done", Run.objects.filter(case=first.pk).last().planned)
    asset.refresh_from_db()
    assert (asset.sealed, views(asset)) == (False, before)
    assert WorkNote.objects.get(kind="unsealed").text == KNOWN
    page = browser.get(f"/triage/{second.pk}").content.decode()
    assert "was lifted by lena" in page

    third = report(category="election", may_show_minor="true")
    report(category="election", url=third.reports.get().url, file=None, may_show_minor="true")
    asset.refresh_from_db()
    assert (asset.sealed, asset.seals.get().asked_again) == (False, 2)
    page = browser.get(f"/triage/{third.pk}").content.decode()
    assert "Since then 2 more reports said that it may show somebody under 18." in page


def test_a_file_that_came_sealed_is_opened_for_the_first_time(
    report: Callable[..., Case], lead: Actor, work: Callable[[], int], committed: Any
) -> None:
    case = report(may_show_minor="true")
    asset = case.items.get().asset
    assert (asset.probe, work()) == ({}, 0)
    with committed():
        evidence_unseal(case=case, asset=asset, reason=KNOWN, actor=lead)
    assert work() == 1
    asset.refresh_from_db()
    assert (asset.kind, asset.media_type, "view" in views(asset)) == ("image", "image/jpeg", True)


def test_a_tick_without_a_file_seals_what_it_speaks_of(report: Callable[..., Case]) -> None:
    case = report(url="https://host.example/same")
    asset = case.items.get().asset
    report(url="https://host.example/same", file=None, may_show_minor="true")
    asset.refresh_from_db()
    assert asset.sealed
    assert asset.seals.get().cause == SealCause.TICK


def test_the_fingerprint_that_a_report_names_is_sealed(report: Callable[..., Case]) -> None:
    asset = report().items.get().asset
    report(file=None, url=None, sha256=asset.pk, category="other", may_show_minor="true")
    asset.refresh_from_db()
    assert asset.sealed


def test_what_somebody_answers_for_stays_for_good(
    report: Callable[..., Case], lead: Actor, person: Callable[..., Any]
) -> None:
    case = report(may_show_minor="true")
    asset = case.items.get().asset
    rita = person_actor(person("rita", "reviewer"))
    with pytest.raises(NotAllowed):
        evidence_unseal(case=case, asset=asset, reason=KNOWN, actor=rita)
    with pytest.raises(InvalidInput, match="how you know"):
        evidence_unseal(case=case, asset=asset, reason=" ", actor=lead)
    evidence_seal(case=case, asset=asset, actor=rita)
    with pytest.raises(Conflict, match="already sealed"):
        evidence_seal(case=case, asset=asset, actor=rita)
    with pytest.raises(Conflict, match="stays for good"):
        evidence_unseal(case=case, asset=asset, reason=KNOWN, actor=lead)
    asset.refresh_from_db()
    assert asset.sealed


def test_after_lifting_a_person_and_a_trusted_flagger_still_seal(
    report: Callable[..., Case], lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = report(may_show_minor="true")
    asset = case.items.get().asset
    evidence_unseal(case=case, asset=asset, reason=KNOWN, actor=lead)
    with pytest.raises(Conflict, match="not sealed"):
        evidence_unseal(case=case, asset=asset, reason=KNOWN, actor=lead)
    from probity.workflow import report_receive

    assert report_receive._tick_cause(Sender()) == SealCause.SENDER
    evidence_seal(case=case, asset=asset, actor=lead)
    asset.refresh_from_db()
    assert asset.sealed


def test_the_database_keeps_seals(report: Callable[..., Case], lead: Actor) -> None:
    case = report(may_show_minor="true")
    asset, [seal] = case.items.get().asset, Seal.objects.all()
    for statement in (
        "UPDATE evidence_asset SET sealed_at = NULL",
        "UPDATE evidence_seal SET cause = 'person'",
        "UPDATE evidence_seal SET lifted_at = now()",
        "DELETE FROM evidence_seal",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    evidence_unseal(case=case, asset=asset, reason=KNOWN, actor=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(lifted_at=None, lifted_by=None)


def test_the_api_lifts_it_too(
    report: Callable[..., Case], client_for: Callable[..., APIClient]
) -> None:
    case = report(may_show_minor="true")
    address = f"/api/v1/cases/{case.pk}/assets/{case.items.get().asset_id}/unseal"
    assert client_for("rita", "reviewer").post(address, {"reason": KNOWN}).status_code == 403
    legal = client_for("leo", "legal")
    assert legal.post(address, {}).status_code == 422
    assert legal.post(address, {"reason": KNOWN}).status_code == 204
    assert legal.post(address, {"reason": KNOWN}).status_code == 409
