"""Who works through a day, and the host platform that hears what they decide."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

PASSWORD = "seven grey herons wade"
PEOPLE = f"""
import json
from probity.accounts.models import Person
from probity.accounts.services import password_set, person_create
from probity.accounts.tokens import token_create

made = {{}}
for name, role in (("rita", "reviewer"), ("ravi", "reviewer"), ("lena", "lead")):
    person, _ = person_create(username=name, roles=[role], queues=["*"])
    password_set(person=person, password={PASSWORD!r})
    _, made[name] = token_create(person=person, scopes=["all"])
_, made["host"] = token_create(person=Person.objects.get(username="admin"), scopes=["all"])
print(json.dumps(made))
"""
REASON = "It breaks the rules of the house."


@dataclass
class Program:
    """One person's token, and calls with it."""

    url: str
    token: str

    def __call__(
        self, method: str, path: str, body: Any = None, *, status: int = 200, key: str = ""
    ) -> Any:
        headers = {"Authorization": f"Token {self.token}"}
        if key:
            headers["Idempotency-Key"] = key
        answer = requests.request(
            method, f"{self.url}/api/v1/{path}", json=body, headers=headers, timeout=240
        )
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None


@dataclass
class Host:
    """The host platform: it fails, is slow, hangs up, and does each thing once."""

    url: str = ""
    secret: str = ""
    heard: list[str] = field(default_factory=list)
    done: dict[str, Any] = field(default_factory=dict)
    forged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: Any, body: bytes) -> int | None:
        """What to answer; None breaks the line after the thing was done."""
        name, at = headers["webhook-id"], headers["webhook-timestamp"]
        key = b64decode(self.secret.removeprefix("whsec_"))
        wanted = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        with self.lock:
            if f"v1,{b64encode(wanted).decode()}" not in headers["webhook-signature"].split():
                self.forged += 1
                return 401
            self.heard.append(name)
            place = len(self.heard)
            if place == 1:
                return 503
            self.done.setdefault(name, json.loads(body))
        if place == 2:
            return None
        if place == 3:
            time.sleep(1)
        return 200


@pytest.fixture(scope="module")
def host(listen: Callable[..., AbstractContextManager[str]]) -> Iterator[Host]:
    """A real receiver on a loopback port."""
    found = Host()
    with listen(found.take) as found.url:
        yield found


@dataclass
class Day:
    """Who works, and what was done so far: the numbers that the lead has to find again."""

    product: Any
    lena: Program
    rita: Program
    ravi: Program
    host: Program
    reason: str = REASON
    decided: list[str] = field(default_factory=list)
    measures: Counter[str] = field(default_factory=Counter)

    def decide(self, who: Program, case: str, action: str) -> dict[str, Any]:
        """Decide a case that is held, or free."""
        body = {"action": action, "reason": REASON, "rules": []}
        made: dict[str, Any] = who("POST", f"cases/{case}/decisions", body, status=201)
        self.decided.append(case)
        self.measures[action] += 1
        return made

    def decide_on_screen(self, page: Any, case: str, action: str) -> None:
        """The same on the case's own page."""
        page.goto(f"/triage/{case}")
        page.click(f"label[for=action-{action}]")
        page.fill("#reason", REASON)
        page.click("#decide-now")
        page.wait_for_selector(".in-force")
        self.decided.append(case)
        self.measures[action] += 1

    def decide_by_keys(self, page: Any, action: str, *, last: bool) -> None:
        """Decide the case that is open without a mouse, and go on to the next without a reload."""
        case = case_on(page)
        page.focus(f"#action-{action}")
        page.keyboard.press("Space")
        page.focus("#reason")
        page.keyboard.insert_text(REASON)
        if last:
            page.focus("#decide-now")
            page.keyboard.press("Enter")
            page.wait_for_selector(".in-force")
        else:
            page.keyboard.press("Control+Shift+Enter")
            page.wait_for_selector(f"#decide-form:not([action*='{case}'])")
        self.decided.append(case)
        self.measures[action] += 1

    def take_next(self, page: Any) -> str:
        """Take the most urgent case of the general queue on the list's page."""
        page.goto("/triage?queue=general")
        page.click("button[data-act=next]")
        page.wait_for_selector("#decide-form")
        return case_on(page)

    def next(self, who: Program) -> str:
        """Take the most urgent case of the general queue."""
        return str(who("POST", "queues/claim-next", {"queue": "general"}, status=201)["case"])


@pytest.fixture(scope="module")
def day(product: Any, host: Host, admin: Any) -> Day:
    """Everybody has signed in once; the host platform wants to hear of measures."""
    del admin  # the administrator's password is their own by now
    tokens = json.loads(product.manage("shell", "-v", "0", "-c", PEOPLE).splitlines()[-1])
    people = {name: Program(product.url, token) for name, token in tokens.items()}
    made = Day(
        product, lena=people["lena"], rita=people["rita"], ravi=people["ravi"], host=people["host"]
    )
    kinds = ["measure.applied", "measure.lifted", "clock.warned", "clock.breached"]
    endpoint = made.host(
        "POST", "webhooks/endpoints", {"name": "host", "url": host.url, "kinds": kinds}, status=201
    )
    host.secret = endpoint["secret"]
    return made


@pytest.fixture
def screen(window: Callable[..., Any], day: Day) -> Callable[[str], Any]:
    """A window in which somebody has signed in."""
    del day

    def open_for(name: str) -> Any:
        page = window()
        page.goto("/sign-in")
        page.fill("#username", name)
        page.fill("#current-password", PASSWORD)
        page.click("form.sheet button")
        page.wait_for_url("**/triage")
        return page

    return open_for


def case_on(page: Any) -> str:
    """The case that a page shows."""
    return str(page.get_attribute("#decide-form", "action").split("/")[-2])
