"""An uploader who asks for erasure again joins their open request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.audit.models import AuditEvent
from probity.cases.models import Case, WorkNote
from probity.core.errors import Conflict
from probity.keeping.models import ErasureRequest, ErasureState
from probity.keeping.requests import Wanted, erasure_approve, erasure_enter, erasure_refuse

pytestmark = pytest.mark.django_db
Made = Callable[..., Case]


def enter(case: Case, legal: Actor, **wanted: Any) -> tuple[ErasureRequest, str]:
    return erasure_enter(case=case, requester="uploader", wanted=Wanted(**wanted), actor=legal)


def test_the_second_joins_the_first_and_may_reach_further(made: Made, legal: Actor) -> None:
    case = made()
    asset, report = case.items.get().asset_id, case.reports.get().pk
    first, token = enter(case, legal, assets=[asset], words="Mine.")
    again, same = enter(case, legal, reports=[report], words="Once more, please.")
    assert (again.pk, same, again.joined, first.joined) == (first.pk, token, True, False)
    again.refresh_from_db()
    assert (again.reports, again.assets, again.words) == ([report], [asset], "Mine.")
    assert WorkNote.objects.get(kind="asked_again").text == "Once more, please."
    said = AuditEvent.objects.get(name="erasure.joined").payload
    assert (said["request"], said["assets"]) == (str(first.pk), [asset])


def test_a_granted_one_is_not_widened_and_an_ended_one_not_joined(made: Made, legal: Actor) -> None:
    case = made()
    asset, report = case.items.get().asset_id, case.reports.get().pk
    first, _ = enter(case, legal, assets=[asset])
    erasure_approve(request=first, actor=legal)
    assert enter(case, legal, assets=[asset])[0].joined
    with pytest.raises(Conflict, match="and that request is approved"):
        enter(case, legal, reports=[report])
    other = made()
    refused, _ = enter(other, legal, assets=[other.items.get().asset_id])
    erasure_refuse(request=refused, ground="needed", reason="It is open.", actor=legal)
    anew, _ = enter(other, legal, assets=[other.items.get().asset_id])
    assert (anew.pk != refused.pk, anew.joined, anew.state) == (True, False, ErasureState.ASKED)


def test_the_database_allows_one_open_request_of_an_uploader(made: Made, legal: Actor) -> None:
    case = made()
    row, _ = enter(case, legal, assets=[case.items.get().asset_id])
    row.pk, row.receipt_digest = None, "0" * 64
    row._state.adding = True
    with (
        pytest.raises(IntegrityError, match="one_open_erasure_per_uploader_and_case"),
        transaction.atomic(),
    ):
        row.save(force_insert=True)
