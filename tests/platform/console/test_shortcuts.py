"""Single keys: shipped ones do not clash, a person's own win, and clashes are refused in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from probity.accounts.actors import person_actor
from probity.accounts.screens import keys_set, keys_switch, look_set, screen_of
from probity.accounts.shortcuts import BY_NAME, SHORTCUTS, Place, keys_of, keys_read
from probity.core.errors import InvalidInput
from probity.decisions.models import Action

SHIPPED = {one.name: one.key for one in SHORTCUTS}
#: What keys.js does itself, without anything on the page that names it.
MOVES = {
    "down", "up", "tick", "first-tab", "question", "answer-true", "answer-false", "answer-unknown",
}  # fmt: skip


def test_shipped_keys_clash_nowhere() -> None:
    assert len(BY_NAME) == len(SHORTCUTS)
    assert keys_read(SHIPPED) == SHIPPED
    assert keys_of({}) == {name: key for name, key in SHIPPED.items() if key}


def test_every_action_of_a_decision_has_a_key() -> None:
    assert {f"decide-{action}" for action in Action} <= set(BY_NAME)


def test_whatever_has_a_key_stands_on_a_page(root: Path) -> None:
    web = root / "platform" / "probity" / "web"
    pages = [*web.glob("templates/**/*.html"), root / "detectors" / "timeline" / "assets/player.js"]
    text = "\n".join(path.read_text() for path in pages)
    named = set(re.findall(r'data-act="([\w-]+)"', text)) | set(re.findall(r'"(frame-\w+)"', text))
    named |= (
        {f"decide-{action}" for action in Action} if "decide-{{ choice.value }}" in text else set()
    )
    named |= {"reveal", "reveal-more"} if 'data-act="{{ copy.act }}"' in text else set()
    assert named - set(BY_NAME) == set(), "a page names an action that can have no key"
    assert set(BY_NAME) - named - MOVES == set(), "a key leads nowhere"


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"claim": "q"}, {"question"}),
        ({"claim": "?"}, {"help"}),
        ({"claim": "ab"}, {"claim"}),
        ({"claim": "E", "down": "e"}, set()),
        ({"claim": "", "question": "e"}, set()),
        ({"help": "j"}, {"down"}),
    ],
)
def test_a_clash_is_refused_in_words(asked: dict[str, str], wrong: set[str]) -> None:
    keys = SHIPPED | asked
    if not wrong:
        assert keys_read(keys)["claim"] in {"e", ""}
        return
    with pytest.raises(InvalidInput) as refused:
        keys_read(keys)
    named = set(refused.value.fields)
    assert named == wrong | set(asked)
    assert all(sentence.endswith(".") for sentence in refused.value.fields.values())


def test_a_key_of_ones_own_takes_it_from_the_shipped_one() -> None:
    keys = keys_of({"claim": "q"})
    assert keys["claim"] == "q"
    assert "question" not in keys
    assert keys_of({"claim": "j"})["down"] == "j", "lists and cases do not share a key"
    assert "claim" not in keys_of({"claim": ""})
    assert keys_of({"gone": "x"}) == keys_of({})


@pytest.mark.django_db
def test_only_what_differs_is_kept(person: Callable[..., Any]) -> None:
    actor = person_actor(person())
    assert not screen_of(actor.require_self()).keys_on
    keys_set(actor=actor, keys=SHIPPED | {"claim": "ö"})
    assert screen_of(actor.require_self()).keys == {"claim": "ö"}
    keys_switch(actor=actor, on=True)
    with pytest.raises(InvalidInput, match="already the key"):
        keys_set(actor=actor, keys=SHIPPED | {"claim": "q"})
    kept = screen_of(actor.require_self())
    assert (kept.keys, kept.keys_on) == ({"claim": "ö"}, True)


@pytest.mark.django_db
def test_keys_reach_the_page_only_when_they_are_on(
    client: Client, person: Callable[..., Any]
) -> None:
    client.force_login(person("ada", "lead"))
    assert "probity-keys" not in client.get("/triage").content.decode()
    client.post("/account/keys/switch", {"on": "yes"})
    keys = _keys(client.get("/triage").content.decode())
    assert keys["case"]["claim"] == "e"
    wrong = client.post("/account/keys", {"key-claim": "q"})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert 'id="wrong-claim"' in text
    assert 'value="q"' in text
    client.post("/account/keys", {"key-claim": "ö"})
    assert _keys(client.get("/triage").content.decode())["case"]["claim"] == "ö"
    sheet = client.get("/account/keys/sheet?next=/triage").content.decode()
    assert "<kbd>Ö</kbd>" in sheet
    assert 'value="/triage"' in sheet
    client.post("/account/keys", {"reset": "1"})
    assert _keys(client.get("/triage").content.decode())["case"]["claim"] == "e"
    client.post("/account/keys/switch", {"on": "no"})
    assert "probity-keys" not in client.get("/triage").content.decode()


@pytest.mark.django_db
def test_a_look_belongs_to_the_person_or_to_the_browser(
    client: Client, person: Callable[..., Any]
) -> None:
    stranger = Client()
    assert 'data-theme="system"' in stranger.get("/report").content.decode()
    answer = stranger.post("/look", {"theme": "dark", "next": "/report"})
    assert answer["Location"] == "/report"
    assert stranger.cookies["probity_look"].value == "dark.usual.system"
    assert 'data-theme="dark"' in stranger.get("/report").content.decode()
    stranger.cookies["probity_look"] = 'dark"><script>.usual.system'
    assert 'data-theme="system"' in stranger.get("/report").content.decode()
    assert Client().post("/look", {"theme": "pink"}).status_code == 422
    assert (
        stranger.post("/look", {"theme": "light", "next": "https://x.example/"})["Location"] == "/"
    )

    ada = person("ada", "reviewer")
    look_set(actor=person_actor(ada), theme="light", density="compact", motion="reduced")
    client.force_login(ada)
    client.cookies["probity_look"] = "dark.usual.system"
    text = client.get("/triage").content.decode()
    assert 'data-theme="light" data-density="compact" data-motion="reduced"' in text
    client.post("/look", {"theme": "dark"})
    kept = screen_of(ada)
    assert (kept.theme, kept.density) == ("dark", "compact")


def _keys(text: str) -> dict[str, dict[str, str]]:
    found = re.search(r'name="probity-keys" content="([^"]*)"', text)
    assert found
    keys: dict[str, dict[str, str]] = json.loads(unescape(found[1]))
    assert set(keys) == set(Place)
    return keys
