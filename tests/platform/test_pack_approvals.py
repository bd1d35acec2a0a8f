"""Packs in use: every version kept, approved by name, replayable by its digest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from probity.audit.models import AuditEvent
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.decisions import law
from probity.decisions.models import PackVersion
from probity.decisions.packs import (
    approval_of,
    approvals_in_force,
    pack_approve,
    pack_version,
    packs_keep,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: None) -> PackVersion:
    packs_keep(packs=law.packs())
    return PackVersion.objects.get(pack="us-take-it-down")


def test_each_version_is_kept_once(version: PackVersion) -> None:
    assert packs_keep(packs=law.packs()) == []
    assert PackVersion.objects.count() == len(law.packs())
    kept = AuditEvent.objects.filter(chain_id="system", name="pack.kept")
    assert {event.payload["digest"] for event in kept} == {pack.digest for pack in law.packs()}
    assert law.pack_of(version.document).digest == version.digest


def test_a_kept_version_cannot_be_rewritten(version: PackVersion) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PackVersion.objects.filter(pk=version.pk).update(title="Another law")


def test_approval_is_by_name_and_for_one_digest(
    version: PackVersion, person: Callable[..., Any]
) -> None:
    legal = person("lena", "legal")
    assert approval_of(version) is None
    pack_approve(
        version=version, given=True, note="Read against the code.", person=legal, actor="person:x"
    )
    approval = approvals_in_force()
    assert [(line.pack, line.digest, line.by) for line in approval] == [
        (version.pack, version.digest, "lena")
    ]
    event = AuditEvent.objects.get(chain_id="system", name="pack.approved")
    assert event.payload["digest"] == version.digest
    assert "Read against" not in str(event.payload)
    with pytest.raises(Conflict, match="approved already"):
        pack_approve(version=version, given=True, note="", person=legal, actor="person:x")


def test_an_approval_can_be_taken_back(version: PackVersion, person: Callable[..., Any]) -> None:
    legal = person("lena", "legal")
    with pytest.raises(Conflict, match="nothing to take back"):
        pack_approve(version=version, given=False, note="", person=legal, actor="person:x")
    pack_approve(version=version, given=True, note="", person=legal, actor="person:x")
    pack_approve(version=version, given=False, note="", person=legal, actor="person:x")
    assert approvals_in_force() == []
    assert approval_of(version) is None


def test_refusals_are_sentences(version: PackVersion, person: Callable[..., Any]) -> None:
    with pytest.raises(NotFound, match="No version"):
        pack_version("0" * 64)
    with pytest.raises(InvalidInput, match="longer than"):
        pack_approve(
            version=version, given=True, note="x" * 3_000, person=person("lena", "legal"),
            actor="person:x",
        )  # fmt: skip
    assert approval_of(version) is None
