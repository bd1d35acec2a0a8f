"""A chain names its first wrong event, whatever was done to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st

from foundation import chain as links
from foundation.chain import Event, Head, Wrong

CHAIN = "case:7"

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15, allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner),
    max_leaves=6,
)
payloads = st.dictionaries(st.text("klm", min_size=1, max_size=3), json_values, max_size=3)


def build(contents: list[dict[str, Any]], *, chain: str = CHAIN, prev: str = "") -> list[Event]:
    """A chain of the given payloads."""
    events: list[Event] = []
    prev = prev or links.genesis(chain)
    for seq, payload in enumerate(contents, start=1):
        at = links.timestamp(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=seq))
        bare = Event(
            chain=chain, seq=seq, name="report.received", at=at, actor="user:9", payload=payload,
            prev=prev,
        )  # fmt: skip
        events.append(replace(bare, hash=links.event_hash(bare)))
        prev = events[-1].hash
    return events


def end(events: list[Event]) -> Head:
    return Head(events=len(events), hash=events[-1].hash)


def rehashed(event: Event, **changes: Any) -> Event:
    changed = replace(event, **changes)
    return replace(changed, hash=links.event_hash(changed))


@pytest.fixture
def four() -> list[Event]:
    return build([{"digest": f"{n:064x}"} for n in range(4)])


def found(events: list[Any], **heads: Any) -> tuple[Wrong | None, int | None]:
    verdict = links.verify(CHAIN, events, **heads)
    assert verdict.intact == (verdict.wrong is None) == (verdict.place is None)
    assert verdict.sentence.endswith(".")
    return verdict.wrong, verdict.place


def test_the_format_is_the_documented_one() -> None:
    event = build([{"b": 1, "a": "é"}])[0]
    start = hashlib.sha256(b'probity.chain.genesis.v1\n{"chain":"case:7"}').hexdigest()
    text = (
        '{"actor":"user:9","at":"2026-03-01T00:01:00.000000Z","chain":"case:7",'
        '"name":"report.received","payload":{"a":"é","b":1},"prev":"' + start + '","seq":1}'
    )
    assert event.prev == start
    assert event.hash == hashlib.sha256(b"probity.chain.event.v1\n" + text.encode()).hexdigest()


def test_an_intact_chain_and_its_head(four: list[Event]) -> None:
    verdict = links.verify(CHAIN, iter(four), head=end(four), checkpoints=[end(four[:2])])
    assert verdict.intact
    assert verdict.head == end(four)
    assert verdict.to_dict()["head"] == {"events": 4, "hash": four[3].hash}
    assert json.loads(json.dumps(verdict.to_dict()))["wrong"] is None


def test_an_empty_chain() -> None:
    assert links.verify(CHAIN, []).intact
    assert links.verify(CHAIN, [], head=Head(events=0, hash=links.genesis(CHAIN))).intact
    assert found([], head=Head(events=0, hash=links.genesis("case:8"))) == (Wrong.FORKED, 1)


@given(st.lists(payloads, min_size=1, max_size=4))
def test_any_chain_survives_json(contents: list[dict[str, Any]]) -> None:
    events = build(contents)
    stored = [links.parse(json.dumps(event.to_dict())) for event in events]
    assert links.verify(CHAIN, stored, head=end(events)).intact


@given(st.data())
def test_any_changed_byte_is_caught_where_it_is(data: st.DataObject) -> None:
    events = build([{"digest": f"{n:064x}", "count": n} for n in range(3)])
    place = data.draw(st.integers(0, 2))
    text = links.canonical(events[place].to_dict())
    spot = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255))
    assume(byte != text[spot])
    try:
        changed = links.parse(text[:spot] + bytes([byte]) + text[spot + 1 :])
    except links.NotCanonical:
        return
    assume(changed != events[place].to_dict())
    stored: list[Any] = list(events)
    stored[place] = changed
    assert found(stored) == (Wrong.ALTERED, place + 1)


@given(st.sampled_from(["chain", "name", "at", "actor", "prev", "hash"]), st.integers(0, 3))
def test_any_changed_field_is_caught_where_it_is(field: str, place: int) -> None:
    events = build([{"n": n} for n in range(4)])
    value = getattr(events[place], field)
    events[place] = replace(events[place], **{field: value + "0"})
    assert found(events) == (Wrong.ALTERED, place + 1)


@given(st.integers(2, 5), st.data())
def test_a_removed_event_is_named(length: int, data: st.DataObject) -> None:
    events = build([{"n": n} for n in range(length)])
    gone = data.draw(st.integers(0, length - 2))
    assert found(events[:gone] + events[gone + 1 :]) == (Wrong.REMOVED, gone + 1)


@given(st.integers(1, 5), st.data())
def test_a_cut_end_needs_a_head_to_be_seen(length: int, data: st.DataObject) -> None:
    events = build([{"n": n} for n in range(length)])
    kept = data.draw(st.integers(0, length - 1))
    assert found(events[:kept]) == (None, None)
    assert found(events[:kept], head=end(events)) == (Wrong.TRUNCATED, kept + 1)
    assert found(events[:kept], checkpoints=[end(events)]) == (Wrong.TRUNCATED, kept + 1)


@given(st.permutations(range(5)))
def test_another_order_is_named(order: list[int]) -> None:
    assume(order != sorted(order))
    events = build([{"n": n} for n in range(5)])
    first = next(place for place, index in enumerate(order) if place != index)
    assert found([events[index] for index in order]) == (Wrong.REORDERED, first + 1)


@given(st.integers(0, 3), st.integers(0, 4))
def test_a_repeated_event_is_named(source: int, place: int) -> None:
    events = build([{"n": n} for n in range(4)])
    stored = [*events[:place], events[source], *events[place:]]
    # A copy that stands before its original cannot be told from an event that was moved.
    wrong = Wrong.REORDERED if place < source else Wrong.INSERTED
    assert found(stored) == (wrong, place + 2 if place == source else place + 1)


def test_an_event_of_another_chain(four: list[Event]) -> None:
    foreign = build([{}], chain="case:8")[0]
    assert found([*four, foreign]) == (Wrong.INSERTED, 5)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_rewritten_event_breaks_the_next_link(four: list[Event], place: int) -> None:
    four[place] = rehashed(four[place], payload={"digest": "0" * 64, "more": True})
    assert found(four) == (Wrong.FORKED, place + 2)


def test_a_rewritten_last_event_needs_a_head(four: list[Event]) -> None:
    recorded = end(four)
    four[3] = rehashed(four[3], payload={})
    assert found(four) == (None, None)
    assert found(four, head=recorded) == (Wrong.FORKED, 4)


def test_two_events_for_one_place(four: list[Event]) -> None:
    twin = rehashed(four[2], payload={"other": 1})
    assert found([*four[:3], twin, four[3]]) == (Wrong.FORKED, 3)
    orphan = rehashed(four[2], prev="0" * 64)
    assert found([*four[:3], orphan, four[3]]) == (Wrong.INSERTED, 4)
    assert found([*four, rehashed(four[0], seq=0)]) == (Wrong.INSERTED, 5)


def test_a_chain_rewritten_as_a_whole_disagrees_with_a_checkpoint(four: list[Event]) -> None:
    rewritten = build([{"digest": "f" * 64}] * 4)
    assert found(rewritten, head=end(rewritten)) == (None, None)
    assert found(rewritten, head=end(rewritten), checkpoints=[end(four[:2])]) == (Wrong.FORKED, 2)


def test_events_after_the_recorded_head(four: list[Event]) -> None:
    assert found(four, head=end(four[:3])) == (Wrong.INSERTED, 4)
    assert found(four, checkpoints=[end(four[:3])]) == (None, None)


@pytest.mark.parametrize(
    "bad",
    [
        None, 3, [], {}, {"seq": 2}, "event",
    ],
)  # fmt: skip
def test_what_is_no_event_is_named_not_raised(four: list[Event], bad: Any) -> None:
    assert found([four[0], bad, *four[2:]]) == (Wrong.ALTERED, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", True), ("seq", 1.0), ("seq", "1"), ("payload", []), ("payload", {"n": 2**60}),
        ("payload", {"n": 1e300}), ("name", 5), ("at", "2026-03-01"), ("extra", 1),
    ],
)  # fmt: skip
def test_a_member_of_the_wrong_kind_is_altered(four: list[Event], field: str, value: Any) -> None:
    changed = {**four[0].to_dict(), field: value}
    assert found([changed, *four[1:]]) == (Wrong.ALTERED, 1)


def test_canonical_form_follows_the_standard() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001, -0.0],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
        "\ufb33": 1, "\U0001f600": 2, "\r": 3,
    }  # fmt: skip
    assert links.canonical(value).decode() == (
        '{"\\r":3,"literals":[null,true,false],'
        '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","\U0001f600":2,"\ufb33":1}'
    )


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, {1: 2}, {"a": object()}, "\ud800", b"x", {1, 2}]
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(links.NotCanonical):
        links.canonical(value)


def test_nesting_without_end_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(links.NotCanonical):
        links.canonical(deep)
    with pytest.raises(links.NotCanonical):
        links.parse("[" * 200_000)


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', "NaN", "[Infinity]", b"\xef\xbb\xbf1", b'"\xff"', "", "{"]
)
def test_ambiguous_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(links.NotCanonical):
        links.parse(text)


def test_timestamps_are_utc_with_six_digits() -> None:
    moment = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert links.timestamp(moment) == "2026-03-01T10:00:00.000000Z"
    with pytest.raises(ValueError, match="zone"):
        links.timestamp(datetime(2026, 3, 1))


@given(st.text(), st.text())
def test_a_commitment_opens_to_its_value_only(value: str, other: str) -> None:
    made = links.commit(value)
    assert links.opens(value, made)
    assert links.opens(other, made) == (other == value)
    assert made.digest != links.commit(value).digest
    assert len(made.salt) == len(made.digest) == 64


@pytest.mark.parametrize("salt", ["", "zz", "00" * 31, "00" * 33])
def test_a_malformed_commitment_opens_to_nothing(salt: str) -> None:
    made = links.commit("a@example.org")
    assert not links.opens("a@example.org", replace(made, salt=salt))
    assert not links.opens("a@example.org", replace(made, digest="é" * 32))


def test_the_commitment_format_is_the_documented_one() -> None:
    made = links.commit("Zoë")
    text = b"probity.chain.commitment.v1\n" + bytes.fromhex(made.salt) + "Zoë".encode()
    assert made.digest == hashlib.sha256(text).hexdigest()


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(2**53) + 1, 2**53 - 1),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=12,
    )
)  # fmt: skip
def test_the_short_way_writes_what_the_standard_does(value: Any) -> None:
    assert links.canonical(value) == rfc8785.dumps(value)
