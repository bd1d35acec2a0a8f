"""Words in a bundle count only with the salt that opens what the log committed to."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.bundle import standalone
from foundation.chain.commitment import commit

URL = commit("https://example.org/1")
TOLD = commit("Your report\n\nWe are at it.")
SAID = {"kind": "update", "to": "reporter", "way": "page", "why": ""}


@pytest.mark.parametrize(
    ("record", "held"),
    [
        ({"url": "https://example.org/1", "salts": {"url": URL.salt}}, True),
        ({"url": "https://example.org/2", "salts": {"url": URL.salt}}, False),
        ({"url": "https://example.org/1", "salts": {}}, False),
        ({"url": "", "salts": {}}, True),
        ({"salts": {}}, True),
        ({"url": {"withheld": True}, "salts": {}}, True),
    ],
)
def test_a_text_needs_its_salt(record: dict[str, Any], held: bool) -> None:
    payload = {"url": URL.digest}
    assert standalone.text_held("url", "url")(record, payload) is held


def test_nothing_can_be_shown_where_the_log_committed_to_nothing() -> None:
    record = {"url": "https://example.org/1", "salts": {"url": URL.salt}}
    assert not standalone.text_held("url", "url")(record, {"url": ""})


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ({"subject": "Your report", "text": "We are at it.", "salts": {"text": TOLD.salt}}, True),
        ({"subject": "Your report", "text": "We are done.", "salts": {"text": TOLD.salt}}, False),
        ({"subject": "Your report", "text": "We are at it.", "salts": {}}, False),
        ({"subject": "", "text": "", "salts": {}}, True),
        ({"withheld": True, "salts": {}}, True),
    ],
)
def test_a_notice_needs_its_salt(told: dict[str, Any], held: bool) -> None:
    payload = {**SAID, "digest": TOLD.digest}
    assert standalone.notice_held({**SAID, **told}, payload) is held
