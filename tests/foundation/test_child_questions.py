"""What a child may ask its parent: one answer to each question, and never without a listener."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foundation import child
from foundation.errors import Refusal

WORK = """
from foundation import child

def once(payload): return child.ask({"number": payload["number"]})
def several(payload):
    found = []
    for number in range(3):
        child.emit({"asking": number})
        found.append(child.ask({"number": number}))
    return found
def stubborn(payload):
    try: return child.ask({"number": 1})
    except BaseException: return "went on"
def odd(payload): return child.ask("not a question")
"""


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "askingwork.py").write_text(WORK)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    child.shutdown()


def doubled(question: dict[str, Any]) -> Any:
    return question["number"] * 2


def test_an_answer_comes_back() -> None:
    assert child.call("askingwork:once", {"number": 21}, answer=doubled) == 42
    data = bytes(3_000_000)
    assert child.call("askingwork:once", {"number": data}, answer=lambda q: q["number"]) == data


def test_events_and_questions_keep_their_order() -> None:
    heard: list[Any] = []

    def answer(question: dict[str, Any]) -> int:
        heard.append(question)
        return doubled(question)

    found = child.call("askingwork:several", {}, on_event=heard.append, answer=answer)
    assert found == [0, 2, 4]
    assert heard == [
        item for number in range(3) for item in ({"asking": number}, {"number": number})
    ]


def test_a_question_to_nobody_ends_the_child() -> None:
    with pytest.raises(child.ChildDied) as ended:
        child.call("askingwork:stubborn", {})
    assert ended.value.cause == "protocol"
    with pytest.raises(child.ChildDied):
        child.call("askingwork:odd", {}, answer=doubled)


def test_what_the_listener_raises_is_raised_and_the_child_never_goes_on() -> None:
    def never(question: dict[str, Any]) -> Any:
        raise Refusal("Not that.")

    with pytest.raises(Refusal, match="Not that"):
        child.call("askingwork:stubborn", {}, answer=never)
    assert child.call("askingwork:once", {"number": 1}, answer=doubled) == 2


def test_the_time_of_the_answer_is_the_parent_s() -> None:
    limits = child.Limits(wall_seconds=3)
    child.call("askingwork:once", {"number": 1}, answer=doubled, limits=limits)

    def slow(question: dict[str, Any]) -> int:
        time.sleep(3.5)
        return doubled(question)

    assert child.call("askingwork:once", {"number": 4}, answer=slow, limits=limits) == 8


def test_outside_a_child_there_is_nobody_to_ask() -> None:
    with pytest.raises(RuntimeError, match="only a child"):
        child.ask({"number": 1})
