"""Every address, by every method, for every role: the table beside this file, over real requests.

A reading request ends once it is let in, before its page is made, and a refusal's page is made for
one role only; the others get its sentence and status: that spares most of the time.

``in``: let in, whatever the page then says to an empty form. ``no``: refused with the permission's
name. ``door``: sign in first. ``hidden``: answered like what is not there. A new address without
its lines fails here; what the failure prints can be put into ``permissions.csv`` once it is right.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from probity.accounts.adapters import CONFIRMED_KEY
from probity.accounts.roles import Role
from probity.accounts.services import password_set, person_create
from probity.accounts.tokens import token_create
from probity.api import permissions
from probity.web import guard, middleware
from probity.web.problems import problem
from probity.workflow.reach import CASES_OF, FREE, reach_require

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("permissions.csv")
ROLES = ("creator", "auditor", "reviewer", "senior", "legal", "lead", "administrator")
COLUMNS = ("stranger", *ROLES, "ungranted")
NEEDS = "This needs the permission"
#: Open to everybody, long to make, and read by tests of its own.
LEFT_OUT = frozenset({"schema"})
#: Answers 405 to anything; asked for the methods an address knows.
UNKNOWN_METHOD = "TRACE"
METHODS = ("get", "post", "put", "patch", "delete")
#: Whom every refusal is shown to as the page that it is.
SHOWN = "auditor"


@cache
def addresses() -> dict[str, URLPattern]:
    """Every named address, the first of each name; catch-alls have none."""

    def walk(resolver: URLResolver) -> Iterator[URLPattern]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern)
            else:
                yield pattern

    return {pattern.name: pattern for pattern in walk(get_resolver()) if pattern.name}


def methods_of(pattern: URLPattern, address: str) -> list[str]:
    """The methods an address knows: an API's own, or what a page says it allows."""
    view = getattr(pattern.callback, "cls", None)
    if view is not None and hasattr(view, "ability"):
        return [method for method in METHODS if hasattr(view, method)]
    answer = Client(raise_request_exception=False).generic(UNKNOWN_METHOD, address)
    allowed = answer.headers.get("Allow", "GET").lower().replace(" ", "").split(",")
    return [method for method in METHODS if method in allowed]


def address_of(name: str, known: dict[str, Any]) -> str:
    """The address with things that exist where they matter, and with nothing known elsewhere."""
    made_up = {"uuid": uuid4(), "int": 1, "slug": "nothing", "str": "nothing"}
    filled = {}
    for key, converter in addresses()[name].pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        filled[key] = known.get(key, made_up.get("str" if kind == "string" else kind))
    return reverse(name, kwargs=filled)


@pytest.fixture
def known(case_in: Callable[..., Any], queues: tuple[Any, Any]) -> dict[str, Any]:
    """A case in a queue that the one without a grant does not see."""
    from probity.cases.models import Report

    case = case_in(queues[0])
    return {"case_id": case.pk, "report_id": Report.objects.get(case=case).pk}


class Reached(Exception):
    """A reading request was let in."""


class Visitors:
    """One browser and one token for each column of the table."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reading, self.shown = False, False
        monkeypatch.setattr(middleware, "problem", self._problem)
        for gate in (guard, permissions):
            monkeypatch.setattr(gate, "reach_require", self._reached)
        self.browsers: dict[str, Client] = {"stranger": Client()}
        self.tokens: dict[str, str] = {}
        for role in (*ROLES, "ungranted"):
            roles = ["reviewer"] if role == "ungranted" else [role]
            queues = ["elections"] if role == "ungranted" else ["*"]
            somebody, _ = person_create(username=role, roles=roles, queues=queues)
            password_set(person=somebody, password="correct horse battery")
            browser = Client()
            browser.force_login(somebody)
            session = browser.session
            session[CONFIRMED_KEY] = time.time()
            session.save()
            browser.get("/healthz")  # begins the session on the record, once
            self.browsers[role] = browser
            self.tokens[role] = token_create(person=somebody, scopes=["all"])[1]

    def _reached(self, person: Any, named: Any) -> None:
        reach_require(person, named)
        if self.reading:
            raise Reached

    def _problem(self, request: HttpRequest, *, status: int, sentence: str) -> HttpResponse:
        if self.shown:
            return problem(request, status=status, sentence=sentence)
        return HttpResponse(sentence, status=status)

    def ask(self, who: str, method: str, address: str) -> str:
        """What one request of an empty form or object comes to; what it changed is undone."""
        browser, headers = self.browsers[who], {}
        kept, browser.exc_info = browser.cookies.copy(), None
        self.reading, self.shown = method == "get", who == SHOWN
        if address.startswith("/api/") and who in self.tokens:
            headers = {"authorization": f"Token {self.tokens[who]}"}
        sent: dict[str, Any] = {"data": "{}", "content_type": "application/json"}
        if self.reading or not address.startswith("/api/"):
            sent = {}
        with transaction.atomic():
            try:
                answer = getattr(browser, method)(address, headers=headers, **sent)
                for closer in answer._resource_closers:  # close() would end the connection too
                    closer()
                return outcome(answer)
            except Reached:
                return "in"
            finally:
                transaction.set_rollback(True)
                browser.cookies = kept


def outcome(answer: Any) -> str:
    """What an answer means to who asked."""
    to = answer.headers.get("Location", "")
    asked_in = answer.status_code == 401 and "problem" in answer.headers.get("Content-Type", "")
    if asked_in or to == "/sign-in" or to.startswith("/sign-in?"):
        return "door"
    if answer.status_code == 403 and NEEDS in answer.content.decode():
        return "no"
    return "hidden" if answer.status_code == 404 else "in"


def table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as handle:
        return {(row["name"], row["method"]): row for row in csv.DictReader(handle)}


def test_every_address_has_its_lines_and_no_line_is_left_over(known: dict[str, Any]) -> None:
    asked = {
        (name, method)
        for name, pattern in addresses().items()
        for method in methods_of(pattern, address_of(name, known))
    }
    lines = set(table())
    assert sorted(asked - lines) == [], "Put these lines into permissions.csv, then look at them."
    assert sorted(lines - asked) == [], "These addresses are gone; take their lines out."


def test_every_name_in_an_address_is_known_to_the_gate() -> None:
    named = {key for pattern in addresses().values() for key in pattern.pattern.converters}
    assert sorted(named - set(CASES_OF) - FREE) == [], "Tell probity.workflow.reach of these."
    assert not set(CASES_OF) & FREE


def test_the_table_knows_every_role() -> None:
    assert set(ROLES) == set(Role)
    assert all(set(COLUMNS) < set(row) for row in table().values())


def test_everybody_gets_what_the_table_says(
    known: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    visitors, wrong = Visitors(monkeypatch), []
    for (name, method), row in table().items():
        if name not in addresses() or name in LEFT_OUT:
            continue
        address = address_of(name, known)
        of_case = "case_id" in addresses()[name].pattern.converters
        for who in COLUMNS:
            said = visitors.ask(who, method, address)
            # what is not there looks alike for everybody; only a case that is there can be hidden
            if said == "hidden" and not (of_case and who == "ungranted"):
                said = "in"
            if said != row[who]:
                wrong.append(f"{name} {method}, {who}: {said}, not {row[who]}")
    assert wrong == []


def test_a_case_out_of_sight_is_hidden_wherever_it_is_named() -> None:
    for (name, _), row in table().items():
        if name in addresses() and "case_id" in addresses()[name].pattern.converters:
            assert row["ungranted"] != "in", name
            assert row["ungranted"] == ("hidden" if row["reviewer"] == "in" else row["reviewer"])


def test_nobody_without_a_role_for_cases_gets_into_one() -> None:
    for (name, method), row in table().items():
        if name in addresses() and "case_id" in addresses()[name].pattern.converters:
            assert row["creator"] in {"no", "door"}, (name, method)
            assert row["stranger"] == "door", (name, method)


def test_an_auditor_changes_nothing_of_a_case() -> None:
    """Looking closer is a form too; what names a second thing is refused before it is looked at."""
    looking = {"reveal", "reveal-step", "conceal", "compare"}
    for (name, method), row in table().items():
        named = set(addresses()[name].pattern.converters) if name in addresses() else set()
        if method != "get" and named == {"case_id"} and name not in looking:
            assert row["auditor"] == "no", (name, method)
