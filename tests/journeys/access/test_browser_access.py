"""Every page in a real browser: axe-core finds nothing, 360 px are enough, the console fits.

Wide and light every rule is asked. In the dark, and narrow in both lights, words are read again:
one element of each way in which words stand on a ground there, since others like it can say
nothing new; and narrow the size of targets is measured.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.timeout(1800)]
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
#: No report of what is fine, nothing fetched again, and no frames, of which there are none.
LITTLE = {"resultTypes": ["violations"], "preload": False, "iframes": False}
#: WCAG 2.0, 2.1 and 2.2, levels A and AA; the size of targets is asked for by name.
RULES = {
    "runOnly": {
        "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "rules": {"target-size": {"enabled": True}},
    **LITTLE,
}  # fmt: skip
CHECK = """async ([where, rules]) => (await (window.axe ?? axeRead(), axe.run(where, rules)))
  .violations.flatMap(({id, nodes}) => nodes.map(node => id + ': ' + node.target.join(' ') + '  ' +
    node.html.slice(0, 160) + '  ' + node.any.map(one => one.message).join('; ').slice(0, 200)))"""
SEND = """([address, fields]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = address;
  const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
  for (const [name, value] of [...fields, ['csrfmiddlewaretoken', token]]) {
    const field = document.createElement('input');
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, **LITTLE}
TARGETS = {"runOnly": {"type": "rule", "values": ["target-size"]}, **LITTLE}
#: Marks one element of each way of standing on a ground that is not among the known ones: colour,
#: size and weight of its words, and all that lies under them up to what cannot be seen through.
MARK = """known => {
  const seen = new Set(known), fresh = [], grounds = new Map();
  const nodes = new Set(document.querySelectorAll('input:not([type=hidden]), select, textarea'));
  document.querySelectorAll('[data-sight]').forEach(old => old.removeAttribute('data-sight'));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    if (walker.currentNode.data.trim()) nodes.add(walker.currentNode.parentElement);
  function ground(node) {
    if (!node) return '';
    if (!grounds.has(node)) {
      const at = getComputedStyle(node), colour = at.backgroundColor;
      const apart = at.backgroundImage !== 'none' || /absolute|fixed|sticky/.test(at.position);
      const own = (apart ? node.className : '') + ' ' + at.opacity + ' ' + colour;
      const through = /rgba|\\//.test(colour) || at.opacity !== '1';
      grounds.set(node, through ? own + '<' + ground(node.parentElement) : own);
    }
    return grounds.get(node);
  }
  for (const node of nodes) {
    if (!node.checkVisibility()) continue;
    const look = getComputedStyle(node);
    const key = [look.color, look.fontSize, look.fontWeight, ground(node)].join(' ');
    if (!seen.has(key)) node.setAttribute('data-sight', fresh.push(key));
    seen.add(key);
  }
  return fresh;
}"""
WHOLE = {"include": [["html"]]}
MARKED = {"include": [["[data-sight]"]]}
#: What is the same on all pages of a person, and measured on the first of them only.
EVERYWHERE = {"exclude": [["header.top"], ["footer.foot"]]}
#: What Chromium says in the console of an answer that is a refusal on purpose.
REFUSED = "Failed to load resource: the server responded with a status of 4"
HAS_TOKEN = "document.querySelector('[name=csrfmiddlewaretoken]') !== null"
SIDEWAYS = "document.documentElement.scrollWidth"
#: Addresses that answer to GET and are no page, and why.
NO_PAGES = {
    "healthz": "a line for machines", "favicon": "a picture", "metrics": "figures for machines",
    "check-raw": "JSON to download", "check-picture": "a picture",
    "derivative": "a picture, a film or a sound", "export-file": "a bundle to download",
    "desk-work-file": "a file to download", "desk-work-manifest": "a file to download",
    "desk-request": "a certificate request to download", "desk-chain": "certificates to download",
    "figure-table": "a table to download", "transparency-counts": "a table to download",
    "senders-record": "a table to download", "second-person": "a table to download",
    "check-more": "a part of check-answer", "desk-works": "a part of desk",
    "account-keys-sheet": "a part of every page", "case-live": "a part of case",
    "exports-list": "a part of exports", "progress": "a part of case", "work-now": "a part of work",
    "player": "JSON for the player of a film",
    "account_login": "sign-in, by the name that the sign-in library looks for",
    "openid_connect_login": "leads to a sign-in service",
    "saml_login": "leads to a sign-in service",
    "openid_connect_callback": "comes from a sign-in service",
    "saml_acs": "comes from a sign-in service", "saml_finish_acs": "comes from a sign-in service",
    "saml_metadata": "XML for a sign-in service", "saml_sls": "answers that there is none",
}  # fmt: skip
STRANGERS = {
    "home", "report", "status", "check", "check-answer", "appeal-new", "request-new", "sign-in",
    "uploader-page", "counsel-room", "erasure-outcome", "alerts-confirm", "alerts-leave",
}  # fmt: skip
BY = {
    "desk": "cleo", "desk-work": "cleo", "desk-recover": "cleo", "desk-identities": "cleo",
    "reveal-limit": "tess", "mfa_authenticate": "half", "account-factors": "sven",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """Something to look at: where, as whom, and with what sent if a form leads there."""

    name: str
    address: str
    who: str
    sent: dict[str, Any] | None = None


def walked(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address, with its route."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern, route)
        else:
            yield route, pattern


def readable(name: str, pattern: URLPattern) -> bool:
    """Whether an address knows GET: asked with a method that none knows."""
    made_up: dict[str, Any] = {"UUIDConverter": uuid4(), "IntConverter": 1}
    kinds = {key: type(one).__name__ for key, one in pattern.pattern.converters.items()}
    address = reverse(name, kwargs={key: made_up.get(kind, "x") for key, kind in kinds.items()})
    answer = Client(raise_request_exception=False).generic("TRACE", address)
    return "GET" in answer.headers.get("Allow", "GET")


def addresses(house: Any) -> Iterator[Page]:
    """Every address that answers to GET, filled from the house; what it lacks is named."""
    for route, pattern in walked(get_resolver()):
        name = pattern.name or ""
        if route.startswith("api/") or name in NO_PAGES or not readable(name, pattern):
            continue
        wanted = set(pattern.pattern.converters)
        given = {**house.known, **house.own.get(name, {})}
        lacking = wanted - set(given)
        assert not lacking, f"The house has nothing for {sorted(lacking)} of the page “{name}”."
        address = reverse(name, kwargs={key: given[key] for key in wanted})
        who = "stranger" if name in STRANGERS else BY.get(name, "ada")
        yield Page(name, address, who)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database as a new installation has it."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, fill: Any) -> Iterator[Any]:
    """The filled house, behind a server of its own thread; afterwards every table is emptied."""
    from django.test import override_settings

    from probity.matching.index import follower

    # the browser's driver keeps a loop in this thread, and nothing here runs beside anything else
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    folder = tempfile.TemporaryDirectory(prefix="probity-access-")
    home = Path(folder.name)
    own = {
        "SIGNING_DIR": str(home / "creators"), "CHECKPOINT_DIR": home / "checkpoints",
        "ERASURE_LEDGER": home / "erasures.jsonl", "PUBLIC_URL": "https://probity.example",
        "SERVICE_FACTS": {"covered_platform": True}, "REFERRALS": ["ncmec"],
        "NCMEC_URL": "http://127.0.0.1:9/", "NCMEC_USER": "u", "NCMEC_PASSWORD": "p",
    }  # fmt: skip
    with folder, django_db_blocker.unblock(), override_settings(**own):
        try:
            yield from served(fill())
        finally:
            follower().close()
            emptied()
            monkeypatch.undo()


def served(house: Any) -> Iterator[Any]:
    """Answer on a loopback port meanwhile."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    house.url = f"http://127.0.0.1:{thread.port}"
    yield house
    thread.terminate()


def emptied() -> None:
    """Take everything out of the database again, guards or not, as its owner may."""
    from django.db import connection

    tables = set(connection.introspection.django_table_names(only_existing=True))
    named = ", ".join(f'"{table}"' for table in sorted(tables - {"django_migrations"}))
    with connection.cursor() as cursor:
        # the server's threads may not have noticed yet that their browsers are gone
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal"
        )
        guards = cursor.fetchall()
        for state in ("DISABLE", "ENABLE"):
            for table, trigger in guards:
                cursor.execute(f'ALTER TABLE "{table}" {state} TRIGGER "{trigger}"')
            if state == "DISABLE":
                cursor.execute(f"TRUNCATE {named} CASCADE")
    connection.close()


@pytest.fixture(scope="module")
def pages(house: Any) -> list[Page]:
    """All pages, each in the states that differ."""
    found = [*addresses(house), *(Page(*one) for one in house.also)]
    return found + [Page(*one) for one in house.forms]


class Sight:
    """Everybody's window, each opened once; what goes wrong on a page is kept in ``wrongs``."""

    def __init__(self, house: Any, chromium: Any) -> None:
        self.house, self.chromium = house, chromium
        axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
        self.laid = f"window.axeRead = () => {{ {axe}\n}}"
        self.windows: dict[str, Any] = {}
        self.wrongs: list[str] = []
        self.page = Page("", "", "")
        self.view = (False, WIDE["width"])
        self.ways: dict[tuple[bool, int], set[str]] = {}

    def window(self, who: str) -> tuple[Any, bool]:
        """The window of somebody, with axe-core laid into its pages, and whether it is new."""
        if who in self.windows:
            return self.windows[who], False
        context = self.chromium.new_context(
            base_url=self.house.url, viewport=WIDE, color_scheme="light", reduced_motion="reduce"
        )
        if who in self.house.cookies:
            cookie = {"name": "probity_session", "value": self.house.cookies[who]}
            context.add_cookies([cookie | {"url": self.house.url}])
        context.set_default_timeout(120_000)
        context.add_init_script(self.laid)
        shown = self.windows[who] = context.new_page()
        shown.on("console", self.heard)
        shown.on("pageerror", lambda error: self.wrongs.append(f"{self.page.name}: {error}"))
        return shown, True

    def heard(self, message: Any) -> None:
        """Keep what the console complains of."""
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED):
            self.wrongs.append(f"{self.page.name}, console: {message.text}")

    def look(self, page: Page) -> Any:
        """Open a page as whoever it is for."""
        self.page = page
        shown, new = self.window(page.who)
        self.turn(shown, dark=False, size=WIDE)
        if page.sent is None:
            answer = shown.goto(page.address)
        else:
            if new or not shown.evaluate(HAS_TOKEN):
                shown.goto("/report" if page.who == "stranger" else "/account")
            with shown.expect_navigation() as going:
                shown.evaluate(SEND, [page.address, [*page.sent.items()]])
            answer = going.value
        landed = urlsplit(shown.url).path
        assert landed == page.address.split("?")[0], f"{page.name}: led to {landed}"
        assert "text/html" in answer.headers["content-type"], page.name
        assert answer.status < 500, page.name
        return shown

    def judge(self, page: Page) -> None:
        """A page in both lights and sizes, without loading it again."""
        first = page.who not in self.windows
        shown = self.look(page)
        self.check(shown, WHOLE, RULES)
        self.turn(shown, dark=True, size=WIDE)
        self.read(shown)
        self.turn(shown, dark=True, size=NARROW)
        self.check(shown, WHOLE if first else EVERYWHERE, TARGETS)
        self.read(shown)
        self.turn(shown, dark=False, size=NARROW)
        self.read(shown)

    def turn(self, shown: Any, *, dark: bool, size: dict[str, int]) -> None:
        """Another light, another size."""
        shown.emulate_media(color_scheme="dark" if dark else "light")
        if shown.viewport_size != size:
            shown.set_viewport_size(size)
        self.view = (dark, size["width"])

    def read(self, shown: Any) -> None:
        """Whether words can be read that stand in a way not yet seen in this light and size."""
        known = self.ways.setdefault(self.view, set())
        fresh = shown.evaluate(MARK, [*known])
        known.update(fresh)
        if fresh:
            self.check(shown, MARKED, CONTRAST)

    def check(self, shown: Any, where: dict[str, Any], rules: dict[str, Any]) -> None:
        """Keep what axe-core and the width say of a page as it stands now."""
        dark, size = self.view
        light = "dark" if dark else "light"
        for one in shown.evaluate(CHECK, [where, rules]):
            self.wrongs.append(f"{self.page.name} ({self.page.address}), {size} {light}: {one}")
        wide = shown.evaluate(SIDEWAYS)
        if wide > size:
            self.wrongs.append(f"{self.page.name}: {wide} px wide at {size}")


@pytest.fixture(scope="module")
def sight(house: Any, chromium: Any) -> Iterator[Sight]:
    """Windows on the house."""
    seen = Sight(house, chromium)
    yield seen
    for shown in seen.windows.values():
        shown.context.close()


def test_nothing_stands_in_anybodys_way(pages: list[Page], sight: Sight) -> None:
    for page in pages:
        try:
            sight.judge(page)
        except AssertionError as lost:
            sight.wrongs.append(str(lost))
    assert not sight.wrongs, "\n".join(sight.wrongs)


def test_what_opens_over_a_page_stands_in_nobodys_way(sight: Sight) -> None:
    """The palette and the sheet of keys."""
    sight.wrongs.clear()
    for door, box in (("[data-palette]", "#palette"), (".foot [data-sheet]", "#keys-sheet")):
        shown = sight.look(Page(box, reverse("queue"), "ada"))
        shown.locator(door).click()
        shown.wait_for_selector(f"{box}[open]")
        shown.wait_for_load_state("networkidle")
        over = {"include": [[box]]}
        sight.check(shown, over, RULES)
        for dark, size in ((True, WIDE), (True, NARROW), (False, NARROW)):
            sight.turn(shown, dark=dark, size=size)
            sight.check(shown, over, CONTRAST)
        sight.check(shown, over, TARGETS)
    assert not sight.wrongs, "\n".join(sight.wrongs)


def test_case_page_and_queue_fit_one_screen(house: Any, sight: Sight) -> None:
    """Nothing but the columns scrolls, and what one decides by stands in view before they do."""
    case = reverse("case", args=[house.known["case_id"]])
    shown = sight.look(Page("case", case, "ada"))
    assert shown.evaluate("document.documentElement.scrollHeight") <= WIDE["height"]
    assert shown.evaluate("document.querySelector('main').scrollHeight") <= WIDE["height"]
    for part in ("#urgency", "#media .stage", "#law-title", "#reason", "#decide-now"):
        box = shown.locator(part).first.bounding_box()
        assert box is not None, part
        assert box["y"] >= 0, part
        assert box["y"] + min(box["height"], 40) <= WIDE["height"], part
    title = shown.locator("#findings-title")
    title.scroll_into_view_if_needed()
    last = shown.locator(".finding").last
    last.scroll_into_view_if_needed()
    assert last.bounding_box()["y"] < WIDE["height"]
    assert shown.evaluate("[scrollY, document.querySelector('main').scrollTop]") == [0, 0]
    assert shown.locator("#decide-now").bounding_box()["y"] < WIDE["height"]
    shown = sight.look(Page("queue", reverse("queue"), "ada"))
    assert shown.evaluate("document.documentElement.scrollHeight") <= WIDE["height"]
    many = "row => { for (let n = 0; n < 40; n++) row.after(row.cloneNode(true)); }"
    shown.locator(".cases tbody tr").first.evaluate(many)
    shown.locator(".cases tbody tr").last.scroll_into_view_if_needed()
    assert shown.evaluate("[scrollY, document.querySelector('main').scrollTop]") == [0, 0]
    assert shown.get_by_role("button", name="Take the next case").bounding_box()["y"] >= 0
