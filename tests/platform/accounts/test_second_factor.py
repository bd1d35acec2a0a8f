"""A second factor: bound, asked for, lost, required."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from probity.accounts.factor_resets import factor_reset_ask, factor_reset_settle
from probity.accounts.models import FactorReset, PersonSession
from probity.accounts.second_factor import factors_of
from probity.audit.models import AuditEvent
from probity.core.errors import Conflict, NotAllowed

pytestmark = pytest.mark.django_db
Enter = Callable[..., Any]


def events(*names: str) -> list[str]:
    return list(
        AuditEvent.objects.filter(name__in=names).order_by("seq").values_list("name", flat=True)
    )


def test_an_app_is_bound_then_asked_for(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any, code_of: Any
) -> None:
    ada = person("ada")
    enter(client, "ada")
    codes = bind_app(client)
    assert len(codes) == 10
    client.post("/sign-out")
    first = enter(client, "ada", next="/triage?show=mine")
    assert first["Location"] == "/sign-in/second-step"
    assert client.get("/triage")["Location"].startswith("/sign-in"), "not in yet"
    page = client.get("/sign-in/second-step").content.decode()
    assert "Code of your app" in page
    wrong = client.post("/sign-in/second-step", {"code": "000000"})
    assert wrong.status_code == 401
    assert "not right" in wrong.content.decode()
    answer = client.post("/sign-in/second-step", {"code": code_of(ada, steps=1)})
    assert answer["Location"] == "/triage?show=mine"
    assert client.get("/triage").status_code == 200
    failed = AuditEvent.objects.get(name="person.sign_in_failed")
    assert failed.payload == {"person": str(ada.pk), "step": "second factor"}
    signed = AuditEvent.objects.filter(name="person.signed_in").latest("seq")
    assert (signed.payload["way"], signed.payload["factor"]) == ("password", "totp")


def test_a_code_and_a_recovery_code_count_once(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any, code_of: Any
) -> None:
    ada = person("ada")
    enter(client, "ada")
    codes = bind_app(client)
    code = code_of(ada, steps=1)
    for browser, sent, status in (
        (Client(), code, 302), (Client(), code, 401), (Client(), codes[0], 302),
        (Client(), codes[0], 401),
    ):  # fmt: skip
        enter(browser, "ada")
        answer = browser.post("/sign-in/second-step", {"code": sent})
        assert answer.status_code == status, (sent, answer.content)
    used = AuditEvent.objects.get(name="factor.recovery_used")
    assert used.payload == {"person": str(ada.pk), "left": 9}


def test_the_seed_is_not_readable_in_the_database(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any, settings: Any
) -> None:
    ada = person("ada")
    enter(client, "ada")
    bind_app(client)
    stored = Authenticator.objects.get(user=ada, type="totp").data["secret"]
    assert len(stored) > 40
    settings.SECRET_KEY = "another key altogether"
    from probity.accounts.sealing import unseal

    with pytest.raises(Conflict, match="PROBITY_SECRET_KEY"):
        unseal(stored)


def test_where_it_is_required_staff_see_nothing_else_before(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any, settings: Any
) -> None:
    settings.REQUIRE_MFA = True
    person("ada", "reviewer")
    enter(client, "ada")
    for address in ("/triage", "/", "/account", "/account/tokens"):
        assert client.get(address)["Location"] == "/account/second-factor"
    assert "password alone" in client.get("/account/second-factor").content.decode()
    bind_app(client)
    assert client.get("/triage").status_code == 200
    app = Authenticator.objects.get(type="totp")
    kept = client.post(f"/account/second-factor/{app.pk}/remove")
    assert kept.status_code == 409
    assert Authenticator.objects.filter(pk=app.pk).exists()


def test_creators_and_this_computer_alone_may_do_without(
    client: Client, person: Callable[..., Any], enter: Enter, settings: Any
) -> None:
    assert settings.LOCAL_ONLY
    assert not settings.REQUIRE_MFA
    assert "serves only this computer" in client.get("/sign-in").content.decode()
    settings.REQUIRE_MFA = True
    assert "serves only this computer" not in client.get("/sign-in").content.decode()
    person("carl", "creator")
    enter(client, "carl")
    assert client.get("/desk").status_code == 200


def test_a_new_factor_signs_other_places_out(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any
) -> None:
    person("ada")
    other = Client()
    enter(other, "ada")
    assert other.get("/triage").status_code == 200
    enter(client, "ada")
    bind_app(client)
    assert other.get("/triage")["Location"] == "/sign-in?next=%2Ftriage"
    assert client.get("/triage").status_code == 200


def test_two_administrators_take_a_lost_factor_away(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any
) -> None:
    from probity.accounts.actors import person_actor

    ada, one, two = person("ada"), person("one", "administrator"), person("two", "administrator")
    enter(client, "ada")
    bind_app(client)
    first, second = person_actor(one), person_actor(two)
    reset = factor_reset_ask(person=ada, reason="She rang from her desk.", actor=first)
    with pytest.raises(NotAllowed, match="second administrator"):
        factor_reset_settle(reset=reset, agree=True, actor=first)
    with pytest.raises(NotAllowed):
        factor_reset_settle(reset=reset, agree=True, actor=person_actor(ada))
    with pytest.raises(Conflict):
        factor_reset_ask(person=ada, reason="Again", actor=second)
    factor_reset_settle(reset=reset, agree=True, actor=second)
    assert not factors_of(ada).any
    assert client.get("/triage")["Location"] == "/sign-in?next=%2Ftriage"
    assert not PersonSession.objects.filter(person=ada, ended_at=None).exists()
    assert events("factor.reset_asked", "factor.reset_settled", "factor.removed") == [
        "factor.reset_asked", "factor.reset_settled", "factor.removed",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        factor_reset_settle(reset=reset, agree=False, actor=second)


def test_the_database_wants_two_as_well(person: Callable[..., Any]) -> None:
    from django.db import IntegrityError, transaction
    from django.utils import timezone

    ada, one = person("ada"), person("one", "administrator")
    row = {"person": ada, "reason": "x", "asked_by": one, "asked_at": timezone.now()}
    for wrong in (
        {"settled_by": one, "settled_at": timezone.now(), "outcome": "approved"},
        {"asked_by": ada},
        {"settled_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.create(**{**row, **wrong})


def test_the_command_line_resets_the_last_administrators_factor(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any
) -> None:
    ada = person("ada", "administrator")
    with pytest.raises(CommandError, match="no second factor"):
        call_command("second_factor_reset", "ada")
    enter(client, "ada")
    bind_app(client)
    call_command("second_factor_reset", "ada")
    assert not factors_of(ada).any
    assert enter(Client(), "ada")["Location"] == "/"
    with pytest.raises(CommandError, match="nobody"):
        call_command("second_factor_reset", "eve")


def test_guessing_codes_is_stopped(
    client: Client, person: Callable[..., Any], enter: Enter, bind_app: Any, code_of: Any
) -> None:
    ada = person("ada")
    enter(client, "ada")
    bind_app(client)
    guesser = Client()
    enter(guesser, "ada")
    statuses = [
        guesser.post("/sign-in/second-step", {"code": f"{n:06}"}).status_code for n in range(8)
    ]
    assert set(statuses) == {401}
    late = guesser.post("/sign-in/second-step", {"code": code_of(ada, steps=1)})
    assert late.status_code == 401, "even the right code has to wait now"
