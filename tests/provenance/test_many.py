"""Many files at once: their order, and one that takes its child along."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from foundation import batch
from foundation.child import ChildDied, ChildTimedOut
from foundation.errors import Refusal
from provenance import many, verify
from provenance.cli import verify as command
from provenance.errors import DateInvalid, TrustListUnknown

Sign = Callable[..., tuple[bytes, bytes]]
Put = Callable[[str, bytes], Path]


@pytest.fixture
def mixed(
    newsroom: Any, sign: Sign, put: Put, picture: Callable[..., bytes], tmp_path: Path
) -> list[Path]:
    """Forty files: signed, plain, junk, one that is missing."""
    signed, plain = sign(picture(), newsroom)[0], picture()
    (tmp_path / "many").mkdir()
    made = [
        put(f"many/{number:02}.x", data)
        for number, data in enumerate(itertools.islice(itertools.cycle([signed, plain, b"?"]), 39))
    ]
    return [*made[:20], tmp_path / "gone", *made[20:]]


def test_the_answers_are_those_of_one_at_a_time_and_in_order(
    mixed: list[Path], newsroom: Any, own_list: Callable[..., Path]
) -> None:
    own_list("newsroom", newsroom.root_pem)
    outcomes = list(many.read_many(mixed, workers=3))
    assert [outcome.path for outcome in outcomes] == mixed
    timed = {"duration_ms", "checked_at"}
    for outcome in outcomes[:6]:
        assert outcome.answer is not None
        alone = verify.read(outcome.path).to_dict()
        told = outcome.answer.to_dict()
        assert {k: v for k, v in told.items() if k not in timed} == {
            k: v for k, v in alone.items() if k not in timed
        }
    gone = outcomes[20]
    assert gone.answer is None
    assert gone.refusal is not None
    assert gone.refusal.code == "provenance-file-unreadable"
    assert sum(outcome.answer is not None for outcome in outcomes) == 39


@pytest.mark.parametrize("refusal", [ChildDied("It crashed."), ChildTimedOut("It took too long.")])
def test_a_file_that_ends_its_child_takes_no_other_along(
    refusal: Refusal, mixed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real child answers for all but one file, on which the call ends as for a crash."""
    bad = str(mixed[5])
    call = many.child.call

    def crashing(target: str, payload: dict[str, Any], **more: Any) -> Any:
        if payload.get("path") == bad:
            raise refusal
        if bad in payload.get("paths", []):
            before = payload["paths"][: payload["paths"].index(bad)]
            call(target, {**payload, "paths": before}, **more)
            raise refusal
        return call(target, payload, **more)

    monkeypatch.setattr(many.child, "call", crashing)
    outcomes = list(many.read_many(mixed[:12], workers=1))
    assert [outcome.path for outcome in outcomes] == mixed[:12]
    assert [outcome.refusal for outcome in outcomes if outcome.refusal] == [refusal]
    assert outcomes[5].refusal is refusal


def test_wrong_questions_are_refused_before_any_file(mixed: list[Path]) -> None:
    with pytest.raises(DateInvalid):
        many.read_many(mixed, as_of="soon")
    with pytest.raises(TrustListUnknown):
        many.read_many(mixed, lists=["nobody"])


def test_shares_are_neighbours_and_neither_many_nor_large(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "MOST_BYTES", 100)
    paths = [put(f"{number}", bytes(size)) for number, size in enumerate([60, 60, 10, 300, 5, 5])]
    shares = [[int(path.name) for path in share] for share in many._shares(paths)]
    assert shares == [[0], [1, 2], [3], [4, 5]]
    monkeypatch.setattr(many, "MOST_BYTES", 10**9)
    assert [len(share) for share in many._shares(paths * 10)] == [16, 16, 16, 12]


def test_any_number_of_files_is_taken_little_by_little(tmp_path: Path) -> None:
    taken = 0

    def endless() -> Iterator[Path]:
        nonlocal taken
        while True:
            taken += 1
            yield tmp_path

    found = batch.each(endless(), lambda path: path.name, workers=2)
    assert len(list(itertools.islice(found, 20))) == 20
    found.close()
    assert taken < 60


def test_order_is_kept_however_long_each_takes(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(12)]

    def look(path: Path) -> int:
        time.sleep(0.02 if int(path.name) % 3 == 0 else 0)
        return int(path.name)

    assert [one.answer for one in batch.each(paths, look, workers=4)] == list(range(12))


def test_errors_of_ours_are_not_swallowed(tmp_path: Path) -> None:
    def look(_path: Path) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(batch.each([tmp_path], look))


def test_a_folder_with_a_link_to_itself_ends(put: Put, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    put("f/b", b"1")
    put("f/a", b"1")
    (tmp_path / "f/loop").symlink_to(tmp_path / "f")
    assert [path.name for path in batch.inside(tmp_path / "f")] == ["a", "b"]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux")
def test_cores_are_those_that_may_be_used() -> None:
    assert batch.cores() == len(os.sched_getaffinity(0))


def test_the_command_speaks_json_alone_and_in_order(mixed: list[Path], tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--json", "--jobs", "3", str(tmp_path / "many"), "gone"])
    assert done.exit_code == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    inside = [path for path in mixed if path.name != "gone"]
    assert [line["file"] for line in lines] == [*map(str, inside), "gone"]
    assert lines[-1]["error"]["code"] == "provenance-file-unreadable"
    assert all("error" not in line or line["verdict"] for line in lines[:-1])
