"""Packs built in memory, so that a test states only what it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from policy.api import Fact, Pack
from policy.cursor import Cursor
from policy.loader import load_packs
from policy.parse import parse
from policy.vocabulary import answer


def rule_document(**changes: Any) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": "example",
        "title": "An example",
        "summary": "For a test.",
        "harm": "meta",
        "level": "law",
        "grade": "P",
        "explanation": "An example.",
        "binds": {"party": "platform", "who": "this service"},
        "cite": "c",
        "status": [{"from": "2020-01-01", "state": "in_force"}],
        "when": {"fact": "synthetic", "is": True, "cite": "c"},
        "review_due": "2027-01-01",
        "tests": [
            {
                "name": "one",
                "at": "2026-01-01",
                "facts": {"synthetic": True},
                "expect": {"outcome": "applies"},
            }
        ],
    }
    return {**rule, **changes}


def pack_document(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "pack": "example-pack",
        "version": 1,
        "title": "An example pack",
        "jurisdiction": "*",
        "maintainer": "nobody",
        "citations": {
            "c": {
                "law": "A law",
                "section": "section 1",
                "paraphrase": "It says so.",
                "read_on": "2026-11-20",
                "grade": "P",
            }
        },
        "rules": list(rules) or [rule_document()],
    }
    return {**document, **changes}


@pytest.fixture(scope="session")
def rule() -> Callable[..., dict[str, Any]]:
    """A rule document with some keys changed."""
    return rule_document


@pytest.fixture(scope="session")
def document() -> Callable[..., dict[str, Any]]:
    """A pack document of these rules with some keys changed."""
    return pack_document


@pytest.fixture(scope="session")
def build() -> Callable[..., Pack]:
    """A pack of these rules with some keys changed."""

    def make(*rules: dict[str, Any], **changes: Any) -> Pack:
        value = pack_document(*rules, **changes)
        return parse(Cursor(value=value, path=(), file="example.yaml", lines={}))

    return make


@pytest.fixture(scope="session")
def facts() -> Callable[..., dict[str, Fact]]:
    """Answers as people write them."""

    def make(**given: Any) -> dict[str, Fact]:
        return {name: answer(name, value) for name, value in given.items()}

    return make


@pytest.fixture(scope="session")
def packs() -> tuple[Pack, ...]:
    return load_packs(folders=())
