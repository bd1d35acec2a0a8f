"""The JSON Schema beside the packs and the loader agree on what a pack is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from policy import api
from policy.cursor import Cursor
from policy.errors import PackInvalid
from policy.loader import builtin_folder, documents
from policy.parse import parse
from policy.vocabulary import vocabulary

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

SCHEMA = json.loads((builtin_folder() / "pack.schema.json").read_text(encoding="utf-8"))
DOCUMENTS = [document.value for document in documents(folders=())]
Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


def loads(document: Any) -> bool:
    try:
        parse(Cursor(value=document, path=(), file="x.yaml", lines={}))
    except PackInvalid:
        return False
    return True


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["pack"])
def test_the_packs_follow_the_schema(document: dict[str, Any], validator: Any) -> None:
    assert list(validator.iter_errors(document)) == []


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*path, key))
    elif isinstance(value, list):
        # The entries of one list are alike; two of them say enough.
        for index in range(min(len(value), 2)):
            yield from paths(value[index], (*path, index))


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def changed(document: Any, path: Path, change: Callable[[Any, str | int], None]) -> Any:
    copied = copy.deepcopy(document)
    change(at(copied, path[:-1]), path[-1])
    return copied


def test_what_the_schema_refuses_the_loader_refuses(validator: Any) -> None:
    document = next(d for d in DOCUMENTS if d["pack"] == "house-synthetic-media")
    checked = refused = 0
    for path in paths(document):
        for wrong in (None, [], {}, "", "Wrong Value!", -1, {"unknown": 1}, ["x", "x"]):
            if not path:
                continue

            def replace(holder: Any, key: Any, wrong: Any = wrong) -> None:
                holder[key] = wrong

            mutated = changed(document, path, replace)
            checked += 1
            if not validator.is_valid(mutated):
                refused += 1
                assert not loads(mutated), (path, wrong)
    assert refused > checked / 2


# Every path of a document is tried, so a few that together use all of the language must do.
VARIED = [d for d in DOCUMENTS if d["pack"] in ("eu-dsa-notice-and-action", "us-ca-ab-730")]


@pytest.mark.parametrize("document", VARIED, ids=lambda document: document["pack"])
def test_unknown_and_missing_keys_are_refused_by_both(
    document: dict[str, Any], validator: Any
) -> None:
    for path in paths(document):
        value = at(document, path)
        named = path[-1:] in (("citations",), ("questions",), ("facts",), ("events",), ("due",))
        if isinstance(value, dict):
            extra = copy.deepcopy(document)
            at(extra, path)["zzz"] = "zzz"
            assert not validator.is_valid(extra), path
            assert not loads(extra), path
        if path and isinstance(path[-1], str) and not named and "citations" not in path[-2:-1]:
            fewer = changed(document, path, lambda holder, key: holder.__delitem__(key))
            if not validator.is_valid(fewer):
                assert not loads(fewer), path
            elif not loads(fewer):
                # Only what a schema cannot see: a test without any day.
                assert path[-1] in ("at", "test_base"), path


def test_words_are_the_same_in_both() -> None:
    defs = SCHEMA["$defs"]
    words = {
        "source": api.Source,
        "grade": api.Grade,
        "event": api.Event,
        "state": api.LegalState,
    }
    for name, kind in words.items():
        assert defs[name]["enum"] == list(kind)
    assert defs["fact"]["enum"] == list(vocabulary())
    kinds = [one["properties"]["fact"]["enum"] for one in defs["leaf"]["oneOf"]]
    for names, type_ in zip(kinds, (api.FactType.BOOL, api.FactType.INTEGER), strict=True):
        assert names == [name for name, known in vocabulary().items() if known.type is type_]
    duty = defs["obligation"]["properties"]
    for key, kind in {
        "do": api.Action,
        "force": api.Force,
        "scope": api.Scope,
        "clock": api.Clock,
    }.items():
        assert duty[key]["enum"] == list(kind)
    rule = defs["rule"]["properties"]
    assert rule["harm"]["enum"] == list(api.Harm)
    assert defs["record"]["properties"]["kind"]["enum"] == list(api.RecordKind)
    assert rule["ground"]["enum"] == list(api.Ground)
    assert rule["level"]["enum"] == list(api.Level)
    assert rule["binds"]["properties"]["party"]["enum"] == list(api.Party)
    yes_or_no, numbers = defs["leaf"]["oneOf"]
    both = yes_or_no["properties"]["fact"]["enum"] + numbers["properties"]["fact"]["enum"]
    assert sorted(both) == sorted(vocabulary())
