"""An erased file takes with it what alerts said of it, kept and sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from probity.accounts.actors import Actor
from probity.alerts.forgetting import alerts_forget
from probity.alerts.models import Alert, Level, Subscription
from probity.alerts.raising import Sighting, alert_raise
from probity.alerts.telling import alerts_tell
from probity.audit.selectors import chain_verify
from probity.evidence.models import Asset
from probity.outbox.delivery import outbox_deliver
from probity.outbox.models import MessageState

pytestmark = pytest.mark.django_db
FILE, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def sighted(named_list: Any) -> Callable[[str], Alert]:
    """An alert about a file."""

    def make(sha256: str) -> Alert:
        asset = Asset.objects.create(sha256=sha256, bytes=1, received_at=timezone.now())
        sighting = Sighting(
            key=sha256, level=Level.CERTAIN, found=f"Signed as Ada Lovelace, {sha256[:4]}.",
            sure="The file says so.", to_do="Look at it.", asset=asset,
        )  # fmt: skip
        alert = alert_raise(watch_list=named_list, sighting=sighting)
        assert alert is not None
        return alert

    return make


def test_sentences_and_sent_mail_go(
    named_list: Any, subscriber: Callable[..., Any], sighted: Callable[[str], Alert],
    mails: Callable[[], list[Any]],
) -> None:  # fmt: skip
    subscriber(named_list)
    alert = sighted(FILE)
    alerts_tell()
    outbox_deliver()
    assert "Ada Lovelace" in mails()[0].body
    assert alerts_forget(asset=FILE, actor="system") == 1
    alert.refresh_from_db()
    assert (alert.found, alert.sure, alert.to_do) == ("", "", "")
    (told,) = mails()
    assert told.body == ""
    assert told.forgotten_at is not None
    assert alerts_forget(asset=FILE, actor="system") == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.update(found="Signed by somebody else.")
    assert chain_verify(f"watch:{named_list.pk}").intact


def test_what_nobody_was_told_yet_is_never_told(
    named_list: Any, subscriber: Callable[..., Any], sighted: Callable[[str], Alert],
    mails: Callable[[], list[Any]],
) -> None:  # fmt: skip
    row = subscriber(named_list, rhythm="daily")
    sighted(FILE)
    alerts_tell()
    assert mails() == []
    alerts_forget(asset=FILE, actor="system")
    _due(row)
    assert alerts_tell() == 0
    assert mails() == []


def test_others_of_an_unsent_digest_are_told_with_the_next(
    named_list: Any, lead: Actor, subscriber: Callable[..., Any],
    sighted: Callable[[str], Alert], mails: Callable[[], list[Any]],
) -> None:  # fmt: skip
    row = subscriber(named_list, rhythm="daily")
    sighted(FILE)
    sighted(OTHER)
    alerts_tell()
    _due(row)
    assert alerts_tell() == 1
    alerts_forget(asset=FILE, actor="system")
    assert mails()[0].state == MessageState.DEAD
    _due(row)
    assert alerts_tell() == 1
    fresh = mails()[-1].body
    assert OTHER[:4] in fresh
    assert FILE[:4] not in fresh


def _due(row: Subscription) -> None:
    Subscription.objects.filter(pk=row.pk).update(
        next_digest_at=timezone.now() - timedelta(minutes=1)
    )
