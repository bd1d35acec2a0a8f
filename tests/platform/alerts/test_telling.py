"""Who is told of an alert, when, how often, and in which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from probity.accounts.actors import Actor, person_actor
from probity.alerts.lists import term_add, watch_list_make, watch_list_pause
from probity.alerts.models import Alert, Notice, Subscription
from probity.alerts.raising import alert_close
from probity.alerts.subscriptions import (
    subscription_ask,
    subscription_ask_again,
    subscription_confirm,
    subscription_end,
    subscriptions_forget_unanswered,
)
from probity.alerts.telling import alerts_tell
from probity.alerts.tokens import confirm_token, leave_token
from probity.audit.selectors import chain_verify
from probity.cases.models import Case
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.outbox.delivery import outbox_deliver
from probity.outbox.endpoints import endpoint_disable, endpoint_enable, endpoint_make
from probity.outbox.models import Message

pytestmark = pytest.mark.django_db
NAMED = "A fake of renee o'brien smith sells pills."


def test_a_name_is_found_told_once_and_signed_off(
    named_list: Any, subscriber: Callable[..., Any], reported: Callable[..., Any],
    mails: Callable[[], list[Any]],
) -> None:  # fmt: skip
    row = subscriber(named_list)
    receipt = reported(NAMED, url="https://host.example/1")
    assert alerts_tell() == 1
    assert alerts_tell() == 0
    reported("Again RENÉE O'BRIEN SMITH!", url="https://host.example/1")
    assert alerts_tell() == 0
    (told,) = mails()
    case = Case.objects.get(pk=receipt.case.pk)
    assert told.recipient == "desk@paper.example"
    assert told.subject == "Alert: Press office"
    for heading in ("What was found", "How sure that is", "What you can do"):
        assert heading in told.body
    assert case.label in told.body
    assert "pills" not in told.body
    alert = Alert.objects.get()
    assert f"https://probity.example/alerts/{alert.pk}" in told.body
    link = told.headers["List-Unsubscribe"]
    assert link.startswith("<https://probity.example/alerts/leave/")
    assert told.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.strip("<>") in told.body
    outbox_deliver()
    sent = [one for one in mail.outbox if one.subject == told.subject]
    assert sent[0].to == ["desk@paper.example"]
    assert sent[0].message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert chain_verify(f"watch:{named_list.pk}").intact
    assert row.notices.get().told_at is not None


def test_other_words_are_not_the_name(named_list: Any, reported: Callable[..., Any]) -> None:
    reported("Renee Obrien Smith, irene o brien smith, renee o'brien smithers, somebody else")
    assert not Alert.objects.exists()


def test_a_name_in_an_address_counts(named_list: Any, reported: Callable[..., Any]) -> None:
    reported("look", url="https://host.example/watch/renee-o-brien-smith_naked?x=1")
    assert Alert.objects.count() == 1


@pytest.mark.parametrize("category", ["intimate", "impersonation"])
def test_nothing_intimate_is_in_a_mail(
    lead: Actor, subscriber: Callable[..., Any], reported: Callable[..., Any],
    mails: Callable[[], list[Any]], category: str,
) -> None:  # fmt: skip
    kind = "name" if category == "intimate" else "likeness"
    row = watch_list_make(actor=lead, name="Jo Example", kind=kind, why="protected")
    term_add(actor=lead, watch_list=row, text="Jo Example")
    subscriber(row)
    subscriber(row, "day@paper.example", rhythm="daily")
    reported("Jo Example, naked", category)
    alerts_tell()
    Subscription.objects.update(next_digest_at=timezone.now())
    alerts_tell()
    assert len(mails()) == 2
    for told in mails():
        words = f"{told.subject} {told.body}".replace("probity.example", "").lower()
        assert "sign in" in words
        for secret in ("intimate", "naked", "p-0", *(["jo example"] if kind == "likeness" else [])):
            assert secret not in words
    asked = Message.objects.filter(kind="alert.confirmation").first()
    assert asked is not None
    assert ("Jo Example" in asked.body) == (kind == "name")
    single = mails()[0]
    assert "Jo Example" not in single.subject + single.body.partition("--\n")[0]


def test_a_flood_is_capped_and_summed_up(
    named_list: Any, subscriber: Callable[..., Any], reported: Callable[..., Any],
    mails: Callable[[], list[Any]], settings: Any,
) -> None:  # fmt: skip
    settings.ALERT_RATE = "2/hour"
    subscriber(named_list)
    for _ in range(4):
        reported(NAMED)
    assert alerts_tell() == 2
    assert [one.kind for one in mails()] == ["alert.raised", "alert.digest"]
    assert mails()[1].subject == "3 alerts: Press office"
    assert mails()[1].body.count("names the watched name") == 3
    for _ in range(2):
        reported(NAMED)
    assert alerts_tell() == 0
    assert Notice.objects.filter(told_at=None).count() == 2
    Notice.objects.exclude(told_at=None).update(told_at=timezone.now() - timedelta(minutes=61))
    assert alerts_tell() == 2


def test_a_digest_comes_once_a_day(
    named_list: Any, subscriber: Callable[..., Any], reported: Callable[..., Any],
    mails: Callable[[], list[Any]], settings: Any,
) -> None:  # fmt: skip
    row = subscriber(named_list, rhythm="daily")
    assert row.next_digest_at.hour == settings.DIGEST_HOUR
    assert timedelta() < row.next_digest_at - timezone.now() <= timedelta(days=1)
    reported(NAMED)
    reported(NAMED)
    assert alerts_tell() == 0
    Subscription.objects.update(next_digest_at=timezone.now())
    assert alerts_tell() == 1
    row.refresh_from_db()
    assert row.next_digest_at > timezone.now()
    assert mails()[0].body.startswith("2 alerts of the watch-list “Press office”")
    Subscription.objects.update(next_digest_at=timezone.now())
    assert alerts_tell() == 0


def test_a_webhook_carries_the_alert_and_waits_for_its_endpoint(
    named_list: Any, lead: Actor, subscriber: Callable[..., Any], reported: Callable[..., Any],
    mails: Callable[[], list[Any]], person: Callable[..., Any],
) -> None:  # fmt: skip
    root = person_actor(person("root", "administrator"))
    endpoint, _ = endpoint_make(
        actor=root, name="desk", url="https://desk.example/h", subscribed=["alert.raised"]
    )
    subscriber(named_list, via="webhook", endpoint=endpoint)
    endpoint_disable(actor=root, endpoint=endpoint, why="x")
    reported(NAMED)
    assert alerts_tell() == 0
    endpoint_enable(actor=root, endpoint=endpoint)
    assert alerts_tell() == 1
    body = json.loads(mails()[0].body)
    assert body["type"] == "alert.raised"
    assert body["data"]["level"] == "possible"
    assert body["data"]["watch_list"]["name"] == "Press office"
    assert {"found", "sure", "what_to_do", "address"} <= set(body["data"])


def test_nobody_is_told_before_saying_yes(
    named_list: Any, lead: Actor, reported: Callable[..., Any], mails: Callable[[], list[Any]]
) -> None:
    ask = {"actor": lead, "watch_list": named_list, "via": "mail", "rhythm": "immediate"}
    row = subscription_ask(email="A@Paper.example", **ask)
    assert row.email == "a@paper.example"
    with pytest.raises(Conflict):
        subscription_ask(email="a@paper.example", **ask)
    with pytest.raises(InvalidInput):
        subscription_ask(email="nobody", **ask)
    reported(NAMED)
    assert alerts_tell() == 0
    assert mails() == []
    first = confirm_token(row)
    row = subscription_ask_again(actor=lead, subscription=row)
    assert Client().get(f"/alerts/confirm/{first}").status_code == 422
    assert Client().get(f"/alerts/confirm/{confirm_token(row)}").status_code == 200
    subscription_ask_again(actor=lead, subscription=row)
    with pytest.raises(Conflict, match="in peace"):
        subscription_ask_again(actor=lead, subscription=row)
    Subscription.objects.update(asked_at=timezone.now() - timedelta(days=30))
    assert subscriptions_forget_unanswered() == 1
    row.refresh_from_db()
    assert row.email == ""
    assert set(Message.objects.values_list("recipient", flat=True)) == {""}


def test_a_confirmation_gets_too_old(named_list: Any, lead: Actor, settings: Any) -> None:
    row = subscription_ask(
        actor=lead, watch_list=named_list, email="a@b.example", via="mail", rhythm="daily"
    )
    token = confirm_token(row)
    assert Client().get(f"/alerts/confirm/{token}x").status_code == 404
    assert Client().get(f"/alerts/confirm/{leave_token(row)}").status_code == 404
    settings.CONFIRM_HOURS = -1
    assert Client().post(f"/alerts/confirm/{token}").status_code == 422
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_one_click_ends_it_without_a_cookie(
    named_list: Any, subscriber: Callable[..., Any], reported: Callable[..., Any],
    mails: Callable[[], list[Any]],
) -> None:  # fmt: skip
    row = subscriber(named_list)
    reported(NAMED)
    alerts_tell()
    path = (
        mails()[0].headers["List-Unsubscribe"].strip("<>").removeprefix("https://probity.example")
    )
    program = Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    row.refresh_from_db()
    assert row.ended_at is None
    answer = program.post(
        path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.email, row.ended_why) == ("", "unsubscribed")
    assert program.post(path).status_code == 200
    reported(NAMED)
    assert alerts_tell() == 0
    assert set(Message.objects.values_list("recipient", flat=True)) == {""}
    with pytest.raises(Conflict):
        subscription_confirm(subscription=row)


def test_a_paused_list_raises_nothing_not_later_either(
    named_list: Any, lead: Actor, reported: Callable[..., Any]
) -> None:
    watch_list_pause(actor=lead, watch_list=named_list, paused=True)
    reported(NAMED)
    watch_list_pause(actor=lead, watch_list=named_list, paused=False)
    assert not Alert.objects.exists()
    reported(NAMED)
    assert Alert.objects.count() == 1


def test_what_an_alert_was_worth(
    named_list: Any, reported: Callable[..., Any], lead: Actor, person: Callable[..., Any]
) -> None:
    reported(NAMED)
    alert = Alert.objects.get()
    with pytest.raises(InvalidInput):
        alert_close(actor=lead, alert=alert, outcome="nice")
    with pytest.raises(NotAllowed):
        alert_close(actor=person_actor(person("aud", "auditor")), alert=alert, outcome="useful")
    assert alert_close(actor=lead, alert=alert, outcome="useful").closed_at is not None


def test_an_ended_subscription_ends_once(named_list: Any, subscriber: Callable[..., Any]) -> None:
    row = subscriber(named_list)
    first = subscription_end(subscription=row, why="x", actor="system")
    again = subscription_end(subscription=row, why="y", actor="system")
    assert (first.ended_why, again.ended_why) == ("x", "x")
    subscriber(named_list)
    assert named_list.subscriptions.filter(ended_at=None).count() == 1
