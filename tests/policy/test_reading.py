"""Packs as text for people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy.loader import load_packs
from policy.reading import pack_dict


@pytest.fixture(scope="module")
def texts() -> dict[str, dict[str, Any]]:
    return {pack.id: pack_dict(pack) for pack in load_packs()}


def leaves(tree: dict[str, Any]) -> list[dict[str, Any]]:
    if tree["kind"] == "leaf":
        return [tree]
    return [leaf for child in tree["children"] for leaf in leaves(child)]


def test_every_leaf_speaks_and_cites(texts: dict[str, dict[str, Any]]) -> None:
    count = 0
    for text in texts.values():
        for rule in text["rules"]:
            trees = [rule["when"], *(exception["when"] for exception in rule["exceptions"])]
            for leaf in (leaf for tree in trees for leaf in leaves(tree)):
                count += 1
                assert leaf["words"]
                assert leaf["citation"]["text"]
    assert count > 20


def test_a_condition_that_wants_false_is_said_in_the_negative(
    texts: dict[str, dict[str, Any]],
) -> None:
    (rule,) = (
        rule for rule in texts["us-take-it-down"]["rules"] if rule["id"] == "us-tida-notice-removal"
    )
    words = {leaf["fact"]: leaf["words"] for leaf in leaves(rule["when"])}
    assert "did not agree" in words["consent_to_publication"]
    assert rule["obligations"][0]["within"] == "PT48H"
    assert rule["timeline"][0] == {
        "from": "2026-05-19",
        "state": "in_force",
        "note": rule["timeline"][0]["note"],
    }
    assert rule["examples"] > 10


def test_it_is_plain_data(texts: dict[str, dict[str, Any]]) -> None:
    assert json.loads(json.dumps(texts)) == texts
