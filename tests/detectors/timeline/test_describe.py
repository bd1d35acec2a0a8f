"""From findings to a timeline: every mark in its lane, nothing that cannot be drawn."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from detectors.curves import MOST_POINTS, curve
from detectors.timeline import describe, events
from detectors.timeline.describe import MOST_MARKS

Json = dict[str, Any]


def test_a_lane_per_detector_in_the_order_of_the_table(findings: list[Json]) -> None:
    timeline = describe(findings, seconds=10.0, fps=25.0)
    assert timeline["version"] == 1
    assert [lane["id"] for lane in timeline["lanes"]] == [
        "video.blink", "video.lip_sync", "video.temporal_flicker",
    ]  # fmt: skip
    assert json.loads(json.dumps(timeline)) == timeline


def test_blinks_are_told_even_where_the_rate_is_not_judged(findings: list[Json]) -> None:
    lane = describe(findings, seconds=10.0)["lanes"][0]
    assert lane["status"] == "abstained"
    told = [(mark["start"], mark["end"], mark["label"]) for mark in lane["marks"]]
    assert told == [(1.0, 1.1, "blink"), (2.0, 2.2, "blink"), (4.0, 4.1, "incomplete blink")]
    assert lane["who"] == 0


def test_lip_sync_has_its_curves_its_delays_and_its_offset(findings: list[Json]) -> None:
    lane = describe(findings, seconds=10.0)["lanes"][1]
    assert [one["label"] for one in lane["curves"]] == ["lips", "loudness"]
    assert lane["delays"]["label"] == "match"
    assert lane["offset"] == {"ms": 140, "peak_ms": 200, "uncertainty_ms": 20, "judged": True}


def test_events_are_all_marks_and_cuts_in_order_of_time(findings: list[Json], faces: Json) -> None:
    found = events(describe(findings, seconds=10.0, faces=faces))
    assert [event["start"] for event in found] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.5]
    assert found[-1]["title"] == "Cuts"
    assert found[2]["lane"] == "video.temporal_flicker"


def test_faces_give_cuts_windows_and_people(findings: list[Json], faces: Json) -> None:
    timeline = describe(findings, seconds=10.0, faces=faces)
    assert (timeline["cuts"], timeline["windows"], timeline["people"]) == ([6.5], [[0.0, 8.0]], 1)


def test_the_last_mark_is_the_end_of_a_file_of_unknown_length(findings: list[Json]) -> None:
    assert describe(findings, seconds=None)["seconds"] == 10.0
    assert describe([], seconds=None)["seconds"] > 0


@pytest.mark.parametrize(
    "odd",
    [
        {"tracks": "none", "details": [], "curves": 3},
        {"tracks": [{"start": float("nan")}, {"end": 3}, 7, {"start": -1, "end": 2}]},
        {"curves": [{"times": [0, 1], "values": [1], "low": 0, "high": 1}]},
        {"curves": [{"times": [0.0], "values": [1.0], "low": 1, "high": 1}]},
        {"details": {"blinks": [{"start": "x"}], "offset_ms": float("inf"), "person": "me"}},
    ],
)
def test_what_cannot_be_drawn_is_left_out(odd: Json) -> None:
    base = {"detector": "other.one", "title": "One", "status": "ok", "sentence": ""}
    (lane,) = describe([base | odd], seconds=5.0)["lanes"]
    assert lane["marks"] == []
    assert lane["curves"] == []
    assert lane["offset"] is None


def test_a_timeline_is_bounded_and_says_what_it_left_out() -> None:
    tracks = [{"start": n / 10, "end": n / 10, "label": "x", "strength": 2} for n in range(5000)]
    row = {"detector": "a.b", "title": "x" * 9000, "status": "ok", "sentence": "", "tracks": tracks}
    (lane,) = describe([row], seconds=500.0)["lanes"]
    assert (len(lane["marks"]), lane["left_out"]) == (MOST_MARKS, 5000 - MOST_MARKS)
    assert len(lane["title"]) < 1000
    assert lane["marks"][0]["strength"] == 1.0


def test_a_long_curve_keeps_its_spikes() -> None:
    times = np.arange(100_000) / 25
    values = np.zeros(100_000)
    values[[777, 54_321]] = 9.0, -4.0
    found = curve(label="level (dB)", times=times, values=values, low=-4.0, high=9.0)
    assert len(found.times) <= MOST_POINTS
    assert {9.0, -4.0} <= set(found.values)
    assert found.times[found.values.index(9.0)] == pytest.approx(777 / 25, abs=0.001)
    assert (found.label, found.unit) == ("level", "dB")


def test_a_curve_is_broken_where_nothing_was_measured() -> None:
    times = np.concatenate((np.arange(10), np.arange(60, 70))).astype(float)
    values = np.ones(20)
    values[4] = np.nan
    found = curve(label="x", times=times, values=values, low=0.0, high=2.0)
    assert found.values.count(None) == 1
    assert len(found.times) == len(found.values) == 20
