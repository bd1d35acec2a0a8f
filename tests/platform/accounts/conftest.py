"""Signing in as people do, codes of an authenticator app, queues, and cases in them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.test import Client

OWN = "correct horse battery"


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    """Codes and limits of other tests do not count."""
    cache.clear()


@pytest.fixture
def enter() -> Callable[..., Any]:
    """Sign in with name and password through the page; the answer."""

    def sign_in(client: Client, name: str, password: str = OWN, **more: str) -> Any:
        return client.post("/sign-in", {"username": name, "password": password, **more})

    return sign_in


@pytest.fixture
def code_of() -> Callable[..., str]:
    """The code that a person's app shows now, or ``steps`` half minutes later."""

    def code(person: Any, *, steps: int = 0) -> str:
        row = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
        counter = int(time.time()) // 30 + steps
        return format_hotp_value(hotp_value(decrypt(row.data["secret"]), counter))

    return code


@pytest.fixture
def bind_app() -> Callable[[Client], list[str]]:
    """Bind an app through the pages of a signed-in browser; the recovery codes it shows."""

    def bind(client: Client) -> list[str]:
        page = client.get("/account/second-factor/app").content.decode()
        found = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
        assert found is not None, page
        secret = found[1].replace(" ", "")
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        shown = client.post("/account/second-factor/app", {"code": code}).content.decode()
        return re.findall(r'<li class="mono num">(\d{8})</li>', shown)

    return bind


@pytest.fixture
def queues(db: None) -> tuple[Any, Any]:
    """Two queues of the house beside the general one: “intimate” and “elections”."""
    from probity.cases.models import Queue

    return (
        Queue.objects.create(key="intimate", title="Intimate imagery", order=1),
        Queue.objects.create(key="elections", title="Elections", order=2),
    )


@pytest.fixture
def case_in(db: None) -> Callable[..., Any]:
    """A case that a stranger's report opened, moved to a queue."""
    from probity.cases.models import Case

    def make(queue: Any, *, category: str = "election", mark: str = "1") -> Any:
        fields = {"category": category, "explanation": "x", "url": f"https://example.org/{mark}"}
        before = set(Case.objects.values_list("pk", flat=True))
        assert Client().post("/report", fields).status_code == 302
        case = Case.objects.exclude(pk__in=before).get()
        Case.objects.filter(pk=case.pk).update(queue=queue)
        case.refresh_from_db()
        return case

    return make
