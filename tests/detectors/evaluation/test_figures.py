"""Figures with abstentions, by generator, and at the thresholds that words depend on."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from detectors.evaluation import charts
from detectors.evaluation.figures import Judged, figures


def judged(*rows: tuple[bool, float | None], generator: str = "tool") -> list[Judged]:
    return [
        Judged(fake=fake, generator=generator if fake else "", rank=llr, llr=llr)
        for fake, llr in rows
    ]


REAL = [(False, llr) for llr in (-2.0, -1.5, -1.0, 0.5)]
FAKE = [(True, llr) for llr in (2.0, 1.0, -0.5, 3.0)]


def test_the_column_and_the_rates() -> None:
    found = figures(judged(*REAL, *FAKE))
    assert found is not None
    table = found.table
    assert (table["n_real"], table["n_fake"], table["n_abstained"]) == (4, 4, 0)
    assert table["auc"] == pytest.approx(15 / 16)
    assert table["auc_ci"][0] <= table["auc"] <= table["auc_ci"][1]
    leaning = table["rates"]["leaning"]
    assert {key: leaning[key]["count"] for key in leaning if key != "threshold"} == {
        "false_alarm": 1, "false_reassurance": 1, "hit": 3, "cleared": 3,
    }  # fmt: skip
    assert table["rates"]["moderate"]["hit"]["count"] == 1
    json.dumps(table, allow_nan=False)


def test_an_abstention_counts_as_even_odds_and_is_left_out_beside() -> None:
    rows = judged(*REAL, *FAKE, (True, None), (True, None))
    found, without = figures(rows), figures(judged(*REAL, *FAKE))
    assert found is not None
    assert without is not None
    assert found.table["n_abstained"] == 2
    assert found.table["auc"] < without.table["auc"]
    assert found.table["answered"]["auc"] == without.table["auc"]
    assert found.table["answered"]["n_fake"] == 4
    assert found.llrs is not None
    assert found.llrs[-1] == 0.0
    assert found.table["cllr"] > found.table["answered"]["cllr"]


def test_abstentions_stand_at_the_given_place() -> None:
    rows = judged((False, -2.0), (False, 1.0), (True, None), (True, 2.0))
    for even, auc in ((0.0, 0.75), (1.5, 1.0), (-3.0, 0.5)):
        found = figures(rows, even=even)
        assert found is not None
        assert found.table["auc"] == auc


def test_abstaining_always_is_worth_exactly_nothing() -> None:
    found = figures([Judged(fake=f, generator="", rank=None, llr=0.0) for f in (True, False)] * 3)
    assert found is not None
    assert (found.table["auc"], found.table["cllr"], found.table["answered"]) == (0.5, 1.0, None)


def test_one_class_gives_no_figure() -> None:
    assert figures(judged(*REAL)) is None


def test_each_generator_stands_against_all_genuine_files() -> None:
    rows = judged(*REAL, *FAKE) + judged((True, -3.0), (True, None), generator="other")
    found = figures(rows)
    assert found is not None
    by_generator = found.table["by_generator"]
    assert by_generator["tool"]["auc"] == pytest.approx(15 / 16)
    assert by_generator["other"]["auc"] < 0.5
    assert by_generator["other"]["n_abstained"] == 1
    assert by_generator["tool"]["hit"]["count"] == 3


def test_scores_without_ratios_have_no_cost() -> None:
    rows = [Judged(fake=f, generator="", rank=float(f), llr=None) for f in (True, False)] * 2
    found = figures(rows)
    assert found is not None
    assert (found.table["auc"], found.table["cllr"], found.table["rates"]) == (1.0, None, None)


@pytest.mark.parametrize("values", [[1.0, 2, 3, 4], [5.0, 5, 5, 5], [0.0, 1e9, -1e9, 4]])
def test_charts_are_well_formed_and_stay_inside(values: list[float]) -> None:
    fake = np.array([False, True, False, True])
    numbers = np.array(values)
    drawn = [charts.roc(numbers, fake), charts.det(numbers, fake), charts.scores(numbers, fake),
             charts.reliability(np.clip(numbers, -9, 9), fake)]  # fmt: skip
    for chart in drawn:
        root = ET.fromstring(chart)
        assert root.tag.endswith("svg")
        for line in root.iter("{http://www.w3.org/2000/svg}polyline"):
            for pair in line.attrib["points"].split():
                x, y = (float(part) for part in pair.split(","))
                assert 0 <= x <= charts.WIDTH
                assert 0 <= y <= charts.HEIGHT


def test_a_perfect_detector_fills_the_chart() -> None:
    chart = charts.roc(np.array([0.0, 1.0]), np.array([False, True]))
    assert "area 1.000" in chart
